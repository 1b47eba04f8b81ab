"""A tracker that answers with what is no number costs those frames alone, and a line each."""

from collections.abc import Collection
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.drift import RefinePolicy
from track_anything.errors import WeightsError
from track_anything.models import Models
from track_anything.models.embeddings import CachedSegmenter
from track_anything.session import Session
from track_anything.testing import (
    ColourSegmenter,
    MovingShapes,
    ShiftingPropagator,
    fake_models,
    fake_session,
)
from track_anything.tracking.walk import MOST_UNANSWERED
from track_anything.types import Image, Mask
from tracker.propagator import Propagated

CLIP = MovingShapes(frame_count=36, height=24, width=56)
LAST = CLIP.frame_count - 1


class Poisoned(ShiftingPropagator):
    """Answers with what is no number for some frames, and for all that follow with the same memory."""

    bad: frozenset[bytes] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self._is_poisoned = False

    def step(self, image: Image) -> Propagated:
        """Like the other, but for the bad frames."""
        found = super().step(image)
        self._is_poisoned |= image.tobytes() in self.bad
        return replace(found, probabilities=found.probabilities * np.nan) if self._is_poisoned else found


def session_in(folder: Path, bad: Collection[int] = (), *, precision: str = "float32") -> Session:
    pictures = frozenset(CLIP.frame(frame).tobytes() for frame in bad)

    class WithBadFrames(Poisoned):
        bad = pictures

    models = replace(fake_models(), new_propagator=WithBadFrames, precision=precision)
    return Session(fake_session(CLIP, folder).project, CLIP, lambda: models)


def begun(session: Session, frames: Collection[int] = (0,)) -> Session:
    disc = session.add_object()
    for frame in frames:
        session.give_mask(frame=frame, object_id=disc, mask=CLIP.label_map(frame) == 1)
    return session


def masks(session: Session) -> list[Mask]:
    return [session.project.mask(frame, 1) for frame in range(CLIP.frame_count)]


def test_a_frame_without_an_answer_costs_a_line_and_its_own_mask(tmp_path: Path) -> None:
    with begun(session_in(tmp_path / "good")) as session:
        session.track().run()
        wanted = masks(session)
    with begun(session_in(tmp_path / "project", {17, 18, 25})) as session:
        session.track().run()
        assert len(session.unfinished()) == 0
        assert [note.split(":")[0] for note in session.notes()] == ["frame 17", "frame 18", "frame 25"]
        assert all("correct that frame" in note and "--precision" not in note for note in session.notes())
        for frame, mask in enumerate(masks(session)):
            assert mask.any() == (frame not in (17, 18, 25))
            np.testing.assert_array_equal(mask, wanted[frame] & mask.any())
        confidence = {line.frame: line.confidence for line in session.report()}
        assert [frame for frame, value in confidence.items() if not value] == [17, 18, 25]


@pytest.mark.parametrize("stopped_after", [1, 15, 17, 18, 19, 24])
def test_going_on_around_frames_without_an_answer_gives_the_same(tmp_path: Path, stopped_after: int) -> None:
    with begun(session_in(tmp_path / "undisturbed", {17, 18})) as session:
        session.track().run()
        wanted = masks(session)
    with begun(session_in(tmp_path / "project", {17, 18})) as session:
        list(islice(session.track(), stopped_after))
    with session_in(tmp_path / "project", {17, 18}) as session:
        session.unfinished().run()
        assert [frame for frame in range(LAST) if (masks(session)[frame] != wanted[frame]).any()] == []


def test_the_last_frames_may_be_those_without_an_answer(tmp_path: Path) -> None:
    with begun(session_in(tmp_path / "project", {LAST - 1, LAST})) as session:
        session.track().run()
        assert len(session.unfinished()) == 0
        assert len(session.notes()) == 2


def test_known_masks_and_those_of_the_other_pass_stand_on_frames_without_an_answer(tmp_path: Path) -> None:
    """Every frame is passed twice, and the disc is known at both ends."""
    with begun(session_in(tmp_path / "project", {LAST // 2}), (0, LAST)) as session:
        session.track(direction="forward").run()
        assert not session.project.mask(LAST // 2, 1).any()
        session.give_mask(frame=LAST // 2, object_id=1, mask=CLIP.label_map(LAST // 2) == 1)
        session.track().run()
        for frame, mask in enumerate(masks(session)):
            np.testing.assert_array_equal(mask, CLIP.label_map(frame) == 1)


def test_a_tracker_that_never_answers_again_stops_with_a_line_and_what_was_found_is_kept(
    tmp_path: Path,
) -> None:
    with begun(session_in(tmp_path / "good")) as session:
        session.track().run()
        wanted = masks(session)
    dead = range(12, 12 + MOST_UNANSWERED)
    with (
        begun(session_in(tmp_path / "project", dead, precision="bfloat16")) as session,
        pytest.raises(
            WeightsError, match="from frame 12 on .* weights fetch NAME.*--precision float32"
        ) as told,
    ):
        session.track().run()
    assert "\n" not in str(told.value)
    with session_in(tmp_path / "project", precision="bfloat16") as session:
        left = session.project.frames_left(session.project.unfinished_passes()[0])
        assert left == list(range(12, CLIP.frame_count))
        session.unfinished().run()
        for frame, mask in enumerate(masks(session)):
            np.testing.assert_array_equal(mask, wanted[frame])


class Numb(ColourSegmenter):
    """Answers with what is no number."""

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        """As said."""
        found = super().predict(embedding, prompt)
        return replace(found, scores=found.scores * np.nan)


def test_a_segmenter_that_cannot_answer_leaves_what_was_tracked(tmp_path: Path) -> None:
    def models() -> Models:
        return replace(fake_models(), segmenter=CachedSegmenter(Numb()), refine_policy=RefinePolicy(every=20))

    with begun(Session(fake_session(CLIP, tmp_path / "project").project, CLIP, models)) as session:
        session.track().run()
        for frame, mask in enumerate(masks(session)):
            np.testing.assert_array_equal(mask, CLIP.label_map(frame) == 1)
        (note,) = session.notes()
        assert note.startswith("frame 20 was not shown to the segmenter")
