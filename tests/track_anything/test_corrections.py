"""What a person said wins for good: known masks, other objects and other spans stay as they are."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.track_anything.pointing import at
from track_anything.errors import InputError
from track_anything.masks import iou
from track_anything.project.edits import (
    Clear,
    DeleteObject,
    Lock,
    Merge,
    RecolourObject,
    RenameObject,
    SetRange,
    Split,
    Swap,
    Unlock,
)
from track_anything.review import MaskStatus
from track_anything.session import Session
from track_anything.testing import MovingShapes, ShiftingPropagator, fake_models, fake_session
from track_anything.types import LabelMap, Mask

CLIP = MovingShapes(frame_count=60, height=40, width=56, shapes=2)
SMALL = MovingShapes(frame_count=9, height=16, width=20, shapes=2)


def truth(frame: int, object_id: int = 1, clip: MovingShapes = CLIP) -> Mask:
    mask: Mask = clip.label_map(frame) == object_id
    return mask


def cropped(mask: Mask, rows: int = 3) -> Mask:
    """The mask without its lowest rows: another opinion of what the object is, which tracking carries on."""
    kept = mask.copy()
    kept[np.flatnonzero(mask.any(axis=1))[-rows:]] = False
    return kept


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Two discs, clicked on the first frame and tracked."""
    session = fake_session(CLIP, tmp_path / "project")
    for object_id in (1, 2):
        session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0, object_id)))
    session.track().run()
    return session


def masks(session: Session, object_id: int) -> list[Mask]:
    return [session.project.mask(frame, object_id) for frame in range(session.project.frame_count)]


def changed(before: list[Mask], after: list[Mask]) -> list[int]:
    return [
        frame for frame, (one, other) in enumerate(zip(before, after, strict=True)) if (one != other).any()
    ]


# Only what is concerned is propagated


def test_a_correction_changes_nothing_beyond_the_neighbouring_known_masks(session: Session) -> None:
    session.give_mask(frame=20, object_id=1, mask=truth(20))
    session.give_mask(frame=50, object_id=1, mask=truth(50))
    session.track().run()
    before, other = masks(session, 1), masks(session, 2)
    files = {path: path.read_bytes() for path in (session.project.folder / "masks").iterdir()}

    session.give_mask(frame=40, object_id=1, mask=cropped(truth(40)))
    track = session.track()
    assert [
        (edit.start, edit.stop, edit.object_ids) for edit in session.project.state.last_step.values()
    ] == [
        (20, 50, (1,)),
        (50, 20, (1,)),
    ]
    track.run()

    after = masks(session, 1)
    assert set(changed(before, after)) <= set(range(21, 50))
    assert {39, 40, 41} <= set(changed(before, after))
    assert changed(other, masks(session, 2)) == []
    assert all(path.read_bytes() == content for path, content in files.items())


def test_the_label_map_of_other_objects_is_the_same_to_the_byte(session: Session) -> None:
    before = [session.label_map(frame) == 2 for frame in range(60)]
    session.give_mask(frame=30, object_id=1, mask=np.ones((40, 56), np.bool_) & ~truth(30, 2))
    session.track().run()
    for frame in range(60):
        np.testing.assert_array_equal(session.label_map(frame) == 2, before[frame])


def test_nothing_stale_is_an_error_and_anew_tracks_all_the_same(session: Session) -> None:
    with pytest.raises(InputError, match="nothing to track that way: all masks .* are up to date"):
        session.track()
    assert len(session.track(anew=True)) == 60


def test_stale_frames_are_those_between_known_masks_until_they_are_tracked(session: Session) -> None:
    def stale() -> list[int]:
        return [line.frame for line in session.report() if line.status is MaskStatus.STALE]

    assert stale() == []
    session.give_mask(frame=30, object_id=1, mask=truth(30))
    assert stale() == [*range(1, 30), *range(31, 60)]
    track = session.track()
    iterator = iter(track)
    for _ in range(35):
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    assert stale() == [*range(1, 30), *range(35, 60)]  # forward came to 34; backward to 30 was not begun
    session.unfinished().run()
    assert stale() == []
    session.undo()
    assert stale() == [*range(1, 30), *range(31, 60)]
    session.undo()
    assert stale() == []


def test_only_one_direction_may_be_asked_for(session: Session) -> None:
    session.give_mask(frame=30, object_id=1, mask=cropped(truth(30)))
    before = masks(session, 1)
    session.track(direction="backward").run()
    assert max(changed(before, masks(session, 1))) < 30
    session.track(direction="forward").run()
    assert max(changed(before, masks(session, 1))) == 59


