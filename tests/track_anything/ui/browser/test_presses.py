"""Presses as long as a person's: no button is pulled away from under the pointer, and no focus is lost."""

from collections.abc import Callable

import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.conftest import DRAWN
from tests.track_anything.ui.desk_fixtures import Gate
from track_anything.project.edits import RecolourObject
from track_anything.ui.open_project import OpenProject

FIRST, SECOND = DRAWN.centre(0, 1), DRAWN.centre(0, 2)
HELD = (
    30,
    80,
    200,
    250,
    None,
)  # ms; a person's click lasts 80 to 150; None = through two answers of the server


def two_objects(editor: Editor) -> None:
    editor.click_pixel(*FIRST)
    with editor.changing():
        editor.page.keyboard.press("a")
    editor.click_pixel(*SECOND)


def hear_from_the_server(editor: Editor, times: int = 1) -> None:
    """Wait until the page has asked how things are, and has taken over the answer."""
    for _ in range(times):
        asked = editor.page.evaluate("trackAnything.heard ?? 0")
        editor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        editor.page.wait_for_function("(asked) => trackAnything.heard > asked", arg=asked)


def listen(editor: Editor) -> None:
    """Count the answers that the page has taken over."""
    editor.page.evaluate(
        """() => {
          const { news } = trackAnything.actions;
          const { apply } = news;
          news.apply = function (update) {
            apply.call(this, update);
            trackAnything.heard = (trackAnything.heard ?? 0) + 1;
          };
        }"""
    )


def press(editor: Editor, selector: str, held: int | None) -> None:
    """Press for some milliseconds, one of ``HELD``."""
    editor.hold(selector)
    if held is None:
        hear_from_the_server(editor, 2)
    else:
        editor.page.wait_for_timeout(held)  # a press lasts, that is what is tested
    editor.page.mouse.up()


@pytest.fixture
def busy(drawn: Editor, tracking: Gate) -> Editor:
    """Two objects, of which a job tracks what the gate lets through."""
    listen(drawn)
    two_objects(drawn)
    track(drawn, tracking)
    return drawn


def track(editor: Editor, tracking: Gate) -> None:
    tracking.close()
    with editor.changing():
        editor.page.click("#ta-track")
    tracking.let_through(2)
    editor.wait_until("state.job.stage === 'tracking' && state.job.done === 2")


def test_a_held_press_on_pause_resume_and_cancel_is_never_lost(busy: Editor, tracking: Gate) -> None:
    for held in HELD:
        for action, status in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
            with busy.page.expect_response(lambda answer, end=f"/job/{action}": answer.url.endswith(end)):
                press(busy, f"#ta-{action}", held)
            tracking.let_through(1)  # the job holds between two frames
            busy.wait_until(f"state.job.status === '{status}'")
        track(busy, tracking)


def test_a_pause_shows_while_the_frame_in_hand_is_tracked_and_can_be_taken_back(
    busy: Editor, tracking: Gate
) -> None:
    press(busy, "#ta-pause", 80)
    busy.page.locator(".ta-facts", has_text="pausing").wait_for()
    press(busy, "#ta-resume", 80)
    busy.page.locator(".ta-facts", has_not_text="pausing").wait_for()
    tracking.let_through(2)
    busy.wait_until("state.job.status === 'running' && state.job.done === 4")
    press(busy, "#ta-cancel", 80)
    busy.page.locator(".ta-facts", has_text="ending").wait_for()
    tracking.let_through(1)
    busy.wait_until("state.job.status === 'cancelled'")


def test_a_held_press_on_cancel_is_never_lost_while_a_job_is_paused(busy: Editor, tracking: Gate) -> None:
    for held in HELD:
        with busy.page.expect_response(lambda answer: answer.url.endswith("/job/pause")):
            busy.page.click("#ta-pause")
        tracking.let_through(1)
        busy.wait_until("state.job.status === 'paused'")
        with busy.page.expect_response(lambda answer: answer.url.endswith("/job/cancel")):
            press(busy, "#ta-cancel", held)
        busy.wait_until("state.job.status === 'cancelled'")
        track(busy, tracking)


def test_a_held_press_on_the_objects_is_never_lost_while_a_job_runs(busy: Editor, tracking: Gate) -> None:
    presses_on_the_panel(busy, lambda: tracking.let_through(1))


