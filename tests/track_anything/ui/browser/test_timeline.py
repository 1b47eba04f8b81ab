"""Going through a video on the real page: timeline, keys, in and out points, selections."""

import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.conftest import DRAWN
from track_anything.ui.open_project import OpenProject

LAST = 149


def row(editor: Editor, name: str) -> float:
    """The height at which a row of the timeline lies."""
    box = editor.page.locator(f"[data-part=timeline] canvas[data-zone={name}]").bounding_box()
    assert box is not None
    return box["y"] + box["height"] / 2


def x_of(editor: Editor, frame: int) -> float:
    """Where the middle of a frame is on the time axis."""
    return float(
        editor.page.evaluate(
            "(frame) => document.querySelector('[data-part=timeline]').timeline.xOf(frame)", frame
        )
    )


def visible(editor: Editor) -> list[int]:
    frames: list[int] = editor.page.evaluate(
        "document.querySelector('[data-part=timeline]').timeline.visible"
    )
    return frames


@pytest.mark.parametrize("name", ["ruler", "film"])
def test_a_click_on_the_timeline_shows_that_frame(editor: Editor, name: str) -> None:
    for frame in (97, 12, LAST, 0):
        editor.page.mouse.click(x_of(editor, frame), row(editor, name))
        editor.wait_for_frame(frame)
        assert editor.state("state.frame") == frame
        assert f"Frame {frame} of {LAST + 1}" in editor.page.locator(".ta-timeline-position").inner_text()


def test_the_picture_is_the_one_of_the_frame(editor: Editor) -> None:
    at_start = editor.colour_at(245, 128)
    editor.page.mouse.click(x_of(editor, 120), row(editor, "ruler"))
    editor.wait_for_frame(120)
    at_end = editor.colour_at(245, 128)
    assert max(abs(one - other) for one, other in zip(at_start, at_end, strict=True)) > 12  # the globe turned


def test_dragging_scrubs_and_the_last_frame_under_the_pointer_stays(editor: Editor) -> None:
    y = row(editor, "ruler")
    editor.page.mouse.move(x_of(editor, 10), y)
    editor.page.mouse.down()
    seen = set()
    for frame in range(15, 80, 5):
        editor.page.mouse.move(x_of(editor, frame), y)
        seen.add(editor.state("state.frame"))
    editor.page.mouse.up()
    editor.wait_for_frame(75)
    assert len(seen) > 5
    assert editor.state("state.frame") == 75


def test_keys_move_by_one_by_ten_and_to_the_ends(editor: Editor) -> None:
    for key, frame in [
        ("ArrowRight", 1), ("Shift+ArrowRight", 11), ("ArrowLeft", 10), ("End", LAST), ("ArrowRight", LAST),
        ("Shift+ArrowLeft", LAST - 10), ("Home", 0), ("ArrowLeft", 0),
    ]:  # fmt: skip
        editor.page.keyboard.press(key)
        editor.wait_for_frame(frame)
        assert editor.state("state.frame") == frame


def test_space_plays_and_stops(editor: Editor) -> None:
    editor.page.keyboard.press("Space")
    editor.wait_until("state.frame > 3")
    assert editor.state("state.playing")
    editor.page.keyboard.press("Space")
    editor.wait_until("!state.playing")
    frame = editor.state("state.frame")
    editor.wait_for_frame(frame)
    assert editor.state("state.frame") == frame


def test_keys_do_nothing_while_a_name_is_typed(editor: Editor) -> None:
    with editor.changing():
        editor.page.keyboard.press("a")
    editor.page.locator(".ta-name").fill("")
    editor.page.locator(".ta-name").focus()
    editor.page.keyboard.type("bird flzn 9")
    with editor.changing():
        editor.page.keyboard.press("Enter")
    assert editor.state("state.project.objects.map((one) => one.name)") == ["bird flzn 9"]
    assert editor.state("state.frame") == 0
    assert editor.state("state.job.kind") == "open"
    assert editor.state("state.tool") == "plus"


