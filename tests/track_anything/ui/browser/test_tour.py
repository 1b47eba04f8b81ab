"""Once through the page on a drawn clip and the shipped fakes: all of it is touched, and nothing breaks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.editor_page import Editor, Watch, served
from tests.track_anything.ui.desk_fixtures import CLIP, draw
from track_anything.testing import fake_models
from track_anything.ui import Settings

_VIEWS = ("overlay", "outline", "matte", "trimap", "cutout", "dimmed", "raw", "wipe", "removed")


@pytest.fixture
def editor(browser: Browser, tmp_path: Path) -> Iterator[Editor]:
    """A drawn clip in the page of a server whose networks are fakes; in the end there was no fault."""
    clip = draw(tmp_path / "clips" / "clip")
    settings = Settings(
        load=lambda _: fake_models(), workspace=tmp_path / "workspace", roots=(tmp_path / "clips",)
    )
    with served(settings) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        watch = Watch(context, server.address)
        made = Editor(context.new_page(), server.address)
        made.visit()
        made.open_path(clip)
        made.wait_for_frame(0)
        yield made
        context.close()
    assert watch.faults == []


def test_everything_on_the_page_is_used_once_and_nothing_breaks(editor: Editor) -> None:
    page, keyboard = editor.page, editor.page.keyboard
    for shape in (1, 2):  # clicks, each about an object of its own
        if shape > 1:
            with editor.changing():
                keyboard.press("a")
        editor.click_pixel(*CLIP.centre(0, shape))
    assert editor.state("state.project.objects.length") == 2

    page.select_option("#ta-view", "overlay")
    x, y = CLIP.centre(0, 1)
    with editor.changing():  # a box
        editor.drag_pixels((x - 8, y - 8), (x + 8, y + 8))
    keyboard.press("r")
    with editor.changing():  # a stroke
        editor.drag_pixels((2, 2), (12, 2))
    keyboard.press("c")
    with editor.changing():
        keyboard.press("Control+z")

    keyboard.press("t")
    editor.wait_for_job()
    assert editor.state("state.job.status") == "done"

    for view in _VIEWS:
        page.select_option("#ta-view", view)
        editor.wait_until(f"state.view === '{view}'")
        editor.wait_for_frame(0)
    page.select_option("#ta-view", "overlay")

    canvas = page.locator("[data-part=canvas] .ta-stage-marks").bounding_box()
    assert canvas is not None
    page.mouse.move(canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
    page.mouse.wheel(0, -300)
    keyboard.press("0")

    lanes = page.locator(".ta-timeline-lanes").bounding_box()
    assert lanes is not None
    place = lanes["x"] + lanes["width"] * 0.6, lanes["y"] + 10
    page.mouse.move(*place)
    page.wait_for_selector(".ta-timeline-tip:popover-open")
    page.mouse.click(*place)
    editor.wait_until("state.frame > 0")
    page.mouse.wheel(0, -300)
    keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(place[0] + 60, place[1], steps=4)
    page.mouse.up()
    keyboard.up("Shift")
    editor.wait_until("state.selection !== null")
    for key in ("i", "o", "l"):
        with editor.changing():
            keyboard.press(key)
    for key in ("Home", "End", "PageUp", "PageDown", "ArrowLeft", "Shift+ArrowLeft", "h", "h", "v", "1", "2"):
        keyboard.press(key)
    keyboard.press("Space")
    editor.wait_until("!state.playing")

    keyboard.press("?")
    page.wait_for_selector("dialog[open][data-dialog=help]")
    keyboard.press("Escape")
    page.click("#ta-everything")
    page.wait_for_selector("dialog[open][data-dialog=everything]")
    editor.wait_until("state.everything.masks.length > 0")
    keyboard.press("Escape")
    page.click("#ta-export-as")
    page.wait_for_selector("dialog[open][data-dialog=export]")
    with page.expect_download():
        page.click("#ta-export-masks")
    keyboard.press("Escape")
    page.click("#ta-open")
    page.wait_for_selector("dialog[open][data-dialog=open]")
    keyboard.press("Escape")
    editor.wait_until("state.dialog === null")