def test_a_held_press_on_the_objects_is_never_lost_while_nothing_runs(drawn: Editor) -> None:
    listen(drawn)
    two_objects(drawn)
    presses_on_the_panel(drawn, lambda: None)


ROW = ".ta-object[data-object-id='1']"
EYE = f"{ROW} button:nth-of-type(1)"


def presses_on_the_panel(editor: Editor, go_on: Callable[[], None]) -> None:
    """Eye, row, lock, colour and the list of other objects, while a job may make a frame."""
    editor.page.click("#ta-two-objects > summary")
    for selector in (f"{ROW} .ta-colour", "#ta-two-objects select"):
        editor.page.eval_on_selector(
            selector,
            """(one) => {
              one.dataset.clicked = 0;
              one.addEventListener('click', () => { one.dataset.clicked = Number(one.dataset.clicked) + 1; });
              for (const type of ['click', 'mousedown']) {
                one.addEventListener(type, (event) => event.preventDefault()); // nothing opens over the page
              }
            }""",
        )
    for times, held in enumerate(HELD, 1):
        for condition in ("state.hidden.has(1)", "!state.hidden.has(1)"):
            go_on()
            press(editor, EYE, held)
            editor.wait_until(condition)
        for object_id in (2, 1):
            go_on()
            press(editor, f".ta-object[data-object-id='{object_id}'] .ta-key", held)
            editor.wait_until(f"state.objectId === {object_id}")
        go_on()
        with editor.page.expect_response(lambda answer: answer.url.endswith("/edits")):
            press(editor, "#ta-lock", held)
        for selector in (f"{ROW} .ta-colour", "#ta-two-objects select"):
            go_on()
            press(editor, selector, held)
            assert editor.page.get_attribute(selector, "data-clicked") == str(times), (selector, held)


@pytest.mark.parametrize("selector", ["#ta-two-objects > summary", "#ta-undo"])
def test_a_press_counts_where_it_began_though_the_page_moves_under_it(drawn: Editor, selector: str) -> None:
    two_objects(drawn)
    count_clicks(drawn, selector)
    for times in (1, 2):
        drawn.hold(selector)
        move_away(drawn, selector)
        drawn.page.mouse.up()
        assert drawn.page.evaluate("window.clicked") == times


def test_a_press_that_is_drawn_away_or_whose_button_is_off_by_then_does_not_count(drawn: Editor) -> None:
    two_objects(drawn)
    count_clicks(drawn, "#ta-undo")
    x, y = drawn.hold("#ta-undo")
    move_away(drawn, "#ta-undo")
    drawn.page.mouse.move(x, y + 30)
    drawn.page.mouse.up()
    drawn.hold("#ta-undo")
    move_away(drawn, "#ta-undo")
    drawn.page.eval_on_selector("#ta-undo", "(button) => { button.disabled = true; }")
    drawn.page.mouse.up()
    assert drawn.page.evaluate("window.clicked") == 0


def move_away(editor: Editor, selector: str) -> None:
    """Have something come up above it, as large as itself."""
    editor.page.eval_on_selector(
        selector,
        """(one) => {
          const above = document.createElement('div');
          const { width, height } = one.getBoundingClientRect();
          Object.assign(above.style, { flex: 'none', width: `${width + 20}px`, height: `${height + 20}px` });
          (one.closest('details') ?? one).before(above);
        }""",
    )


def count_clicks(editor: Editor, selector: str) -> None:
    editor.page.eval_on_selector(
        selector,
        """(one) => {
          window.clicked = 0;
          one.addEventListener('click', () => { window.clicked += 1; });
        }""",
    )


FOCUSED = (
    EYE,
    f"{ROW} .ta-colour",
    f"{ROW} .ta-name",
    "#ta-lock",
    "#ta-two-objects select",
    "#ta-merge",
    "#ta-undo",
    "#ta-tool-brush",
    "#ta-add-object",
)


