"""The page as a whole: what fits, what is named, light and dark."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.editor_page import Editor, served
from track_anything.testing import fake_models
from track_anything.ui import Settings

Visitor = Callable[..., Editor]


def test_canvas_and_timeline_fit_a_small_window_without_scrolling(editor: Editor) -> None:
    for part in ("header", "canvas", "objects", "job", "timeline"):
        box = editor.page.locator(f"#ta-{part}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800
        assert box["height"] > 30
    size = editor.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert size == [1280, 800]
    canvas = editor.page.locator("#ta-canvas").bounding_box()
    assert canvas is not None
    assert canvas["height"] > 500


def test_the_picture_keeps_its_aspect_in_any_window(editor: Editor) -> None:
    for width, height in [(1280, 800), (900, 700), (1600, 700)]:
        editor.page.set_viewport_size({"width": width, "height": height})
        editor.page.wait_for_function(
            """([width, height]) => {
              const canvas = document.querySelector('[data-part=canvas] canvas');
              const isFitted = canvas.width === canvas.clientWidth && canvas.height === canvas.clientHeight;
              return innerWidth === width && innerHeight === height && isFitted;
            }""",
            arg=[width, height],
        )
        (x0, y0), (x1, y1) = editor.place_of(0, 0), editor.place_of(479, 269)
        assert abs((x1 - x0) / 479 - (y1 - y0) / 269) < 1e-3
        canvas = editor.page.locator("#ta-canvas").bounding_box()
        assert canvas is not None
        assert canvas["x"] <= x0 < x1 <= canvas["x"] + canvas["width"]
        assert canvas["y"] <= y0 < y1 <= canvas["y"] + canvas["height"]


def test_everything_that_can_be_used_has_a_name(editor: Editor) -> None:
    editor.click_pixel(240, 135)
    nameless = editor.page.evaluate(
        """() => {
          const used = document.querySelectorAll('.ta-editor :is(button, input, select, a, [tabindex="0"])');
          const isNamed = (one) =>
            one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length || one.title;
          const shown = [...used].filter((one) => one.checkVisibility());
          return shown.filter((one) => !isNamed(one)).map((one) => one.outerHTML);
        }"""
    )
    assert nameless == []


def test_the_focus_of_the_keyboard_is_seen(editor: Editor) -> None:
    seen = set()
    for _ in range(12):
        editor.page.keyboard.press("Tab")
        focused = editor.page.evaluate(
            "() => { const { id, className } = document.activeElement;"
            " const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);"
            " return [id || className, outlineStyle, outlineWidth]; }"
        )
        seen.add(focused[0])
        assert focused[1] == "solid", focused
        assert focused[2] != "0px", focused
    assert {"ta-open", "ta-view", "ta-help"} & seen


def test_dark_follows_the_system_and_the_button_turns_it(visitor: Visitor, clip: Path) -> None:
    def background(editor: Editor) -> int:
        colour = editor.page.evaluate(
            "getComputedStyle(document.querySelector('.ta-header')).backgroundColor"
        )
        return sum(int(channel) for channel in colour.strip("rgb()").split(",")[:3])

    light, dark = visitor(), visitor(dark=True)
    for editor in (light, dark):
        editor.open_path(clip)
    assert background(light) > 600
    assert background(dark) < 200
    light.page.click("#ta-theme")
    assert background(light) < 200
    light.page.reload()
    light.page.wait_for_selector("body[data-ready=true]")
    assert background(light) < 200  # it is remembered


def test_the_sheet_of_keys_lists_every_key_and_closes(editor: Editor) -> None:
    editor.page.keyboard.press("?")
    sheet = editor.page.locator("dialog[data-dialog=help]")
    sheet.wait_for(state="visible")
    text = sheet.inner_text()
    for words in ("Play or pause", "Lock or unlock", "Redo", "Next frame to fix", "Track both ways"):
        assert words in text
    assert "object HTML" not in text
    frame = editor.state("state.frame")
    editor.page.keyboard.press("ArrowRight")  # no key fires behind a dialog
    assert editor.state("state.frame") == frame
    editor.page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")


def test_the_window_is_left_alone_by_the_editor_when_the_server_says_no(visitor: Visitor, clip: Path) -> None:
    editor = visitor(refusals={400})
    editor.open_path(clip)
    editor.wait_for_frame(0)
    editor.click_pixel(240, 135)
    revision = editor.state("state.project.revision")
    editor.page.evaluate("trackAnything.actions.edit({ kind: 'lock', object_id: 1, start: 500, stop: 501 })")
    message = editor.page.locator(".ta-message.ta-error")
    message.wait_for(state="visible")
    assert "500" in message.inner_text()
    assert editor.state("state.project.revision") == revision
    assert editor.label_at(240, 135) == 1
    message.get_by_role("button").click()
    message.wait_for(state="hidden")


def test_the_server_ends_while_a_page_is_open(browser: Browser, tmp_path: Path) -> None:
    with served(Settings(load=lambda _: fake_models(), workspace=tmp_path)) as running:
        page = browser.new_page()
        Editor(page, running.address).visit()
        page.wait_for_timeout(500)  # Gradio's page opens a request that never ends
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        page.goto(running.address)
    page.close()