def test_the_in_and_out_points_bound_what_is_tracked(tmp_path: Path) -> None:
    session = fake_session(CLIP, tmp_path / "project")
    session.click(frame=20, object_id=session.add_object(), **at(CLIP.centre(20)))
    session.edit(SetRange(10, 31))
    session.track().run()
    assert [line.frame for line in session.report() if line.status is MaskStatus.TRACKED] == [
        *range(10, 20),
        *range(21, 31),
    ]
    session.edit(SetRange(40, 50))
    with pytest.raises(InputError, match="no known mask lies next to them"):
        session.track()
    with pytest.raises(InputError, match="frames 50 to 60 are no range of this video"):
        session.edit(SetRange(50, 61))


def test_one_frame_at_a_time(session: Session) -> None:
    session.edit(Unlock(1, 0, 60))
    before = masks(session, 1)
    session.edit(Clear(1, 10, 12))
    session.edit(Unlock(1, 10, 12))
    assert len(session.track_one_frame(9, [1])) == 2
    session.unfinished().run()
    np.testing.assert_array_equal(session.project.mask(10, 1), before[10])
    assert not session.project.mask(11, 1).any()
    session.track_one_frame(12, [1], backward=True).run()
    np.testing.assert_array_equal(session.project.mask(11, 1), before[11])
    assert len(session.unfinished()) == 0
    with pytest.raises(InputError, match="frame 60 does not exist"):
        session.track_one_frame(59)
    session.edit(Clear(1, 5, 6))
    with pytest.raises(InputError, match="no mask on frame 5 to begin with"):
        session.track_one_frame(5, [1])


# Between two known masks


def test_fused_spans_have_no_seam(tmp_path: Path) -> None:
    """The two passes disagree: the one carries a disc and the other a disc without its lowest rows."""
    clip = MovingShapes(frame_count=41, height=120, width=160)
    session = fake_session(clip, tmp_path / "project")
    disc = session.add_object()
    session.give_mask(frame=0, object_id=disc, mask=truth(0, clip=clip))
    session.give_mask(frame=40, object_id=disc, mask=cropped(truth(40, clip=clip), 10))
    session.track().run()
    found = [standing(session.project.mask(frame, disc), frame, clip) for frame in range(41)]
    steadiness = [iou(one, other) for one, other in pairwise(found)]
    assert min(steadiness) > median(steadiness) - 0.05
    heights = [int(mask.any(axis=1).sum()) for mask in found]
    assert heights == sorted(heights, reverse=True)
    assert (heights[0], heights[40]) == (41, 31)
    assert len(set(heights)) > 8  # it shrinks row by row


def standing(mask: Mask, frame: int, clip: MovingShapes) -> Mask:
    """The mask where it would be if the disc did not move."""
    return np.roll(mask, clip.centre(0)[0] - clip.centre(frame)[0], axis=1)


def test_a_stopped_fusion_goes_on_to_the_same_masks(session: Session, tmp_path: Path) -> None:
    session.give_mask(frame=40, object_id=1, mask=cropped(truth(40)))
    session.track().run()
    undisturbed = masks(session, 1)
    session.undo()
    assert session.redo()
    session.undo()
    iterator = iter(session.track())
    for _ in range(75):
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    session.close()
    session = fake_session(CLIP, tmp_path / "project")
    session.unfinished().run()
    assert changed(undisturbed, masks(session, 1)) == []


# Locks


def test_a_locked_span_is_a_barrier_and_an_unlocked_one_is_not(session: Session) -> None:
    session.edit(Lock(1, 20, 30))
    before = masks(session, 1)
    session.give_mask(frame=10, object_id=1, mask=cropped(truth(10)))
    session.track().run()
    after = masks(session, 1)
    assert 0 < max(changed(before, after)) < 20
    session.edit(Unlock(1, 20, 30))
    assert not any(line.status is MaskStatus.STALE for line in session.report())
    session.give_mask(frame=10, object_id=1, mask=cropped(truth(10), 4))
    session.track().run()
    assert max(changed(after, masks(session, 1))) == 59


def test_an_unlocked_given_mask_may_be_replaced(session: Session) -> None:
    session.give_mask(frame=30, object_id=1, mask=cropped(truth(30)))
    session.edit(Unlock(1, 30, 31))
    session.track().run()
    np.testing.assert_array_equal(session.project.mask(30, 1), truth(30))