@pytest.mark.own_tab
def test_focus_stays_where_it_was_through_twenty_seconds_of_asking(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    """Of the page's own clock, with news in every answer: another tab works on the same project."""
    two_objects(drawn)
    drawn.page.clock.install()
    drawn.page.reload()
    drawn.page.wait_for_selector("body[data-ready=true]")
    drawn.wait_for_frame(0)
    listen(drawn)
    drawn.page.click("#ta-two-objects > summary")
    for place, selector in enumerate(FOCUSED):
        focus(drawn, selector)
        for second in range(0, 20, 4):  # nothing runs: the page asks every four seconds
            drawn_project.edit(RecolourObject(2, (place, second, 200)))
            heard = drawn.page.evaluate("trackAnything.heard ?? 0")
            drawn.page.clock.run_for(4000)
            drawn.page.wait_for_function("(heard) => trackAnything.heard > heard", arg=heard)
        drawn.wait_until(f"String(state.project.objects[1].colour) === '{place},16,200'")
        assert has_focus(drawn), selector


def test_focus_stays_where_it_was_while_a_job_runs(busy: Editor, tracking: Gate) -> None:
    busy.page.click("#ta-two-objects > summary")
    done = 2
    for selector in ("#ta-pause", "#ta-cancel", *FOCUSED):
        focus(busy, selector)
        for _ in range(3):
            done += 1
            tracking.let_through(1)
            busy.wait_until(f"state.job.done === {done}")
        assert has_focus(busy), selector


def focus(editor: Editor, selector: str) -> None:
    editor.page.evaluate(
        """(selector) => {
          window.focused = document.querySelector(selector);
          window.focused.focus();
        }""",
        selector,
    )
    assert has_focus(editor)


def has_focus(editor: Editor) -> bool:
    return bool(editor.page.evaluate("document.activeElement === window.focused"))


def test_the_pressed_button_of_a_job_keeps_the_focus(busy: Editor, tracking: Gate) -> None:
    busy.page.focus("#ta-pause")
    busy.page.keyboard.press("Enter")
    busy.wait_until("state.busy === 0")
    tracking.let_through(1)
    busy.wait_until("state.job.status === 'paused'")
    busy.page.wait_for_selector("#ta-resume:focus")
    busy.page.keyboard.press("Enter")
    busy.wait_until("state.job.status === 'running'")


def test_a_chosen_tool_keeps_the_focus(drawn: Editor) -> None:
    drawn.page.focus("#ta-tool-brush")
    drawn.page.keyboard.press("Enter")
    drawn.wait_until("state.tool === 'brush'")
    drawn.page.wait_for_selector("#ta-tool-brush:focus")


def test_an_object_that_is_added_and_clicked_at_once_gets_the_click(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    project = drawn_project.session.project
    count = 20
    for k in range(count):
        drawn.page.keyboard.press("a")
        drawn.page.mouse.click(*drawn.place_of(FIRST[0] + k % 5, FIRST[1]))
    drawn.wait_until(f"state.busy === 0 && state.project.objects.length === {count}")
    assert drawn.state("state.objectId") == count
    for k in range(count):
        given = project.given(0, k + 1)
        assert given is not None, k
        assert len(given.points) == 1, k


def test_a_click_goes_to_the_object_that_was_selected_when_it_was_made(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    two_objects(drawn)
    drawn.hold_first("/click")
    drawn.page.keyboard.press("1")
    drawn.page.mouse.click(*drawn.place_of(FIRST[0] + 12, FIRST[1]))
    drawn.page.keyboard.press("2")
    drawn.page.mouse.click(*drawn.place_of(SECOND[0] + 12, SECOND[1]))
    drawn.page.evaluate("window.letThrough()")
    drawn.wait_for_job()
    assert drawn.state("state.objectId") == 2
    project = drawn_project.session.project
    for object_id, (x, y) in ((1, FIRST), (2, SECOND)):
        given = project.given(0, object_id)
        assert given is not None
        assert given.points == ((x, y), (x + 12, y))


def test_objects_that_are_added_on_a_busy_server_get_their_clicks_and_strokes(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    drawn.click_pixel(*FIRST)
    drawn.hold_first("/objects")
    drawn.page.click("#ta-add-object")
    drawn.page.mouse.click(*drawn.place_of(*SECOND))
    drawn.page.evaluate("window.letThrough()")
    drawn.wait_for_job()
    project = drawn_project.session.project
    first, second = project.given(0, 1), project.given(0, 2)
    assert first is not None
    assert first.points == (FIRST,)
    assert second is not None
    assert second.points == (SECOND,)
