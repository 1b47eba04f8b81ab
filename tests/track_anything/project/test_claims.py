"""Where masks come from after any edits: withdrawn corrections, and claims that are kept until an edit."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from track_anything.errors import InputError
from track_anything.project.claims import NO_CLAIM, Claim, FrameReplay
from track_anything.project.description import Description
from track_anything.project.edit_reach import frames_touched, objects_touched
from track_anything.project.edit_records import edit_from_json, edit_to_json
from track_anything.project.edits import (
    AddObject,
    Clear,
    DeleteObject,
    Edit,
    GiveMask,
    Lock,
    Merge,
    Propagate,
    Reject,
    SetRange,
    Split,
    Swap,
    Unlock,
    Withdraw,
)
from track_anything.project.project import Project
from track_anything.project.state import State
from track_anything.testing import MovingShapes
from track_anything.types import LabelMap

CLIP = MovingShapes(frame_count=4, height=3, width=4)
SIZE = (CLIP.height, CLIP.width)
OBJECTS = (1, 2, 3)
FRAMES = range(CLIP.frame_count)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Object 1, propagated over the whole clip."""
    project = new_project(tmp_path / "project")
    project.add_object()
    propagate(project, Propagate(0, 4, 1, (1,)), 4)
    return project


def new_project(folder: Path) -> Project:
    return Project.create(folder, Description(Path("clip.mp4"), "print", CLIP.info))


def give(project: Project, frame: int, object_id: int = 1) -> int:
    mask = np.zeros(SIZE, np.bool_)
    edits = project.state.edits
    mask.flat[edits[-1][0] % mask.size if edits else 0] = True
    return project.give_mask(GiveMask(frame, object_id), mask)


def propagate(project: Project, edit: Propagate, count: int) -> None:
    number = project.begin_pass(edit)
    for frame in project.frames_left(number)[:count]:
        label_map = np.resize(np.array([0, *edit.object_ids], np.uint8), SIZE)
        project.write_pass(number, frame, np.roll(label_map, number), {})


def claims_of(*edits: Edit, frame: int = 0) -> dict[int, Claim]:
    return State.of(enumerate(edits, 1)).claims(frame, ())


# Withdrawn corrections


def test_what_was_there_before_a_withdrawn_mask_shows_again(project: Project) -> None:
    before, claim = project.label_map(2), project.claim(2, 1)
    give(project, 2)
    give(project, 2)
    project.edit(Withdraw(1, 2, 3))
    assert project.claim(2, 1) == claim
    assert project.given(2, 1) is None
    assert project.state.frames_known(1) == frozenset()
    np.testing.assert_array_equal(project.label_map(2), before)
    assert project.undo()
    assert project.claim(2, 1).is_known
    assert project.state.frames_known(1) == {2}


def test_a_withdrawn_mask_leaves_a_frame_that_was_never_tracked_empty(project: Project) -> None:
    second = project.add_object()
    give(project, 1, second)
    project.edit(Withdraw(second, 1, 2))
    assert project.claim(1, second) == NO_CLAIM
    assert not project.mask(1, second).any()


def test_only_the_range_and_the_object_of_a_withdrawal_are_touched(project: Project) -> None:
    second = project.add_object()
    for frame in (0, 1, 2):
        give(project, frame)
    kept = give(project, 1, second)
    project.edit(Withdraw(1, 1, 3))
    assert project.state.frames_known(1) == {0}
    assert project.claim(1, second) == Claim(((kept, second),), is_known=True)


def test_what_was_tracked_around_a_withdrawn_mask_loses_its_footing(project: Project) -> None:
    give(project, 1)
    propagate(project, Propagate(2, 4, 1, (1,)), 2)
    assert [frame for frame in FRAMES if project.is_stale(frame, 1)] == [0]
    project.edit(Withdraw(1, 1, 2))
    assert [frame for frame in FRAMES if project.is_stale(frame, 1)] == [0, 1, 2, 3]


