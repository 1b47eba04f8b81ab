"""Frames are encoded before they are asked about, the likeliest first."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from track_anything.errors import VideoError
from track_anything.models import CachedSegmenter, Models
from track_anything.project import Project
from track_anything.session import Session
from track_anything.testing import (
    ColourSegmenter,
    MovingShapes,
    ShiftingPropagator,
    fake_models,
    fake_session,
)
from track_anything.types import Image
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.open_project import OpenProject
from track_anything.ui.prefetch import Prefetcher
from track_anything.ui.workspace import Entry

CLIP = MovingShapes(frame_count=12, height=16, width=24)
PATIENCE = 5.0  # seconds after which a test gives up


class Watched(ColourSegmenter):
    """Notes what it encodes and waits before each image until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[int] = []
        self._waited_for = 0
        self.begun = threading.Semaphore(0)
        self.may_go_on = threading.Semaphore(0)
        self.errors: dict[int, Exception] = {}

    def embed(self, image: Image) -> Image:
        (frame,) = [f for f in range(len(CLIP)) if (CLIP.frame(f) == image).all()]
        self.frames.append(frame)
        self.begun.release()
        assert self.may_go_on.acquire(timeout=PATIENCE)
        if frame in self.errors:
            raise self.errors[frame]
        return super().embed(image)

    def wait_for(self, frame: int) -> None:
        """Wait for the next image that has not been waited for, which is this frame."""
        assert self.begun.acquire(timeout=PATIENCE)
        assert self.frames[self._waited_for] == frame
        self._waited_for += 1


class Ready(OpenProject):
    """A project whose session is there."""

    def __init__(self, session: Session) -> None:
        folder = session.project.folder
        super().__init__(Entry("0" * 12, folder, "", folder, folder), ModelLoader(lambda _: fake_models()))
        self._session = session


@pytest.fixture
def segmenter() -> Watched:
    return Watched()


@pytest.fixture
def project(segmenter: Watched, tmp_path: Path) -> Ready:
    return ready(segmenter, fake_session(CLIP, tmp_path / "one").project)


@pytest.fixture
def quiet() -> threading.Event:
    """Whether the machine has time, at first it has."""
    event = threading.Event()
    event.set()
    return event


@pytest.fixture
def prefetcher(segmenter: Watched, quiet: threading.Event) -> Iterator[Prefetcher]:
    prefetcher = Prefetcher(quiet.is_set)
    yield prefetcher
    segmenter.may_go_on.release(100)
    prefetcher.close()


def ready(segmenter: Watched, project: Project) -> Ready:
    models = Models(CachedSegmenter(segmenter), ShiftingPropagator, refine_policy=None)
    return Ready(Session(project, CLIP, lambda: models))


def test_frames_are_encoded_the_likeliest_first_and_are_there_afterwards(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher
) -> None:
    prefetcher.want(project, [4, 2, 7])
    for frame in (4, 2, 7):
        segmenter.wait_for(frame)
        segmenter.may_go_on.release()
    prefetcher.close()
    cache = project.session.models.segmenter
    assert [frame for frame in range(12) if cache.kept(CLIP.frame(frame)) is not None] == [2, 4, 7]


def test_what_is_there_is_not_encoded_again(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher
) -> None:
    segmenter.may_go_on.release(9)
    project.session.models.segmenter.embed(CLIP.frame(4))
    segmenter.wait_for(4)
    prefetcher.want(project, [4, 5])
    segmenter.wait_for(5)
    assert segmenter.frames == [4, 5]


def test_new_wishes_take_the_place_of_the_old_ones(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher
) -> None:
    prefetcher.want(project, [0, 1, 2])
    segmenter.wait_for(0)
    prefetcher.want(project, [9])
    segmenter.may_go_on.release()
    segmenter.wait_for(9)
    segmenter.may_go_on.release()
    prefetcher.close()
    assert segmenter.frames == [0, 9]


def test_who_asked_last_goes_first_and_others_are_not_forgotten(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher, tmp_path: Path
) -> None:
    other = ready(segmenter, fake_session(CLIP, tmp_path / "two").project)
    prefetcher.want(project, [0, 1])
    segmenter.wait_for(0)
    prefetcher.want(other, [8])
    segmenter.may_go_on.release(3)
    segmenter.wait_for(8)
    segmenter.wait_for(1)


def test_nothing_is_encoded_while_the_machine_is_needed(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher, quiet: threading.Event
) -> None:
    quiet.clear()
    prefetcher.want(project, [3])
    assert not segmenter.begun.acquire(timeout=0.3)
    quiet.set()
    segmenter.wait_for(3)


def test_nothing_is_encoded_for_a_moment_after_somebody_looked_at_a_preview(
    segmenter: Watched, project: Ready
) -> None:
    now = [100.0]
    prefetcher = Prefetcher(lambda: True, clock=lambda: now[0])
    prefetcher.make_way()
    prefetcher.want(project, [3])
    assert not segmenter.begun.acquire(timeout=0.3)
    now[0] += 1
    segmenter.wait_for(3)
    segmenter.may_go_on.release()
    prefetcher.close()


@pytest.mark.parametrize(
    "error", [VideoError("the video is gone"), RuntimeError("CUDA out of memory"), OSError("unplugged")]
)
def test_a_frame_that_cannot_be_encoded_is_passed_over(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher, error: Exception
) -> None:
    segmenter.errors[3] = error
    segmenter.may_go_on.release(2)
    prefetcher.want(project, [3, 4])
    segmenter.wait_for(3)
    segmenter.wait_for(4)


def test_a_project_that_is_not_ready_is_passed_over(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher
) -> None:
    unready = OpenProject(project.entry, ModelLoader(lambda _: fake_models()))
    prefetcher.want(project, [0, 5])
    segmenter.wait_for(0)
    prefetcher.want(unready, [1, 2])
    segmenter.may_go_on.release(2)
    segmenter.wait_for(5)


def test_closing_ends_the_thread_after_the_image_in_hand(
    segmenter: Watched, project: Ready, prefetcher: Prefetcher
) -> None:
    prefetcher.want(project, [0, 1])
    segmenter.wait_for(0)
    closing = threading.Thread(target=prefetcher.close)
    closing.start()
    closing.join(0.05)
    assert closing.is_alive()
    segmenter.may_go_on.release()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert segmenter.frames == [0]
    prefetcher.want(project, [2])
    assert not segmenter.begun.acquire(timeout=0.05)
