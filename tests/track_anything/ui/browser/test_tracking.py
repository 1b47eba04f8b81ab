"""Tracking from the page: lanes that fill, drift that is seen and mended, jobs that outlive the tab."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.desk_fixtures import Gate
from track_anything.review import MaskStatus
from track_anything.ui.open_project import OpenProject

ProjectOf = Callable[[Editor], OpenProject]

GLOBE = (240, 135)
CITY = (246, 128)  # lights that a tracker cannot hold on to
KNOWN, TRACKED, STALE = 1, 2, 4


def lane(editor: Editor, part: str = "status", object_id: int = 1) -> list[int]:
    shown: list[int] = editor.state(f"Array.from(state.lanes.rows.get({object_id}).{part})")
    return shown


def take(editor: Editor, start: int, stop: int) -> None:
    """Work on these frames alone."""
    with editor.changing():
        editor.page.evaluate(f"trackAnything.actions.setRange({start}, {stop})")


def track(editor: Editor) -> None:
    with editor.changing():
        editor.page.click("#ta-track")
    editor.wait_for_job()


def cancel(editor: Editor, tracking: Gate) -> None:
    editor.page.click("#ta-cancel")
    editor.wait_until("state.busy === 0")  # the server knows, before another frame may pass
    tracking.open()
    editor.wait_for_job()


def statuses(project: OpenProject, stop: int) -> list[MaskStatus]:
    return [line.status for line in project.session.report(range(stop))]


@pytest.mark.networks
def test_tracking_fills_the_lane_and_shows_masks_as_they_are_made(
    editor: Editor, project_of: ProjectOf, tracking: Gate
) -> None:
    take(editor, 0, 8)
    editor.click_pixel(*GLOBE)
    drawn = int(editor.page.get_attribute("[data-part=timeline]", "data-lanes-drawn") or 0)
    tracking.close()
    with editor.changing():
        editor.page.click("#ta-track")
    tracking.let_through(4)
    editor.wait_until("state.job.stage === 'tracking' && state.job.done === 4")
    editor.wait_until("state.lanes.rows.get(1).status[2] === 2")
    filling = lane(editor)
    assert filling[7] == 0  # masks are shown while others are still to be made
    facts = editor.page.locator(".ta-facts").inner_text()
    assert "of 8" in facts
    assert "fps" in facts
    tracking.open()
    editor.wait_for_job()
    assert lane(editor)[:9] == [KNOWN] + [TRACKED] * 7 + [0]
    assert lane(editor, "confidence")[3] > 200
    editor.page.wait_for_function(
        "(than) => Number(document.querySelector('[data-part=timeline]').dataset.lanesDrawn) > than",
        arg=drawn,
    )
    editor.page.keyboard.press("ArrowRight")
    editor.wait_for_frame(1)
    assert editor.label_at(*GLOBE) == 1
    assert statuses(project_of(editor), 8) == [MaskStatus.KNOWN] + [MaskStatus.TRACKED] * 7


def test_the_lane_is_drawn_in_the_colour_of_confidence(editor: Editor) -> None:
    take(editor, 0, 5)
    editor.click_pixel(*GLOBE)
    track(editor)
    colours = editor.page.evaluate(
        """async () => {  // when the end of the job is drawn
          for (let k = 0; k < 3; k += 1) await new Promise(requestAnimationFrame);
          const panel = document.querySelector('[data-part=timeline]');
          const canvas = panel.querySelector('canvas[data-zone=lanes]');
          const { left, width, top } = canvas.getBoundingClientRect();
          const at = (frame) => {
            const x = (panel.timeline.xOf(frame) + panel.timeline.xOf(frame + 1)) / 2 - left;
            const scale = canvas.width / width;
            return Array.from(canvas.getContext('2d').getImageData(x * scale, 14 * scale, 1, 1).data);
          };
          return [at(3), at(100)];
        }"""
    )
    (red, _, blue, _), untracked = colours
    assert blue > red + 60  # sure is blue
    assert untracked != colours[0]


@pytest.mark.networks
def test_a_drifted_frame_is_found_corrected_and_its_span_tracked_again(
    editor: Editor, project_of: ProjectOf
) -> None:
    take(editor, 0, 12)
    with editor.changing():
        editor.page.keyboard.press("a")
    editor.page.keyboard.press("r")
    with editor.changing():
        editor.drag_pixels((242, 126), (250, 130))
    editor.page.keyboard.press("c")
    track(editor)
    drifted = [frame for frame, marks in enumerate(lane(editor, "marks")) if marks & 1]
    assert drifted
    editor.page.keyboard.press("n")
    editor.wait_until("state.frame > 0")
    frame = editor.state("state.frame")
    editor.wait_for_frame(frame)
    editor.wait_until("state.about?.frame === state.frame")
    assert "drifted" in editor.page.locator(".ta-stage-badge").inner_text()

    before = {at: project_of(editor).session.project.mask(at, 1) for at in range(12)}
    with editor.changing():
        editor.drag_pixels((280, 185), (312, 222))  # say that it is the land below instead
    assert lane(editor)[frame] == KNOWN
    beside = [at for at in (frame + 1, frame - 1) if at < 12]
    assert {lane(editor)[at] for at in beside} == {STALE}
    project = project_of(editor).session.project
    corrected = project.mask(frame, 1)
    assert not np.array_equal(corrected, before[frame])

    track(editor)
    assert STALE not in lane(editor)[:12]
    assert np.array_equal(project.mask(frame, 1), corrected)  # what a person said stays
    assert not np.array_equal(project.mask(beside[0], 1), before[beside[0]])
    rows, columns = np.nonzero(project.mask(beside[0], 1))
    assert 270 < columns.mean() < 320
    assert 175 < rows.mean() < 230


def test_locked_frames_are_never_tracked_over(editor: Editor, project_of: ProjectOf) -> None:
    take(editor, 0, 6)
    editor.click_pixel(*GLOBE)
    track(editor)
    editor.page.keyboard.press("End")
    editor.page.keyboard.press("Home")
    for _ in range(3):
        editor.page.keyboard.press("ArrowRight")
    editor.wait_for_frame(3)
    with editor.changing():
        editor.page.keyboard.press("l")
    assert lane(editor)[3] == KNOWN
    assert lane(editor, "marks")[3] & 8
    locked = project_of(editor).session.project.mask(3, 1)
    with editor.changing():
        editor.page.click("#ta-retrack")
    editor.wait_for_job()
    assert np.array_equal(project_of(editor).session.project.mask(3, 1), locked)
    with editor.changing():
        editor.page.keyboard.press("l")
    assert not lane(editor, "marks")[3] & 8


def test_undo_takes_tracking_back_as_one_step(editor: Editor) -> None:
    take(editor, 0, 4)
    editor.click_pixel(*GLOBE)
    track(editor)
    assert lane(editor)[:4] == [KNOWN, TRACKED, TRACKED, TRACKED]
    with editor.changing():
        editor.page.click("#ta-undo")
    assert lane(editor)[:4] == [KNOWN, 0, 0, 0]
    with editor.changing():
        editor.page.click("#ta-redo")
    assert lane(editor)[:4] == [KNOWN, TRACKED, TRACKED, TRACKED]


def test_one_step_tracks_one_frame_and_goes_there(editor: Editor) -> None:
    editor.click_pixel(*GLOBE)
    editor.page.keyboard.press("s")
    editor.wait_until("state.frame === 1")
    editor.wait_for_job()
    assert lane(editor)[:3] == [KNOWN, TRACKED, 0]


def test_forward_and_backward_keys_track_one_way_only(editor: Editor) -> None:
    take(editor, 2, 7)
    for _ in range(4):
        editor.page.keyboard.press("ArrowRight")
    editor.wait_for_frame(4)
    editor.click_pixel(*GLOBE)
    with editor.changing():
        editor.page.keyboard.press("b")
    editor.wait_for_job()
    assert lane(editor)[:8] == [0, 0, TRACKED, TRACKED, KNOWN, 0, 0, 0]
    with editor.changing():
        editor.page.keyboard.press("f")
    editor.wait_for_job()
    assert lane(editor)[:8] == [0, 0, TRACKED, TRACKED, KNOWN, TRACKED, TRACKED, 0]


def test_a_reload_in_the_middle_of_a_job_finds_it_running(
    editor: Editor, project_of: ProjectOf, tracking: Gate
) -> None:
    editor.click_pixel(*GLOBE)
    tracking.close()
    with editor.changing():
        editor.page.click("#ta-track")
    tracking.let_through(2)
    editor.wait_until("state.job.stage === 'tracking' && state.job.done > 1")
    editor.page.keyboard.press("ArrowRight")
    editor.wait_for_frame(1)
    job, project_id = editor.state("state.job.id"), editor.project_id
    editor.page.reload()
    editor.page.wait_for_selector("body[data-ready=true]")
    editor.wait_for_frame(1)
    assert editor.project_id == project_id
    assert editor.state("state.job.id") == job
    assert editor.state("state.job.status") == "running"
    tracking.let_through(4)
    editor.wait_until("state.lanes.rows.get(1).status[5] === 2")
    cancel(editor, tracking)
    assert project_of(editor).session.project.mask(3, 1).any()  # what was done is kept


def test_a_closed_tab_does_not_stop_the_job(editor: Editor, project_of: ProjectOf, tracking: Gate) -> None:
    take(editor, 0, 6)
    editor.click_pixel(*GLOBE)
    tracking.close()
    with editor.changing():
        editor.page.click("#ta-track")
    project = project_of(editor)
    context, address = editor.page.context, editor.address
    path = editor.page.evaluate("location.search")
    editor.page.close()
    tracking.open()
    assert project.job is not None
    project.job.wait()
    again = Editor(context.new_page(), address)
    again.visit(f"/{path}")
    again.wait_for_frame(0)
    assert lane(again)[:6] == [KNOWN] + [TRACKED] * 5


def test_a_job_is_paused_resumed_cancelled_and_gone_on_with(
    editor: Editor, project_of: ProjectOf, tracking: Gate
) -> None:
    take(editor, 0, 10)
    editor.click_pixel(*GLOBE)
    tracking.close()
    with editor.changing():
        editor.page.click("#ta-track")
    tracking.let_through(2)
    editor.wait_until("state.job.stage === 'tracking' && state.job.done === 2")
    editor.page.click("#ta-pause")
    editor.wait_until("state.busy === 0")
    tracking.let_through(1)
    editor.wait_until("state.job.status === 'paused'")
    editor.page.click("#ta-resume")
    tracking.let_through(1)
    editor.wait_until("state.job.status === 'running' && state.job.done === 4")
    cancel(editor, tracking)
    assert lane(editor)[9] == 0
    assert "kept" in editor.page.locator(".ta-job").inner_text()
    cancelled = editor.state("state.job.id")
    editor.page.click("#ta-continue")
    editor.wait_until(f"state.job.id > {cancelled}")
    editor.wait_for_job()
    assert lane(editor)[:10] == [KNOWN] + [TRACKED] * 9
    assert statuses(project_of(editor), 10)[9] is MaskStatus.TRACKED


def test_a_second_job_is_refused_by_name_and_the_first_goes_on(
    visitor: Callable[..., Editor], clip: Path, tracking: Gate
) -> None:
    editor = visitor(refusals={409})
    editor.open_path(clip)
    editor.wait_for_frame(0)
    take(editor, 0, 6)
    editor.click_pixel(*GLOBE)
    tracking.close()
    with editor.changing():
        editor.page.click("#ta-track")
    editor.page.keyboard.press("t")
    editor.page.wait_for_selector(".ta-message.ta-error")
    assert "another job is running" in editor.page.locator(".ta-message").inner_text()
    tracking.open()
    editor.wait_for_job()
    assert lane(editor)[5] == TRACKED