def test_a_withdrawal_where_nothing_was_given_changes_nothing(project: Project) -> None:
    before = [project.claim(frame, 1) for frame in FRAMES]
    project.edit(Withdraw(1, 0, 4))
    assert [project.claim(frame, 1) for frame in FRAMES] == before
    assert not any(project.is_stale(frame, 1) for frame in FRAMES)


def test_a_lock_and_a_cleared_frame_outlive_the_withdrawal_of_a_mask_given_there(project: Project) -> None:
    project.edit(Lock(1, 0, 2))
    project.edit(Clear(1, 2, 3))
    give(project, 1)
    give(project, 2)
    project.edit(Withdraw(1, 0, 4))
    assert project.state.frames_known(1) == {0, 1, 2}
    assert not project.mask(2, 1).any()
    assert project.mask(1, 1).any()


def test_a_mask_given_after_a_withdrawal_counts(project: Project) -> None:
    give(project, 2)
    project.edit(Withdraw(1, 2, 3))
    number = give(project, 2)
    assert project.claim(2, 1) == Claim(((number, 1),), is_known=True)
    assert project.given_number(2, 1) == number


def test_only_the_objects_own_masks_are_withdrawn() -> None:
    edits = (AddObject(1, "a"), AddObject(2, "b"), GiveMask(0, 2), Swap(1, 0, 1, 2), Withdraw(1, 0, 1))
    assert claims_of(*edits)[1] == Claim(((3, 2),), is_known=True)
    assert State.of(enumerate(edits, 1)).frames_known(1) == {0}


def test_to_give_and_withdraw_over_and_over_takes_no_longer_each_time() -> None:
    again: list[Edit] = [GiveMask(0, 1), Withdraw(1, 0, 1)]
    assert claims_of(AddObject(1, "a"), *again * 40).get(1) == NO_CLAIM  # 2 to the 40th, were each replayed


