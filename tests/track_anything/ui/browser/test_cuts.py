"""Tracking that stops where another shot begins, answered on the page by presses as long as a person's."""

import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.conftest import DRAWN
from track_anything.project.edits import SetRange
from track_anything.ui.open_project import OpenProject


@pytest.fixture
def at_cut(drawn: Editor, drawn_project: OpenProject) -> Editor:
    """Two discs tracked as far as frame 6 of 20, where another shot is said to begin; the next one at 12."""
    drawn_project.cuts = (6, 12)
    drawn_project.session.__dict__["cuts"] = (6, 12)
    with drawn.changing():
        drawn_project.edit(SetRange(0, 20))
        drawn.page.evaluate("trackAnything.actions.refresh()")
    drawn.click_pixel(*DRAWN.centre(0, 1))
    with drawn.changing():
        drawn.page.keyboard.press("a")
    drawn.click_pixel(*DRAWN.centre(0, 2))
    with drawn.changing():
        drawn.page.click("#ta-track", delay=120)
    drawn.wait_for_job()
    drawn.wait_until("state.project.cut !== null")
    return drawn


def statuses(editor: Editor, object_id: int) -> list[int]:
    lane: list[int] = editor.state(f"Array.from(state.lanes.rows.get({object_id}).status.slice(0, 20))")
    return lane


def test_a_cut_is_asked_about_and_answered(at_cut: Editor) -> None:
    known, tracked, absent = 1, 2, 5
    assert statuses(at_cut, 1) == [known, *[tracked] * 5, *[0] * 14]
    at_cut.wait_for_frame(6)  # who is asked sees what is there
    assert "Another shot begins at frame 6" in at_cut.page.locator("#ta-cut").inner_text()

    at_cut.page.select_option("#ta-cut-object", "2")
    with at_cut.changing():
        at_cut.page.click("#ta-not-here", delay=120)
    assert statuses(at_cut, 2)[6:] == [*[absent] * 6, *[0] * 8]
    at_cut.page.wait_for_selector("#ta-cut-object", state="hidden")  # one object is left to be asked about

    at_cut.page.click("#ta-past-cut", delay=120)
    at_cut.wait_until("state.project.cut?.frame === 12")
    at_cut.wait_for_job()
    assert statuses(at_cut, 1) == [known, *[tracked] * 11, *[0] * 8]

    at_cut.page.uncheck("#ta-ask-at-cuts")
    at_cut.page.click("#ta-past-cut", delay=120)
    at_cut.page.wait_for_selector("#ta-cut", state="hidden")
    at_cut.wait_until("!state.project.has_unfinished")
    assert statuses(at_cut, 1) == [known, *[tracked] * 19]