def test_in_and_out_points_are_set_by_key_and_dragged(editor: Editor) -> None:
    editor.page.mouse.click(x_of(editor, 20), row(editor, "ruler"))
    editor.wait_for_frame(20)
    with editor.changing():
        editor.page.keyboard.press("i")
    assert editor.state("state.project.range") == [20, 150]
    handle = editor.page.locator(".ta-range-handle[data-edge=stop]").bounding_box()
    assert handle is not None
    with editor.changing():
        editor.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        editor.page.mouse.down()
        editor.page.mouse.move(x_of(editor, 60), handle["y"] + 5, steps=4)
        editor.page.mouse.up()
    start, stop = editor.state("state.project.range")
    assert start == 20
    assert abs(stop - 60) <= 1
    with editor.changing():
        editor.page.keyboard.press("z")
    assert editor.state("state.project.range") == [20, 150]


def test_a_shift_drag_selects_frames_for_what_the_panel_does(editor: Editor) -> None:
    editor.click_pixel(240, 135)
    y = row(editor, "film")
    editor.page.keyboard.down("Shift")
    editor.page.mouse.move(x_of(editor, 30), y)
    editor.page.mouse.down()
    editor.page.mouse.move(x_of(editor, 39), y, steps=4)
    editor.page.mouse.up()
    editor.page.keyboard.up("Shift")
    editor.wait_until("state.selection !== null")
    assert editor.state("state.selection") == {"start": 30, "stop": 40}
    assert "On frames 30 to 39" in editor.page.locator(".ta-here").inner_text()
    with editor.changing():
        editor.page.click("#ta-clear")  # the object is not there
    marks = editor.state("Array.from(state.lanes.rows.get(1).status)")
    assert [frame for frame, status in enumerate(marks) if status != 0] == [0, *range(30, 40)]
    editor.page.keyboard.press("Escape")
    editor.wait_until("state.selection === null")


def test_delete_says_that_the_object_is_not_on_the_selected_frames(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*DRAWN.centre(0, 1))
    drawn.page.evaluate("trackAnything.actions.select({ start: 10, stop: 20 })")
    with drawn.changing():
        drawn.page.keyboard.press("Delete")
    project = drawn_project.session.project
    assert project.state.frames_known(1) == {0, *range(10, 20)}
    assert project.mask(frame=0, object_id=1).any()
    assert not project.mask(frame=15, object_id=1).any()
    drawn.page.evaluate("trackAnything.actions.select(null)")
    drawn.page.keyboard.press("Delete")  # nothing is selected: nothing is done
    assert drawn.state("state.busy") == 0


def test_the_wheel_zooms_the_time_axis_about_the_pointer(editor: Editor) -> None:
    assert visible(editor) == [0, LAST]
    x = x_of(editor, 100)
    editor.page.mouse.move(x, row(editor, "film"))
    editor.page.mouse.wheel(0, -400)
    editor.page.wait_for_function(
        "() => document.querySelector('[data-part=timeline]').timeline.visible[0] > 0"
    )
    first, last = visible(editor)
    assert first < 100 < last
    assert abs(x_of(editor, 100) - x) < 5
    editor.page.get_by_role("button", name="Show all of the video").click()
    editor.page.wait_for_function(
        "() => document.querySelector('[data-part=timeline]').timeline.visible[0] === 0"
    )


def test_hovering_the_timeline_shows_a_thumbnail_of_that_frame(editor: Editor) -> None:
    editor.page.mouse.move(x_of(editor, 77), row(editor, "film"))
    tip = editor.page.locator(".ta-timeline-tip")
    tip.wait_for(state="visible")
    assert "77" in tip.inner_text()
    assert tip.locator("canvas").is_visible()
    assert editor.state("state.frame") == 0


def test_page_keys_jump_between_prompts(editor: Editor) -> None:
    editor.click_pixel(240, 135)
    editor.page.keyboard.press("Shift+ArrowRight")
    editor.wait_for_frame(10)
    editor.click_pixel(240, 135)
    editor.page.keyboard.press("PageUp")
    editor.wait_for_frame(0)
    editor.page.keyboard.press("PageDown")
    editor.wait_for_frame(10)
    assert editor.state("state.frame") == 10