def test_a_cleared_span_stays_clear(session: Session) -> None:
    session.edit(Clear(1, 20, 30))
    assert not any(line.status is MaskStatus.STALE for line in session.report())
    session.give_mask(frame=40, object_id=1, mask=truth(40))
    session.track().run()
    for frame in range(60):
        is_cleared = 20 <= frame < 30
        assert session.project.mask(frame, 1).any() != is_cleared
    statuses = {line.frame: line.status for line in session.report() if line.object_id == 1}
    assert statuses[25] is MaskStatus.KNOWN


# Objects


def test_objects_are_renamed_recoloured_and_deleted_and_all_of_it_undone(session: Session) -> None:
    before = masks(session, 1)
    session.edit(RenameObject(1, "ball"))
    session.edit(RecolourObject(1, (1, 2, 3)))
    assert (session.project.state.objects[1], session.project.state.colours[1]) == ("ball", (1, 2, 3))
    session.edit(DeleteObject(1))
    assert not any(mask.any() for mask in masks(session, 1))
    assert not any((session.label_map(frame) == 1).any() for frame in range(0, 60, 10))
    with pytest.raises(InputError, match="there is no object 1; the project has 2"):
        session.edit(RenameObject(1, "ball"))
    assert session.add_object("new") == 1
    assert not any(mask.any() for mask in masks(session, 1))
    for _ in range(4):
        session.undo()
    assert (session.project.state.objects[1], dict(session.project.state.colours)) == ("object 1", {})
    assert changed(before, masks(session, 1)) == []


def test_two_objects_exchange_their_masks_on_a_range(session: Session) -> None:
    first, second = masks(session, 1), masks(session, 2)
    session.edit(Swap(1, 20, 40, 2))
    assert changed(first, masks(session, 1)) == list(range(20, 40))
    for frame in (20, 39):
        np.testing.assert_array_equal(session.project.mask(frame, 1), second[frame])
        np.testing.assert_array_equal(session.project.mask(frame, 2), first[frame])
    session.undo()
    assert changed(first, masks(session, 1)) == []


def test_an_object_takes_another_in_on_a_range(session: Session) -> None:
    first, second = masks(session, 1), masks(session, 2)
    session.edit(Merge(1, 0, 60, 2))
    for frame in (0, 30):
        np.testing.assert_array_equal(session.project.mask(frame, 1), first[frame] | second[frame])
    assert not any(mask.any() for mask in masks(session, 2))
    assert session.project.state.frames_known(1) == set(range(60))


def test_a_merge_outlives_the_tracking_after_a_correction_beside_it(session: Session) -> None:
    session.edit(Merge(1, 20, 30, 2))
    merged = masks(session, 1)
    session.give_mask(frame=35, object_id=1, mask=np.roll(merged[35], 3, axis=1))
    session.track([1]).run()
    for frame in range(20, 30):
        np.testing.assert_array_equal(session.project.mask(frame, 1), merged[frame])


def test_a_swap_outlives_the_tracking_after_a_correction_beside_it(session: Session) -> None:
    session.edit(Swap(1, 20, 40, 2))
    first, second = masks(session, 1), masks(session, 2)
    for object_id, before in ((1, first), (2, second)):
        session.give_mask(frame=10, object_id=object_id, mask=cropped(before[10]))
        session.give_mask(frame=50, object_id=object_id, mask=cropped(before[50]))
    session.track().run()
    session.track(anew=True).run()
    for object_id, before in ((1, first), (2, second)):
        assert not set(changed(before, masks(session, object_id))) & set(range(20, 40))


def test_masks_that_were_moved_to_another_object_outlive_the_next_tracking(session: Session) -> None:
    late = session.add_object("late")
    session.edit(Split(1, 20, 40, late))
    moved = masks(session, late)
    session.give_mask(frame=10, object_id=1, mask=cropped(truth(10)))
    session.give_mask(frame=50, object_id=late, mask=cropped(truth(50)))
    session.track().run()
    session.track(anew=True).run()
    for frame in range(20, 40):
        np.testing.assert_array_equal(session.project.mask(frame, late), moved[frame])
        assert not session.project.mask(frame, 1).any()


def test_an_object_is_split_in_time(session: Session) -> None:
    first = masks(session, 1)
    late = session.add_object("late")
    session.edit(Split(1, 30, 60, late))
    assert changed(first, masks(session, 1)) == list(range(30, 60))
    np.testing.assert_array_equal(session.project.mask(45, late), first[45])
    assert not session.project.mask(29, late).any()
    with pytest.raises(InputError, match="object 1 was named twice"):
        session.edit(Split(1, 0, 5, 1))


