"""The bar under the picture: what is tracked, followed, exported, and what is left to be mended."""

import json

import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.conftest import DRAWN
from tests.track_anything.ui.desk_fixtures import Gate

FIRST, SECOND = DRAWN.centre(0, 1), DRAWN.centre(0, 2)


def two_objects(editor: Editor) -> None:
    editor.click_pixel(*FIRST)
    with editor.changing():
        editor.page.keyboard.press("a")
    editor.click_pixel(*SECOND)


def test_keys_and_buttons_track_the_selected_object_alone_and_that_is_always_seen(drawn: Editor) -> None:
    two_objects(drawn)
    drawn.page.set_viewport_size({"width": 1024, "height": 700})
    drawn.page.check("#ta-only-selected")
    for press in (
        lambda: drawn.page.keyboard.press("t"),
        lambda: drawn.page.click("#ta-track"),
        lambda: drawn.page.keyboard.press("f"),
        lambda: drawn.page.keyboard.press("s"),
        lambda: drawn.page.click("#ta-step"),
    ):
        with drawn.page.expect_request(
            lambda sent: sent.method == "POST" and "/look" not in sent.url
        ) as sent:
            press()
        assert json.loads(sent.value.post_data or "")["objects"] == [2]
        drawn.wait_for_job()
        drawn.wait_until("state.about?.frame === state.frame")
        with drawn.changing():
            drawn.page.keyboard.press("Control+z")
        drawn.page.keyboard.press("Home")
        drawn.wait_for_frame(0)
    assert drawn.page.locator("#ta-only-selected").is_visible()


def test_who_follows_sees_each_frame_as_it_is_tracked_until_a_press_on_the_picture(
    drawn: Editor, tracking: Gate
) -> None:
    drawn.click_pixel(*FIRST)
    drawn.page.check("#ta-follow")
    tracking.close()
    with drawn.changing():
        drawn.page.click("#ta-track")
    tracking.let_through(3)
    drawn.wait_for_frame(2)
    tracking.let_through(1)
    drawn.wait_for_frame(3)
    drawn.page.keyboard.press("ArrowLeft")
    drawn.wait_until("state.frame === 2 && !state.follows")
    tracking.let_through(2)
    drawn.wait_until("state.job.done === 6")
    assert drawn.state("state.frame") == 2
    drawn.page.check("#ta-follow")
    tracking.let_through(1)
    drawn.wait_for_frame(6)
    drawn.page.mouse.move(*drawn.place_of(*DRAWN.centre(6)))
    drawn.page.mouse.down()
    tracking.let_through(2)
    drawn.wait_until("state.job.done === 9")
    drawn.page.mouse.up()  # a press is about the frame that was seen when it began
    drawn.wait_until(
        "state.busy === 0 && state.about?.frame === 6 && state.about.objects[1].points.length === 1"
    )
    assert drawn.state("state.frame") == 6
    tracking.open()
    drawn.wait_for_job()


def test_the_answers_to_a_click_make_way_for_what_is_tracked(drawn: Editor, tracking: Gate) -> None:
    drawn.click_pixel(*DRAWN.centre(0, 1))
    chips = drawn.page.locator(".ta-candidates")
    chips.wait_for()
    tracking.close()
    with drawn.changing():
        drawn.page.keyboard.press("t")
    chips.wait_for(state="hidden")
    tracking.open()
    drawn.wait_for_job()
    chips.wait_for()  # another one may be the right one, now that it is seen what comes of it


@pytest.mark.own_tab
def test_what_is_left_to_be_mended_is_counted_and_ends(drawn: Editor) -> None:
    answers = [[[5, 1], [40, 2], [60, 1]], []]
    drawn.page.route("**/next", lambda route: route.fulfill(json=answers[0]))
    two_objects(drawn)
    drawn.wait_until("state.toFix?.count === 3")
    fix = drawn.page.locator("#ta-fix")
    assert fix.inner_text().split() == ["Next", "to", "fix", "3"]
    for place, (frame, object_id) in enumerate(answers[0], 1):
        drawn.page.keyboard.press("n")
        drawn.wait_until(f"state.frame === {frame} && state.objectId === {object_id}")
        assert f"{place} of 3" in fix.inner_text()
    drawn.page.keyboard.press("n")
    drawn.page.get_by_text("Nothing else is in doubt").wait_for()
    assert drawn.state("state.frame") == 60
    drawn.page.keyboard.press("n")
    drawn.wait_until("state.frame === 5")
    answers.pop(0)
    drawn.page.keyboard.press("Home")
    with drawn.changing():
        drawn.page.keyboard.press("l")
    drawn.wait_until("state.toFix?.count === 0")
    drawn.page.click("#ta-fix")
    drawn.page.get_by_text("No tracked frame is in doubt").wait_for()


def test_in_and_out_points_are_set_said_exported_and_taken_away_by_buttons(drawn: Editor) -> None:
    for frame, button in ((4, "#ta-set-in"), (9, "#ta-set-out")):
        drawn.page.evaluate(f"trackAnything.actions.seek({frame})")
        drawn.wait_for_frame(frame)
        with drawn.changing():
            drawn.page.click(button)
    assert drawn.state("state.project.range") == [4, 10]
    assert drawn.page.locator("#ta-range").inner_text() == "4 – 9"
    assert drawn.page.locator("#ta-range").get_attribute("title") == (
        "Tracking, playing and exports keep to frames 4 to 9: 6 frames"
    )
    drawn.click_pixel(*DRAWN.centre(9))
    assert exported(drawn) == [4, 10]
    with drawn.changing():
        drawn.page.click("#ta-clear-range")
    assert drawn.page.locator("#ta-range").is_hidden()
    assert exported(drawn) == "all"


def exported(editor: Editor) -> list[int] | str:
    """Track what there is to track, then the frames that the export button asks for."""
    with editor.changing():
        editor.page.click("#ta-track")
    editor.wait_for_job()
    with (
        editor.page.expect_request(lambda sent: sent.url.endswith("/export")) as sent,
        editor.page.expect_download(),
    ):
        editor.page.click("#ta-export")
    editor.wait_for_job()
    frames: list[int] | str = json.loads(sent.value.post_data or "")["frames"]
    return frames


def test_the_answers_to_a_click_are_gone_through_by_the_full_stop_and_tab_moves_on(drawn: Editor) -> None:
    drawn.click_pixel(*FIRST)
    drawn.page.locator(".ta-candidate").nth(2).wait_for()
    chosen = drawn.state("state.candidates.chosen")
    with drawn.changing():
        drawn.page.keyboard.press(".")
    assert drawn.state("state.candidates.chosen") == (chosen + 1) % 3
    drawn.page.focus("#ta-undo")
    drawn.page.keyboard.press("Tab")
    assert drawn.page.evaluate("document.activeElement.id") != "ta-undo"
    assert drawn.state("state.candidates.chosen") == (chosen + 1) % 3
    drawn.page.locator(".ta-candidate").first.focus()
    with drawn.changing():
        drawn.page.keyboard.press("ArrowRight")
    assert drawn.state("state.frame") == 0  # within the strip the arrows are about the answers
