"""Removing an object on the real page: from a click to a video without it, and the view that shows both."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.test_objects import is_like, look
from tests.track_anything.ui.browser.test_opening import GLOBE, download, end_at
from tests.track_anything.ui.desk_fixtures import Gate
from track_anything.inpaint import FlowInpainter
from track_anything.types import Image, Mask
from track_anything.ui.open_project import OpenProject

pytestmark = pytest.mark.networks

ProjectOf = Callable[[Editor], OpenProject]

SKY = (420, 40)


@pytest.fixture
def tracked(editor: Editor) -> Editor:
    """The globe is tracked on the first three frames, between in and out point; frame 2 is shown."""
    editor.click_pixel(*GLOBE)
    end_at(editor, 2)
    editor.page.click("#ta-track")
    editor.wait_until("state.job.kind === 'track'")
    editor.wait_for_job()
    editor.wait_for_frame(2)
    return editor


def open_dialog(editor: Editor) -> None:
    """The dialog, with the frames between the points chosen."""
    editor.page.click("#ta-remove-open")
    editor.page.select_option("#ta-export-frames", "range")


def close_dialog(editor: Editor) -> None:
    editor.page.keyboard.press("Escape")
    editor.wait_until("state.dialog === null")


def brightest(project: OpenProject) -> tuple[int, int]:
    """Where in the right half of the globe frame 2 is brightest, all around."""
    session = project.session
    grey = cv2.GaussianBlur(cv2.cvtColor(session.video.frame(2), cv2.COLOR_RGB2GRAY), (5, 5), 0)
    inside = cv2.erode(session.project.mask(2, 1).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    inside[:, :260] = False
    y, x = np.unravel_index(np.argmax(np.where(inside, grey, 0)), grey.shape)
    return int(x), int(y)


def wipe_by(editor: Editor, key: str) -> None:
    """Move the line far enough that the other side of it covers the right half of the globe."""
    line = editor.page.locator(".ta-wipe")
    for _ in range(15):
        drawn = editor.drawn
        line.press(key)
        editor.wait_for_draw(drawn)


def test_the_globe_is_removed_and_the_view_shows_it_with_and_without(
    tracked: Editor, project_of: ProjectOf, tmp_path: Path
) -> None:
    x, y = brightest(project_of(tracked))
    look(tracked, "raw")
    raw, sky = tracked.colour_at(x, y), tracked.colour_at(*SKY)
    assert max(raw[:3]) > 60
    open_dialog(tracked)
    page = tracked.page
    assert page.locator("#ta-remove-dilation").input_value() == "6"
    page.fill("#ta-remove-dilation", "101")
    page.click("#ta-remove")  # the browser says what is wrong
    page.fill("#ta-remove-dilation", "8")
    page.fill("#ta-remove-feather", "2")
    page.select_option("#ta-remove-unseen", "telea")
    name = download(tracked, lambda: page.click("#ta-remove"), tmp_path / "got.mp4")
    assert name == "b-removed.mp4"
    with av.open(str(tmp_path / "got.mp4")) as video:
        assert len([*video.decode(video=0)]) == 3
    assert tracked.state("state.job.kind") == "removal", "what the browser found wrong was not sent"
    tracked.wait_until("state.dialog === null && state.view === 'removed'")  # there it is to be seen
    page.locator(".ta-message", has_text=f"Exported {name}. See your downloads").wait_for()
    tracked.wait_for_frame(2)

    sides = page.locator(".ta-wipe-side")
    assert sides.all_inner_texts() == ["As it was", "Object removed"]
    assert max(tracked.colour_at(x, y)[:3]) < max(raw[:3]) / 2
    assert is_like(tracked.colour_at(*SKY), sky)
    wipe_by(tracked, "ArrowRight")
    assert is_like(tracked.colour_at(x, y), raw)
    assert is_like(tracked.colour_at(*SKY), sky)
    page.keyboard.press("Escape")
    tracked.page.evaluate("trackAnything.actions.seek(3)")
    tracked.wait_for_frame(3)
    assert sides.all_inner_texts() == ["As it was", "Not removed yet"]


def test_the_view_follows_a_removal_and_one_that_is_cancelled_leaves_no_file(
    tracked: Editor, project_of: ProjectOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, inpaint = Gate(), FlowInpainter.inpaint
    gate.close()

    def gated(self: FlowInpainter, clip: Iterable[tuple[Image, Mask]], *more: Any) -> Iterator[Image]:
        for image in inpaint(self, clip, *more):
            gate.pass_through()
            yield image

    monkeypatch.setattr(FlowInpainter, "inpaint", gated)
    x, y = brightest(project_of(tracked))
    look(tracked, "removed")
    raw = tracked.colour_at(x, y)
    now = tracked.page.locator(".ta-wipe-now")
    assert now.inner_text() == "Not removed yet"
    tracked.page.evaluate("trackAnything.actions.seek(1)")
    tracked.wait_for_frame(1)
    open_dialog(tracked)
    tracked.page.click("#ta-remove")
    tracked.wait_until("state.job.kind === 'removal'")
    close_dialog(tracked)
    assert now.inner_text() == "Not removed yet"
    gate.let_through(2)
    tracked.page.locator(".ta-wipe-now", has_text="Object removed").wait_for()
    tracked.wait_for_frame(1)
    assert max(tracked.colour_at(x, y)[:3]) < max(raw[:3]) / 2
    tracked.page.click("#ta-cancel")
    tracked.wait_until("state.busy === 0")  # the server knows, before the last frame may pass
    gate.open()
    tracked.wait_until("state.job.status === 'cancelled'")
    assert [*project_of(tracked).entry.exports.iterdir()] == []