# Whatever is done

KNOWN_EDITS = st.sampled_from(
    ["give", "lock", "unlock", "clear", "swap", "track", "undo", "redo", "reopen", "one"]
)


@pytest.mark.slow
@settings(
    max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # shrinks for ages
@given(st.lists(st.tuples(KNOWN_EDITS, st.integers(0, 7), st.integers(1, 2)), min_size=50, max_size=50))
def test_known_masks_survive_whatever_is_done(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("known") / "project"
    session = fake_session(SMALL, folder)
    for object_id in (1, 2):
        session.click(frame=0, object_id=session.add_object(), **at(SMALL.centre(0, object_id)))
    expected: list[dict[tuple[int, int], LabelMap]] = [
        known_masks(session)
    ]  # one per step that can be undone
    undone: list[dict[tuple[int, int], LabelMap]] = []
    for what, frame, object_id in steps:
        before = expected[-1]
        if what == "undo" and len(expected) > 1:
            session.undo()
            undone.append(expected.pop())
        elif what == "redo":
            if session.redo():
                expected.append(undone.pop())
        elif what == "reopen":
            session.close()
            session = fake_session(SMALL, folder)
        elif what != "undo" and apply(session, what, frame, object_id):
            undone.clear()
            expected.append(after_edit(session, before, what, frame, object_id))
        assert_same(known_masks(session), expected[-1])
    session.close()


def apply(session: Session, what: str, frame: int, object_id: int) -> bool:
    """Do one thing; False when it was refused."""
    try:
        match what:
            case "give":
                session.give_mask(
                    frame=frame, object_id=object_id, mask=cropped(truth(frame, object_id, SMALL))
                )
            case "lock":
                session.edit(Lock(object_id, frame, min(frame + 3, 9)))
            case "unlock":
                session.edit(Unlock(object_id, frame, frame + 1))
            case "clear":
                session.edit(Clear(object_id, frame, frame + 2))
            case "swap":
                session.edit(Swap(1, frame, frame + 2, 2))
            case "track":
                session.track([object_id], anew=frame % 2 == 0).run()
            case "one":
                session.track_one_frame(frame, [object_id]).run()
    except InputError:
        return False
    return True


def after_edit(
    session: Session, before: dict[tuple[int, int], Mask], what: str, frame: int, object_id: int
) -> dict[tuple[int, int], Mask]:
    """What is known after an edit: a propagation changes nothing, the others only what they are about."""
    if what in ("track", "one"):
        return before
    reach = {"give": 1, "lock": 3, "unlock": 1, "clear": 2, "swap": 2}[what]
    objects = (1, 2) if what == "swap" else (object_id,)
    now = known_masks(session)
    concerned = {(f, o) for f in range(frame, frame + reach) for o in objects}
    assert_same(
        {key: mask for key, mask in now.items() if key not in concerned},
        {key: mask for key, mask in before.items() if key not in concerned},
    )
    return now


def known_masks(session: Session) -> dict[tuple[int, int], Mask]:
    known = session.project.known
    return {(frame, object_id): mask for frame in known for object_id, mask in known[frame].items()}


def assert_same(found: dict[tuple[int, int], Mask], wanted: dict[tuple[int, int], Mask]) -> None:
    assert found.keys() == wanted.keys()
    for key, mask in wanted.items():
        np.testing.assert_array_equal(found[key], mask, err_msg=str(key))


def test_a_known_mask_elsewhere_is_in_memory_before_a_pass_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered: list[tuple[int, bool]] = []
    remember = ShiftingPropagator.remember

    def noted(
        self: ShiftingPropagator, image: np.ndarray, label_map: LabelMap, *, permanent: bool = True
    ) -> None:
        frame = next(frame for frame in range(60) if (CLIP.frame(frame) == image).all())
        remembered.append((frame, permanent))
        remember(self, image, label_map, permanent=permanent)

    monkeypatch.setattr(ShiftingPropagator, "remember", noted)
    models = replace(fake_models(), drift_policy=None)
    session = Session(fake_session(CLIP, tmp_path / "project").project, CLIP, lambda: models)
    disc = session.add_object()
    for frame in (10, 20):
        session.give_mask(frame=frame, object_id=disc, mask=truth(frame))
    session.track(direction="forward").run()
    assert remembered == [(20, True), (10, True), (20, False)]
