"""What is in doubt: one frame for each stretch, and an end to the list."""

from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.project import Description, Project
from track_anything.project.edits import Clear, GiveMask, Lock, Propagate, SetRange
from track_anything.review.doubt import best_of_stretches, frames_in_doubt
from track_anything.review.ranking import frames_to_fix
from track_anything.review.trust import IN_DOUBT
from track_anything.testing import MovingShapes

CLIP = MovingShapes(frame_count=60, height=16, width=20)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project", Description(Path("clip.mp4"), "print", CLIP.info))


def track(project: Project, *trust: dict[int, float], lost: Collection[int] = ()) -> None:
    """A pass over the whole clip: confidence per object on some frames, 0.95 on all others.

    On frames that are ``lost`` no object is found, which is right with that confidence.
    """
    for _ in trust:
        project.give_mask(GiveMask(0, project.add_object()), CLIP.label_map(0) == 1)
    object_ids = tuple(range(1, len(trust) + 1))
    number = project.begin_pass(Propagate(0, 60, 1, object_ids))
    for frame in range(60):
        confidence = {str(o): own.get(frame, 0.95) for o, own in enumerate(trust, start=1)}
        found = CLIP.label_map(frame) * (frame not in lost)
        absent = object_ids if frame in lost else ()
        project.write_pass(number, frame, found, {"confidence": confidence, "absent": list(absent)})


def test_each_stretch_gives_one_of_its_worst_frames_first_where_a_correction_helps_most(
    project: Project,
) -> None:
    track(project, {10: 0.6, 30: 0.5, 31: 0.1, 32: 0.5}, {40: 0.3, 44: 0.4, 55: 0.69})
    assert frames_in_doubt(project) == [(31, 1), (40, 2), (55, 2), (10, 1)]


def test_a_short_stretch_beside_what_is_known_gives_way_to_one_far_from_it(project: Project) -> None:
    track(project, {1: 0.1, 2: 0.1, 35: 0.6})
    assert frames_in_doubt(project) == [(35, 1), (1, 1)]


def test_a_lone_bad_frame_is_shown_itself_and_not_its_neighbour(project: Project) -> None:
    track(project, {40: 0.0})
    assert frames_in_doubt(project) == [(40, 1)]


def test_without_doubt_there_is_nothing_to_fix(project: Project) -> None:
    assert frames_in_doubt(project) == []
    track(project, {})
    assert frames_in_doubt(project) == []


def test_a_correction_takes_its_surroundings_off_the_list_before_they_are_tracked(project: Project) -> None:
    track(project, {10: 0.2, 11: 0.1, 12: 0.2, 40: 0.5})
    project.give_mask(GiveMask(11, 1), CLIP.label_map(11) == 1)
    assert frames_in_doubt(project) == [(40, 1)]


def test_what_lies_outside_of_the_in_and_out_points_is_not_asked_about(project: Project) -> None:
    track(project, {10: 0.2, 30: 0.3, 50: 0.1})
    project.edit(SetRange(20, 45))
    assert frames_in_doubt(project) == [(30, 1)]
    assert sorted(frames_in_doubt(project, range(60))) == [(10, 1), (30, 1), (50, 1)]


def test_an_object_that_may_have_been_lost_is_asked_about(project: Project) -> None:
    lost = dict.fromkeys(range(20, 30), 0.5) | dict.fromkeys(range(40, 50), 0.98)
    track(project, lost, lost=lost)
    ((frame, object_id),) = frames_in_doubt(project)
    assert 20 <= frame < 30
    assert object_id == 1
    assert frames_to_fix(project)[0][0] in range(20, 30)


@pytest.mark.parametrize("edit", [Clear(1, 24, 25), Lock(1, 24, 25)])
def test_whoever_says_that_it_is_gone_is_not_asked_again(project: Project, edit: Clear | Lock) -> None:
    track(project, dict.fromkeys(range(20, 30), 0.5), lost=range(20, 30))
    project.edit(edit)
    assert frames_in_doubt(project) == []
    assert not {20, 21, 28, 29} & {frame for frame, _ in frames_to_fix(project)}


def test_who_says_that_it_is_there_is_asked_about_the_rest(project: Project) -> None:
    track(project, dict.fromkeys(range(20, 50), 0.5), lost=range(20, 50))
    project.give_mask(GiveMask(22, 1), CLIP.label_map(22) == 1)
    ((frame, _),) = frames_in_doubt(project)
    assert frame > 22


def test_of_equal_frames_the_middle_one_is_shown() -> None:
    stretch = range(10, 21)
    found = best_of_stretches(dict.fromkeys(stretch, 0.5), dict.fromkeys(stretch, 7.0))
    assert found == [(15, 7.0)]


def test_of_the_worst_frames_the_one_where_a_correction_helps_most_is_shown() -> None:
    confidence = {10: 0.6, 11: 0.3, 12: 0.1, 13: 0.3, 14: 0.6}
    gains = {10: 9.0, 11: 4.0, 12: 5.0, 13: 6.0, 14: 7.0}
    assert best_of_stretches(confidence, gains) == [(13, 6.0)]
    assert best_of_stretches(confidence | {12: 0.0, 11: 0.5, 13: 0.5}, gains) == [(12, 5.0)]


@given(st.dictionaries(st.integers(0, 500), st.floats(0, IN_DOUBT), max_size=40))
def test_every_doubtful_frame_has_one_that_speaks_for_it(confidence: dict[int, float]) -> None:
    best = best_of_stretches(confidence, {frame: float(frame % 7) for frame in confidence})
    assert [frame for frame, _ in best] == sorted({frame for frame, _ in best})
    assert all(gain == frame % 7 for frame, gain in best)
    for frame in confidence:
        is_alone = all(abs(frame - other) > 4 for other in confidence if other != frame)
        assert not is_alone or (frame, frame % 7) in best
    assert bool(best) == bool(confidence)
