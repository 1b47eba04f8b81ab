"""Passes learn from known frames before they begin, and go on with what they began with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.track_anything.pointing import at
from track_anything.errors import InputError, ProjectError
from track_anything.project import Project
from track_anything.project.edits import Propagate
from track_anything.session import Session
from track_anything.testing import MovingShapes, ShiftingPropagator, fake_models, fake_session
from track_anything.tracking.learning import MOST_KNOWN, known_frames

CLIP = MovingShapes(frame_count=40, height=40, width=56)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = fake_session(CLIP, tmp_path / "project")
    session.click(frame=0, object_id=session.add_object("disc"), **at(CLIP.centre(0)))
    know(session, 20)
    return session


@pytest.fixture
def made(session: Session) -> list[ShiftingPropagator]:
    """The propagators that the session makes."""
    found: list[ShiftingPropagator] = []

    def new() -> ShiftingPropagator:
        found.append(ShiftingPropagator())
        return found[-1]

    session.switch_models(lambda: replace(fake_models(), new_propagator=new, tracker="shifting"))
    return found


def know(session: Session, *frames: int) -> None:
    for frame in frames:
        session.give_mask(frame=frame, object_id=1, mask=CLIP.label_map(frame) == 1)


def files(session: Session) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((session.project.folder / "learned").glob("*"))}


def test_nothing_is_learned_unasked(session: Session, made: list[ShiftingPropagator]) -> None:
    track = session.track()
    assert not track.learns
    track.run()
    assert files(session) == {}
    assert all(each.learned == {} for each in made)


def test_both_passes_track_with_what_was_learned_once(
    session: Session, made: list[ShiftingPropagator]
) -> None:
    track = session.track(learn=True)
    forward, backward = session.project.state.passes
    assert track.learns
    assert list(track.lessons()) == [(1, 2), (2, 2)]
    assert not track.learns
    assert list(files(session)) == [f"{forward:04d}.npz", f"{backward:04d}.npz"]
    assert len(set(files(session).values())) == 1
    made.clear()
    track.run()
    assert [each.learned["1.bias"].tolist() for each in made] == [[2, 0], [2, 0]]
    assert session.notes() == []


def test_tracking_learns_by_itself(session: Session, made: list[ShiftingPropagator]) -> None:
    session.track(learn=True).run()
    assert made[-1].learned["1.bias"][0] == 2


def test_a_pass_goes_on_with_what_it_began_with(session: Session, made: list[ShiftingPropagator]) -> None:
    results = iter(session.track(direction="forward", learn=True))
    for _ in range(5):
        next(results)
    results.close()  # type: ignore[attr-defined]  # a generator
    before = files(session)
    know(session, 30)
    made.clear()
    session.unfinished().run()
    assert files(session) == before
    assert made[-1].learned["1.bias"][0] == 2
    know(session, 35)
    session.track(direction="forward", learn=True, anew=True).run()
    assert made[-1].learned["1.bias"][0] == 4


def test_learning_that_is_broken_off_leaves_nothing_and_is_done_again(
    session: Session, made: list[ShiftingPropagator]
) -> None:
    lessons = session.track(learn=True).lessons()
    next(lessons)
    lessons.close()  # type: ignore[attr-defined]
    assert files(session) == {}
    session.project.close()
    with Project(session.project.folder) as again:
        opened = Session(again, CLIP, fake_models)
        assert opened.unfinished().learns
        opened.unfinished().run()
        assert len(files(opened)) == 2


def test_undoing_the_step_takes_it_back(session: Session) -> None:
    session.track(learn=True).run()
    session.undo()
    assert not session.project.state.passes
    track = session.track()
    track.run()
    assert not any(edit.learns for edit in session.project.state.passes.values())


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"no numbers")])
def test_what_was_learned_and_is_gone_is_not_made_up(
    session: Session, lose: Callable[[Path], object]
) -> None:
    results = iter(session.track(learn=True))
    next(results)
    results.close()  # type: ignore[attr-defined]
    for path in (session.project.folder / "learned").iterdir():
        lose(path)
    with pytest.raises(ProjectError, match="with which this pass was begun: undo the step and track again"):
        session.unfinished().run()


class CannotLearn:
    """A propagator of somebody who never heard of learning."""

    remember = ShiftingPropagator.remember


def test_a_tracker_that_cannot_learn_is_refused_before_anything_is_begun(session: Session) -> None:
    stubborn = replace(fake_models(), new_propagator=CannotLearn, tracker="stubborn")  # type: ignore[arg-type]
    session.switch_models(lambda: stubborn)
    with pytest.raises(InputError, match="the tracker stubborn cannot learn from corrections: choose"):
        session.track(learn=True)
    assert not session.project.state.passes


def test_one_known_frame_teaches_nothing_and_that_is_told(tmp_path: Path) -> None:
    session = fake_session(CLIP, tmp_path / "project")
    session.click(frame=0, object_id=session.add_object("disc"), **at(CLIP.centre(0)))
    session.track(learn=True).run()
    (note,) = session.notes()
    assert note.startswith("nothing was learned about object 1 (disc): it takes two frames")


def test_learned_from_are_the_known_frames_of_the_pass_or_those_nearest(session: Session) -> None:
    know(session, 3, 6, 30, 33, 36, 39)
    near = known_frames(session.project, Propagate(20, 30, 1, (1,)))
    assert near == (20, 30, 33, 36, 39)
    many = known_frames(session.project, Propagate(0, 40, 1, (1,)))
    assert len(many) == MOST_KNOWN
    assert (many[0], many[-1]) == (0, 39)
