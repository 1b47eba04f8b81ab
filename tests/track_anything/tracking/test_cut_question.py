"""Tracking that stops at shot cuts, and what a person answers there."""

import json
from pathlib import Path

import pytest

from tests.track_anything.pointing import at
from track_anything.project.edits import Clear
from track_anything.review import MaskStatus
from track_anything.session import Session
from track_anything.testing import MovingShapes, ShiftingPropagator, fake_session
from track_anything.tracking import CutQuestion, Track

CLIP = MovingShapes(frame_count=30, height=40, width=56, shapes=2)


def session_in(folder: Path, *cuts: int) -> Session:
    """Two discs clicked on frame 5 of a clip with cuts at these frames, as far as tracking knows."""
    session = fake_session(CLIP, folder)
    session.project.cache.mkdir()
    (session.project.cache / "cuts.json").write_text(json.dumps(cuts))
    for object_id in (1, 2):
        session.click(frame=5, object_id=session.add_object(), **at(CLIP.centre(5, object_id)))
    return session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return session_in(tmp_path / "project", 12, 20)


def asked(track: Track) -> CutQuestion:
    """Run until a question is asked."""
    track.run()
    assert track.question is not None
    return track.question


def masks(session: Session, object_id: int = 1) -> list[bytes]:
    return [session.project.mask(frame, object_id).tobytes() for frame in range(CLIP.frame_count)]


def test_tracking_ends_before_each_cut_and_names_what_it_asks(session: Session) -> None:
    track = session.track(direction="forward", at_cut="stop")
    assert len(track) == 7
    question = asked(track)
    assert (question.frame, question.start, question.stop, question.object_ids) == (12, 12, 20, (1, 2))
    statuses = [line.status for line in session.report(objects=[1])]
    assert statuses[5:13] == [MaskStatus.KNOWN, *[MaskStatus.TRACKED] * 6, MaskStatus.UNTRACKED]
    second = asked(session.unfinished(at_cut="stop"))
    assert (second.frame, second.start, second.stop) == (20, 20, 30)
    last = session.unfinished(at_cut="stop")
    last.run()
    assert last.question is None
    assert session.project.unfinished_passes() == []


def test_going_on_past_the_cuts_gives_the_masks_of_never_having_stopped(tmp_path: Path) -> None:
    undisturbed = session_in(tmp_path / "one", 12, 20)
    undisturbed.track().run()
    session = session_in(tmp_path / "two", 12, 20)
    track = session.track(at_cut="stop")
    track.run()
    while track.question is not None:
        track = session.unfinished(at_cut="stop")
        track.run()
    assert masks(session) == masks(undisturbed)
    assert masks(session, 2) == masks(undisturbed, 2)


def test_backward_the_shot_before_is_asked_about(tmp_path: Path) -> None:
    session = session_in(tmp_path / "project", 3)
    question = asked(session.track(direction="backward", at_cut="stop"))
    assert (question.frame, question.start, question.stop) == (2, 0, 3)


def test_an_object_that_is_not_there_stays_away_and_the_other_goes_on(session: Session) -> None:
    question = asked(session.track(direction="forward", at_cut="stop"))
    session.edit(Clear(1, question.start, question.stop))
    assert question.open_objects(session.project) == (2,)
    session.undo()
    assert question.open_objects(session.project) == (1, 2)
    session.redo()
    session.unfinished().run()
    shown = [bool(session.project.mask(frame, 1).any()) for frame in range(20)]
    assert shown == [5 <= frame < 12 for frame in range(20)]
    assert session.project.mask(15, 2).any()
    assert question.open_objects(session.project) == ()


def test_a_shot_without_any_object_is_gone_through_unseen_and_asked_about_no_more(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked(session.track(direction="forward", at_cut="stop"))
    for object_id in question.object_ids:
        session.edit(Clear(object_id, question.start, question.stop))
    remembered: list[bool] = []
    remember = ShiftingPropagator.remember
    monkeypatch.setattr(
        ShiftingPropagator,
        "remember",
        lambda self, image, label_map, *, permanent=True: (
            remembered.append(bool(label_map.any())),
            remember(self, image, label_map, permanent=permanent),
        )[1],
    )
    second = asked(session.unfinished(at_cut="stop"))
    assert second.frame == 20
    assert remembered == [False]  # eight frames say one thing


def test_a_shot_in_which_a_person_has_shown_the_object_is_not_asked_about(session: Session) -> None:
    session.click(frame=15, object_id=1, **at(CLIP.centre(15, 1)))
    question = asked(session.track([1], direction="forward", at_cut="stop"))
    assert question.frame == 20


def test_a_cut_that_tracking_begins_at_is_not_asked_about(tmp_path: Path) -> None:
    session = session_in(tmp_path / "project", 5)
    track = session.track(direction="forward", at_cut="stop")
    track.run()
    assert track.question is None


def test_the_question_ends_with_the_step(session: Session) -> None:
    question = asked(session.track(at_cut="stop"))
    session.undo()
    assert question.open_objects(session.project) == ()
