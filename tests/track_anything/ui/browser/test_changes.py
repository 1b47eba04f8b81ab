"""What a re-run changed, on the page: gone to, put back and kept by presses as long as a person's."""

import numpy as np

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.conftest import DRAWN
from track_anything.project.edits import GiveMask, SetRange
from track_anything.ui.open_project import OpenProject


def press(editor: Editor, selector: str) -> None:
    """Hold the button down for as long as a person does."""
    editor.page.locator(selector).first.click(delay=120)


def test_what_tracking_changed_is_gone_to_put_back_and_kept(
    drawn: Editor, drawn_project: OpenProject
) -> None:
    project = drawn_project.session.project
    with drawn.changing():
        drawn_project.edit(SetRange(0, 13))
        drawn.page.evaluate("trackAnything.actions.refresh()")
    drawn.click_pixel(*DRAWN.centre(0))
    with drawn.changing():
        drawn.page.click("#ta-track")
    drawn.wait_for_job()
    assert drawn.page.locator("#ta-changes").is_hidden()  # a first track has changed nothing

    mask = DRAWN.label_map(6) == 1
    mask[np.flatnonzero(mask.any(axis=1))[-9:]] = False
    with drawn.changing():
        with drawn_project.changing(None, {1}):
            project.give_mask(GiveMask(6, 1), mask)
        drawn.page.evaluate("trackAnything.actions.refresh()")
    before = {frame: project.mask(frame, 1).tobytes() for frame in range(13)}
    with drawn.changing():
        drawn.page.click("#ta-track")
    drawn.wait_for_job()
    drawn.wait_until("state.trackChanges?.stretches.length === 2")
    first, second = drawn.state("state.trackChanges.stretches")
    assert drawn.page.locator(".ta-changed-stretch").count() == 2

    press(drawn, ".ta-changed-stretch .ta-link")
    drawn.wait_for_frame(first["worst"])

    with drawn.changing():
        press(drawn, ".ta-changed-stretch .ta-put-back")
    shown = {frame: project.mask(frame, 1).tobytes() for frame in range(13)}
    assert all(shown[frame] == before[frame] for frame in range(first["start"], first["stop"]))
    assert all(shown[frame] != before[frame] for frame in range(second["start"], second["stop"]))
    drawn.wait_until("state.trackChanges?.stretches.length === 1")

    with drawn.changing():
        press(drawn, ".ta-changed-stretch .ta-keep")
    drawn.page.wait_for_selector("#ta-changes", state="hidden")
    assert {frame: project.mask(frame, 1).tobytes() for frame in range(13)} == shown
