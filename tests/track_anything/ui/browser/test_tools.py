"""The tools of the picture: clicks of either sign, brush and lasso, fingers, and no pointer at all."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.browser.editor_page import Editor, Served, project_of
from tests.track_anything.ui.browser.conftest import DRAWN, opened
from tests.track_anything.ui.desk_fixtures import Gate
from track_anything.types import Mask
from track_anything.ui.open_project import OpenProject

FIRST, SECOND = DRAWN.centre(0, 1), DRAWN.centre(0, 2)
GREY = (200, 20)


def mask(project: OpenProject, object_id: int = 1) -> Mask:
    return project.session.project.mask(0, object_id)


def test_the_minus_tool_takes_away_without_a_second_button_or_a_key(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*FIRST)
    drawn.page.click("#ta-tool-minus")
    drawn.wait_until("state.tool === 'minus'")
    drawn.click_pixel(*GREY)
    given = drawn_project.session.project.given(0, 1)
    assert given is not None
    assert given.labels == (1, 0)
    drawn.page.keyboard.press("c")
    drawn.wait_until("state.tool === 'plus'")
    drawn.page.keyboard.press("x")
    drawn.wait_until("state.tool === 'minus'")


def test_the_brush_erases_with_alt_and_with_the_right_button(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*FIRST)
    whole = int(mask(drawn_project).sum())
    drawn.page.keyboard.press("r")
    drawn.page.keyboard.down("Alt")
    with drawn.changing():
        drawn.drag_pixels((FIRST[0] - 5, FIRST[1]), (FIRST[0] + 5, FIRST[1]))
    drawn.page.keyboard.up("Alt")
    less = int(mask(drawn_project).sum())
    assert less < whole
    assert not mask(drawn_project)[FIRST[1], FIRST[0]]
    with drawn.changing():
        drawn.page.mouse.click(*drawn.place_of(FIRST[0], FIRST[1] + 15), button="right")
    assert int(mask(drawn_project).sum()) < less


def outline(editor: Editor, corners: list[tuple[int, int]]) -> None:
    editor.page.mouse.move(*editor.place_of(*corners[0]))
    editor.page.mouse.down()
    for corner in corners[1:]:
        editor.page.mouse.move(*editor.place_of(*corner), steps=3)
    editor.page.mouse.up()


def test_the_lasso_adds_what_it_goes_around_and_takes_it_away_with_alt(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*FIRST)
    disc = mask(drawn_project)
    drawn.page.keyboard.press("g")
    with drawn.changing():
        outline(drawn, [(200, 20), (239, 20), (239, 49), (200, 49)])
    added = mask(drawn_project) & ~disc
    rows, columns = np.nonzero(added)
    sides = (columns.min(), columns.max(), rows.min(), rows.max())
    assert np.abs(np.array(sides) - (200, 239, 20, 49)).max() <= 1  # a point on the screen is no exact pixel
    assert added[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()
    drawn.page.keyboard.down("Alt")
    with drawn.changing():
        outline(drawn, [(190, 10), (250, 10), (250, 60), (190, 60)])
    drawn.page.keyboard.up("Alt")
    assert np.array_equal(mask(drawn_project), disc)


SQUARE = ((200, 20), (240, 20), (240, 50), (200, 50))


def set_corners(editor: Editor, *corners: tuple[float, float]) -> None:
    for corner in corners:
        count = editor.state("state.corners?.length ?? 0")
        editor.page.mouse.click(*editor.place_of(*corner))
        editor.wait_until(f"state.corners?.length === {count + 1}")


def test_a_polygon_is_closed_at_its_first_corner_and_becomes_a_known_mask(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*FIRST)
    disc = mask(drawn_project)
    drawn.page.keyboard.press("p")
    set_corners(drawn, *SQUARE)
    assert np.array_equal(mask(drawn_project), disc)  # nothing yet
    with drawn.changing():
        drawn.page.mouse.click(*drawn.place_of(*SQUARE[0]))
    added = mask(drawn_project) & ~disc
    rows, columns = np.nonzero(added)
    sides = (columns.min(), columns.max(), rows.min(), rows.max())
    assert np.abs(np.array(sides) - (200, 240, 20, 50)).max() <= 1
    assert added[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()
    assert drawn_project.session.project.claim(0, 1).is_known
    with drawn.changing():
        drawn.page.keyboard.press("Control+z")
    assert np.array_equal(mask(drawn_project), disc)


def test_corners_are_taken_back_one_by_one_or_all_and_alt_takes_away(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*FIRST)
    disc = mask(drawn_project)
    drawn.page.keyboard.press("p")
    set_corners(drawn, *SQUARE)
    for key, left in (("Backspace", 3), ("Control+z", 2)):
        drawn.page.keyboard.press(key)
        drawn.wait_until(f"state.corners.length === {left}")
    drawn.page.keyboard.press("Enter")  # two corners are no area
    assert drawn.state("state.corners.length") == 2
    drawn.page.keyboard.press("Escape")
    drawn.wait_until("state.corners === null")
    assert np.array_equal(mask(drawn_project), disc)

    set_corners(drawn, *SQUARE[:2])
    drawn.page.keyboard.press("ArrowRight")  # on another frame it would be about another picture
    drawn.wait_until("state.corners === null")
    drawn.page.keyboard.press("ArrowLeft")
    drawn.wait_for_frame(0)

    left, top = FIRST
    drawn.page.keyboard.down("Alt")
    set_corners(drawn, (left, top - 60), (left + 60, top - 60), (left + 60, top + 60), (left, top + 60))
    drawn.page.keyboard.up("Alt")
    with drawn.changing():
        drawn.page.keyboard.press("Enter")
    now = mask(drawn_project)
    assert not (now & ~disc).any()
    assert now[:, : left - 1].sum() == disc[:, : left - 1].sum()
    assert not now[:, left + 1 :].any()


def test_a_polygon_is_drawn_with_the_keyboard_alone(drawn: Editor, drawn_project: OpenProject) -> None:
    drawn.click_pixel(*FIRST)
    disc = mask(drawn_project)
    drawn.page.keyboard.press("p")
    drawn.page.focus(".ta-stage-marks")
    for place, arrow in enumerate(("ArrowUp", "ArrowRight", "ArrowDown")):
        for _ in range(6):
            drawn.page.keyboard.press(f"Alt+{arrow}")
        drawn.page.keyboard.press("Enter")
        drawn.wait_until(f"state.corners.length === {place + 1}")
    with drawn.changing():
        drawn.page.keyboard.press("Enter")  # at the last corner again: it is closed
    assert (mask(drawn_project) & ~disc).any()


def test_a_stroke_right_after_add_object_paints_the_new_object(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*FIRST)
    disc = mask(drawn_project)
    drawn.page.evaluate(
        """() => {
          const ask = window.fetch;
          const held = new Promise((go) => { window.letThrough = go; });
          window.fetch = async (...request) => {
            if (request[0].endsWith('/objects')) await held;
            return ask(...request);
          };
        }"""
    )
    drawn.page.keyboard.press("a")
    drawn.page.keyboard.press("r")
    drawn.drag_pixels((200, 20), (240, 20))
    drawn.page.evaluate("window.letThrough()")
    drawn.wait_for_job()
    assert np.array_equal(mask(drawn_project), disc)
    assert mask(drawn_project, 2)[20, 220]
    assert not (mask(drawn_project, 2) & disc).any()


def test_two_fingers_zoom_and_move_the_picture_and_click_nothing(
    drawn_visitor: Callable[..., Editor], drawn_clip: Path
) -> None:
    editor = opened(drawn_visitor(has_touch=True), drawn_clip)
    client = editor.page.context.new_cdp_session(editor.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    x, y = editor.place_of(*FIRST)
    scale = editor.page.evaluate("document.querySelector('[data-part=canvas]').canvas.transform.scale")
    touch("touchStart", (x - 40, y))
    touch("touchStart", (x - 40, y), (x + 40, y))
    touch("touchMove", (x - 60, y + 10), (x + 60, y + 10))
    touch("touchMove", (x - 80, y + 20), (x + 80, y + 20))
    touch("touchEnd")
    zoomed = editor.page.evaluate("document.querySelector('[data-part=canvas]').canvas.transform.scale")
    assert abs(zoomed / scale - 2) < 0.01
    moved = editor.place_of(*FIRST)
    assert abs(moved[0] - x) < 4
    assert abs(moved[1] - (y + 20)) < 4
    assert editor.state("[state.project.objects.length, state.busy]") == [0, 0]
    touch("touchStart", moved)
    touch("touchEnd")
    editor.wait_until("state.project.objects.length === 1")  # one finger clicks


def test_without_a_pointer_cross_hairs_move_by_alt_and_arrows_and_enter_clicks(
    drawn_visitor: Callable[..., Editor], drawn_clip: Path, drawn_server: Served
) -> None:
    drawn = opened(drawn_visitor(refusals={400}), drawn_clip)  # a click may find nothing
    drawn_project = project_of(drawn, drawn_server)
    drawn.page.focus(".ta-stage-marks")
    keys = drawn.page.keyboard
    for _ in range(3):
        keys.press("Alt+ArrowLeft")
    for _ in range(2):
        keys.press("Alt+Shift+ArrowDown")
    place = drawn.page.locator(".ta-stage-readout").inner_text().splitlines()[0]
    x, y = (int(part) for part in place.split(","))
    assert drawn.state("state.frame") == 0  # arrows alone go to other frames
    keys.press("Enter")
    drawn.wait_until("state.busy === 0 && state.project.objects.length === 1")
    given = drawn_project.session.project.given(0, 1)
    assert given is not None
    assert given.points == ((x, y),)
    drawn.page.keyboard.press("x")
    keys.press("Alt+ArrowUp")
    with drawn.page.expect_request(lambda sent: sent.url.endswith("/click")) as sent:
        keys.press("Enter")
    assert json.loads(sent.value.post_data or "")["positive"] is False
    drawn.wait_for_job()


def test_a_resting_pointer_keeps_its_preview_while_the_page_asks_how_things_are(drawn: Editor) -> None:
    drawn.page.mouse.move(*drawn.place_of(*FIRST))
    drawn.wait_until("state.hover !== null")
    for _ in range(2):
        with drawn.page.expect_response(lambda answer: "/update?" in answer.url) as told:
            drawn.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        assert told.value.json()["project"] is None
    assert drawn.state("state.hover !== null")


def test_a_resting_pointer_gets_a_preview_once_the_frame_is_ready(drawn: Editor) -> None:
    drawn.page.evaluate(
        """() => {
          const ask = window.fetch;
          let refused = 0;
          window.fetch = async (...request) => {
            if (request[0].endsWith('/preview') && refused++ < 2) return new Response(null, { status: 204 });
            return ask(...request);
          };
        }"""
    )
    drawn.page.mouse.move(*drawn.place_of(*FIRST))
    drawn.wait_until("state.hover !== null")


def test_a_preview_never_vanishes_while_the_pointer_rests(
    drawn: Editor, drawn_project: OpenProject, tracking: Gate
) -> None:
    drawn.click_pixel(*SECOND)
    drawn.page.mouse.move(*drawn.place_of(*FIRST))
    drawn.wait_until("state.hover !== null")
    drawn.page.evaluate(
        """() => {
          window.vanished = 0;
          const count = ({ hover }) => { window.vanished += hover === null ? 1 : 0; };
          trackAnything.store.subscribe(['hover'], count);
        }"""
    )
    with drawn.changing():  # another object is selected
        drawn.page.keyboard.press("a")
    drawn.page.keyboard.press("1")
    drawn.wait_until("state.objectId === 1")
    with drawn.changing():  # another tab changes the project
        with drawn_project.changing(None, None):
            drawn_project.session.add_object("of another tab")
        drawn.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    tracking.close()
    with drawn.changing():  # a job runs, and ends
        drawn.page.evaluate("trackAnything.actions.track('both', { objects: [1] })")
    tracking.let_through(1)
    drawn.wait_until("state.job.done === 1")
    with drawn.page.expect_response(lambda answer: answer.url.endswith("/job/cancel")):
        drawn.page.evaluate("trackAnything.actions.control('cancel')")  # the pointer stays where it is
    tracking.open()
    drawn.wait_for_job()
    assert drawn.state("[state.hover.frame, window.vanished]") == [0, 0]


def test_masks_are_cleaned_live_and_in_one_step_to_undo(drawn: Editor, drawn_project: OpenProject) -> None:
    drawn.click_pixel(*FIRST)
    disc = mask(drawn_project)
    edge = int(np.flatnonzero(disc[FIRST[1]]).max())
    drawn.page.click("#ta-clean-up > summary")
    grow = drawn.page.locator("#ta-clean-grow")
    drawn.page.evaluate(
        """() => {
          const slider = document.querySelector('#ta-clean-grow');
          slider.value = '4';
          slider.dispatchEvent(new Event('input', { bubbles: true }));
        }"""
    )
    drawn.page.wait_for_function(
        """([x, y]) => document.querySelector('[data-part=canvas]').canvas.labelsShown[
          y * trackAnything.store.state.project.video.width + x] === 1""",
        arg=[edge + 3, FIRST[1]],
    )
    assert np.array_equal(mask(drawn_project), disc)  # nothing is kept while it is dragged
    with drawn.changing():
        grow.dispatch_event("change")
    assert mask(drawn_project)[FIRST[1], edge + 3]
    drawn.wait_until("state.cleanUp === null")
    with drawn.changing():
        drawn.page.keyboard.press("Control+z")
    assert np.array_equal(mask(drawn_project), disc)
    assert grow.input_value() == "0"
