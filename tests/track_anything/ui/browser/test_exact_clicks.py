"""Every click lands on the source pixel that is seen under the pointer, at any zoom, pan and pixel ratio.

What is seen is looked up in a screenshot: one pixel of the mask is white, all else is black, and the click
goes to where the white is, so the page's own arithmetic is not asked where the pixel lies.
"""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.browser.editor_page import Editor
from track_anything.ui.open_project import OpenProject

WIDTH, HEIGHT = 480, 270
LARGE = 1.5  # device pixels per source pixel from which one white pixel is surely seen


@pytest.fixture(params=[1, 1.5, 2], ids=lambda scale: f"{scale} device pixels")
def matte(request: pytest.FixtureRequest, visitor: Callable[..., Editor], clip: Path) -> Editor:
    """The sample clip with one object in the matte view, where clicks are noted and go nowhere."""
    editor = visitor(scale=request.param, dark=True)  # nothing but the mask is white
    editor.open_path(clip)
    editor.wait_for_frame(0)
    with editor.changing():
        editor.page.keyboard.press("a")
    editor.page.select_option("#ta-view", "matte")
    editor.page.evaluate("document.querySelector('#ta-view').blur()")
    editor.page.evaluate("""() => {
      window.clicks = [];
      trackAnything.actions.prompting.click = (...click) => window.clicks.push(click);
      const bars = ".ta-stage > :not(.ta-stage-view), .ta-stage-view > :not(canvas)";
      for (const bar of document.querySelectorAll(bars)) bar.style.visibility = "hidden";
    }""")
    return editor


def show_only(editor: Editor, project: OpenProject, x: int, y: int) -> None:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y, x] = True
    drawn = editor.drawn
    with project.changing(None, None):
        project.session.give_mask(frame=0, object_id=1, mask=mask)
    editor.page.evaluate("trackAnything.actions.refresh()")
    editor.wait_for_draw(drawn)
    editor.page.wait_for_function(
        "([place]) => document.querySelector('[data-part=canvas]').canvas.labelsShown[place] === 1",
        arg=[y * WIDTH + x],
    )


def scale_of(editor: Editor) -> float:
    """Device pixels per source pixel."""
    return float(
        editor.page.evaluate(
            "document.querySelector('[data-part=canvas]').canvas.transform.scale * window.devicePixelRatio"
        )
    )


def white(editor: Editor) -> list[tuple[float, float]]:
    """Where white is on the stage, in CSS pixels of the page: the middles of the screen's white pixels."""
    stage = editor.page.locator("[data-part=canvas]").bounding_box()
    assert stage is not None
    ratio = editor.page.evaluate("window.devicePixelRatio")
    shot = np.asarray(Image.open(io.BytesIO(editor.page.screenshot(scale="device"))).convert("L"))
    rows, columns = np.nonzero(shot > 200)
    x, y = (columns + 0.5) / ratio, (rows + 0.5) / ratio
    right, bottom = stage["x"] + stage["width"], stage["y"] + stage["height"]
    is_on_stage = (stage["x"] < x) & (x < right) & (stage["y"] < y) & (y < bottom)
    return list(zip(x[is_on_stage].tolist(), y[is_on_stage].tolist(), strict=True))


def test_every_click_lands_on_the_pixel_that_is_seen(
    matte: Editor, project_of: Callable[[Editor], OpenProject]
) -> None:
    editor, project = matte, project_of(matte)
    page = editor.page

    @settings(
        max_examples=10,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a smaller example would take minutes to find
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(
        x=st.integers(0, WIDTH - 1),
        y=st.integers(0, HEIGHT - 1),
        wheel=st.lists(st.sampled_from([-240, -130, -35, 50]), max_size=4),
        pan=st.tuples(st.integers(-60, 60), st.integers(-60, 60)),
        pick=st.floats(0, 1),
        positive=st.booleans(),
    )
    def check(x: int, y: int, wheel: list[int], pan: tuple[int, int], pick: float, positive: bool) -> None:
        page.keyboard.press("0")
        page.mouse.move(*editor.place_of(x, y))
        for notch in (-240, *wheel):  # at rest a pixel may be too small to be told from the next
            page.mouse.wheel(0, notch)
        page.keyboard.down("Shift")
        page.mouse.move(600, 300)
        page.mouse.down()
        page.mouse.move(600 + pan[0], 300 + pan[1])
        page.mouse.up()
        page.keyboard.up("Shift")
        page.mouse.move(5, 5)
        page.wait_for_timeout(30)
        assume(scale_of(editor) >= LARGE)
        show_only(editor, project, x, y)
        places = white(editor)
        assume(places)  # it may have been moved out of sight
        place = places[min(int(pick * len(places)), len(places) - 1)]
        page.evaluate("window.clicks.length = 0")
        page.mouse.click(*place, button="left" if positive else "right")
        assert page.evaluate("window.clicks") == [[x, y, positive]]

    check()