def test_withdrawals_of_many_objects_on_one_frame_replay_each_edit_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They were replayed for each other: 2 to the 40th edits here."""
    taken: list[int] = []
    take = FrameReplay.take

    def counted(self: FrameReplay, number: int, edit: Edit, *, is_written: bool) -> None:
        taken.append(number)
        take(self, number, edit, is_written=is_written)

    monkeypatch.setattr(FrameReplay, "take", counted)
    objects = range(1, 41)
    edits: list[Edit] = [
        *(AddObject(o, "a") for o in objects),
        *(GiveMask(0, o) for o in objects),
        *(Swap(o, 0, 1, o + 1) for o in objects[:19]),
        *(Withdraw(o, 0, 1) for o in objects),
    ]
    state = State.of(enumerate(edits, 1))
    assert taken == list(range(1, len(edits) + 1))  # for the one frame that the withdrawals are about
    taken.clear()
    claims = state.claims(0, ())
    assert taken == list(range(1, len(edits) + 1))
    assert {o for o in objects if claims[o].is_known} == set(objects[:20])  # each has the mask of another


def test_rejected_passes_are_left_out_one_after_the_other(project: Project) -> None:
    first = project.claim(0, 1)
    for count in (2, 3):
        propagate(project, Propagate(0, 4, 1, (1,)), count)
    second, third = list(project.state.passes)[1:]
    project.edit(Reject(1, 0, 4, (third,)))
    assert [project.claim(frame, 1).newest_edit for frame in FRAMES[:3]] == [
        second,
        second,
        first.newest_edit,
    ]
    project.edit(Reject(1, 0, 4, (second,)))
    assert [project.claim(frame, 1).parts for frame in FRAMES] == [first.parts] * 4


def test_a_mask_that_was_handed_to_and_fro_can_still_be_withdrawn() -> None:
    edits = (AddObject(1, "a"), AddObject(2, "b"), GiveMask(0, 1), *[Swap(1, 0, 1, 2)] * 2, Withdraw(1, 0, 1))
    assert claims_of(*edits) == {1: NO_CLAIM, 2: NO_CLAIM}
    assert State.of(enumerate(edits, 1)).frames_known(1) == frozenset()


def test_the_masks_of_a_deleted_object_are_not_those_of_the_next_with_its_id() -> None:
    edits = (
        *(AddObject(1, "a"), AddObject(2, "b"), GiveMask(0, 1), Merge(2, 0, 1, 1)),
        *(DeleteObject(1), AddObject(1, "c"), Swap(1, 0, 1, 2), Withdraw(1, 0, 1)),
    )
    assert claims_of(*edits)[1] == Claim(((3, 1),), is_known=True)


@pytest.mark.parametrize("exchange", [Swap, Split, Merge])
def test_masks_that_change_hands_are_known_where_there_are_any(
    project: Project, exchange: type[Swap | Split | Merge]
) -> None:
    """The pass was stopped after half of the clip: nobody has said anything about the other half."""
    second = project.add_object()
    propagate(project, Propagate(0, 4, 1, (second,)), 2)
    project.edit(exchange(second, 0, 4, 1) if exchange is Split else exchange(1, 0, 4, second))
    assert project.state.frames_known(1) == {0, 1}
    assert [project.claim(frame, 1).is_known for frame in FRAMES] == [True, True, False, False]
    is_given_away = exchange is Swap
    assert [bool(project.claim(frame, 1).parts) for frame in FRAMES] == [True, True, *[not is_given_away] * 2]
    propagate(project, Propagate(0, 4, 1, (1, second)), 4)
    assert [project.claim(frame, 1).is_known for frame in FRAMES] == [True, True, False, False]


def test_what_a_pass_still_brings_goes_to_whom_its_masks_were_given(project: Project) -> None:
    second, third = project.add_object(), project.add_object()
    propagate(project, Propagate(0, 4, 1, (second,)), 2)
    project.edit(Split(second, 0, 4, third))
    number = project.unfinished_passes()[-1]
    for frame in project.frames_left(number):
        project.write_pass(number, frame, np.full(SIZE, second, np.uint8), {})
    assert [project.claim(frame, third) for frame in FRAMES] == [
        Claim(((number, second),), is_known=True) for _ in FRAMES
    ]
    assert project.state.frames_known(third) == set(FRAMES)
    check_like_new(project)


def test_a_withdrawal_must_be_about_objects_and_frames_that_are_there(project: Project) -> None:
    with pytest.raises(InputError, match="no object 7"):
        project.edit(Withdraw(7, 0, 1))
    with pytest.raises(InputError, match="frames 3 to 4 are no range of this video"):
        project.edit(Withdraw(1, 3, 5))


def test_a_withdrawal_survives_json_and_reopening(project: Project) -> None:
    edit = Withdraw(1, 2, 3)
    assert edit_from_json(edit_to_json(edit)) == edit
    give(project, 2)
    project.edit(edit)
    assert Project(project.folder, read_only=True).state == project.state


@pytest.mark.parametrize(
    ("edit", "frames"),
    [
        (GiveMask(3, 1), [3]),
        (Lock(1, 2, 4), [2, 3]),
        (Unlock(1, 2, 4), [2, 3]),
        (Clear(1, 2, 4), [2, 3]),
        (Withdraw(1, 2, 4), [2, 3]),
        (Merge(1, 2, 4, 2), [2, 3]),
        (Split(1, 2, 4, 2), [2, 3]),
        (Swap(1, 2, 4, 2), [2, 3]),
        (Propagate(2, -1, -1, (1,)), [2, 1, 0]),
        (Propagate(2, 4, 1, (1,), seeded=True), [2, 3]),
        (AddObject(1, "ball"), []),
        (DeleteObject(1), []),
    ],
)
def test_an_edit_tells_on_which_frames_it_can_change_masks(edit: Edit, frames: list[int]) -> None:
    assert list(frames_touched(edit)) == frames


@pytest.mark.parametrize(
    ("edit", "object_ids"),
    [
        (GiveMask(3, 1), {1}),
        (Clear(2, 2, 4), {2}),
        (Merge(1, 2, 4, 2), {1, 2}),
        (Propagate(2, 4, 1, (1, 3)), {1, 3}),
        (AddObject(4, "ball"), {4}),
        (DeleteObject(1), {1}),
        (SetRange(0, 3), set()),
    ],
)
def test_an_edit_tells_which_objects_it_is_about(edit: Edit, object_ids: set[int]) -> None:
    assert objects_touched(edit) == object_ids


# Claims that are kept until an edit touches them

Action = Callable[[Project], object]

objects = st.sampled_from(OBJECTS)
spans = st.tuples(st.sampled_from(FRAMES), st.sampled_from(FRAMES)).map(lambda e: (min(e), max(e) + 1))
range_edits = st.builds(
    lambda kind, object_id, span: kind(object_id, *span),
    st.sampled_from([Lock, Unlock, Clear, Withdraw, Withdraw]),
    objects,
    spans,
)
exchanges = st.builds(
    lambda kind, object_id, span, other: kind(object_id, *span, other),
    st.sampled_from([Merge, Split, Swap]),
    objects,
    spans,
    objects,
)


def pass_over(project: Project, span: tuple[int, int], is_forward: bool, count: int) -> None:
    """A pass over all objects that is stopped after some frames."""
    start, stop = span if is_forward else (span[1] - 1, span[0] - 1)
    objects = tuple(project.state.objects)
    if objects:
        propagate(project, Propagate(start, stop, 1 if is_forward else -1, objects), count)


def reject(project: Project, object_id: int, span: tuple[int, int], which: int) -> None:
    """Take back what one of the passes found."""
    if passes := list(project.state.passes):
        project.edit(Reject(object_id, *span, (passes[which % len(passes)],)))


def write_on(project: Project) -> None:
    """One more frame of the newest pass, as when a job goes on after an edit."""
    for number in project.unfinished_passes()[:1]:
        frame = project.frames_left(number)[0]
        project.write_pass(number, frame, np.full(SIZE, 1, np.uint8), {})


actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(lambda o, f: lambda project: give(project, f, o), objects, st.sampled_from(FRAMES)),
    (range_edits | exchanges | objects.map(DeleteObject)).map(
        lambda edit: lambda project: project.edit(edit)
    ),
    st.builds(lambda *how: lambda project: pass_over(project, *how), spans, st.booleans(), st.integers(0, 4)),
    st.builds(lambda *how: lambda project: reject(project, *how), objects, spans, st.integers(0, 3)),
    st.sampled_from([Project.add_object, Project.undo, Project.redo, write_on]),
)


def attempt(project: Project, action: Action) -> None:
    with suppress(InputError):  # about an object that is not there
        action(project)


def label_maps(read: Callable[[int], LabelMap]) -> list[list[int]]:
    return [read(frame).ravel().tolist() for frame in FRAMES]


def check_like_new(project: Project) -> None:
    """What the project says is what one says that has kept nothing."""
    fresh = Project(project.folder, read_only=True)
    assert project.state == fresh.state
    for frame in FRAMES:
        claims = {o: project.claim(frame, o) for o in OBJECTS}
        assert claims == {o: fresh.claim(frame, o) for o in OBJECTS}
        known = {o for o, claim in claims.items() if claim.is_known}
        assert known == {o for o in OBJECTS if frame in project.state.frames_known(o)}
    assert label_maps(project.label_map) == label_maps(fresh.label_map)


@settings(max_examples=80, deadline=None)
@given(st.lists(actions, min_size=1, max_size=20))
def test_kept_claims_are_those_that_are_replayed_whatever_is_done(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[Action]
) -> None:
    with new_project(tmp_path_factory.mktemp("claims") / "project") as project:
        for _ in OBJECTS:
            project.add_object()
        for action in chosen:
            attempt(project, action)
            check_like_new(project)


@settings(max_examples=80, deadline=None)
@given(st.lists(actions, max_size=20))
@example([])
def test_the_masks_before_the_last_step_are_those_after_an_undo(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[Action]
) -> None:
    with new_project(tmp_path_factory.mktemp("before") / "project") as project:
        for action in (Project.add_object, Project.add_object, *chosen):
            attempt(project, action)
        told = label_maps(project.label_map_before)
        assert project.can_undo == project.undo()
        assert label_maps(project.label_map) == told
        assert project.can_redo == project.redo()
