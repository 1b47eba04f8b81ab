"""What a re-run changed: listed exactly, kept or put back, and nothing outside of its span has moved."""

from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.pointing import at
from track_anything.errors import InputError
from track_anything.project.edit_records import edit_from_json, edit_to_json
from track_anything.project.edits import Accept, Clear, Lock, Reject, Unlock
from track_anything.review import MaskStatus
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_session
from track_anything.types import Mask

CLIP = MovingShapes(frame_count=30, height=40, width=56, shapes=2)


def truth(frame: int, object_id: int = 1) -> Mask:
    mask: Mask = CLIP.label_map(frame) == object_id
    return mask


def cropped(frame: int) -> Mask:
    """The disc without its lowest rows: another opinion, which tracking carries on."""
    mask = truth(frame)
    mask[np.flatnonzero(mask.any(axis=1))[-3:]] = False
    return mask


@pytest.fixture
def tracked(tmp_path: Path) -> Session:
    """Two discs, tracked from the first frame; the first one is known to be right on frame 10, too."""
    session = fake_session(CLIP, tmp_path / "project")
    for object_id in (1, 2):
        session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0, object_id)))
    session.track().run()
    session.give_mask(frame=10, object_id=1, mask=truth(10))
    session.track().run()
    return session


@pytest.fixture
def rerun(tracked: Session) -> Session:
    """The first disc was corrected on frame 20 and tracked again from there to frames 10 and 29."""
    tracked.give_mask(frame=20, object_id=1, mask=cropped(20))
    tracked.track().run()
    return tracked


def masks(session: Session, object_id: int) -> list[bytes]:
    return [session.project.mask(frame, object_id).tobytes() for frame in range(CLIP.frame_count)]


def statuses(session: Session, object_id: int = 1) -> list[MaskStatus]:
    return [line.status for line in session.report(objects=[object_id])]


def test_a_first_track_has_changed_nothing(tmp_path: Path) -> None:
    session = fake_session(CLIP, tmp_path / "project")
    assert session.track_changes.compare().passes == ()
    session.click(frame=5, object_id=session.add_object(), **at(CLIP.centre(5)))
    session.track().run()
    (changes,) = session.track_changes.compare().objects
    assert (changes.compared, changes.new, changes.stretches) == (0, CLIP.frame_count - 1, ())


def test_the_list_names_exactly_the_frames_whose_masks_differ(tracked: Session) -> None:
    before = masks(tracked, 1), masks(tracked, 2)
    tracked.give_mask(frame=20, object_id=1, mask=cropped(20))
    tracked.track().run()
    after = masks(tracked, 1), masks(tracked, 2)
    differing = [frame for frame in range(CLIP.frame_count) if before[0][frame] != after[0][frame]]
    changes = tracked.track_changes.compare()
    listed = sorted(frame for stretch in changes.stretches for frame in stretch.frames)
    assert listed == [frame for frame in differing if frame != 20]  # what a person gave was no pass's doing
    assert set(listed) <= set(range(11, 30))
    assert before[1] == after[1]
    (of_first,) = changes.objects
    assert of_first.object_id == 1
    assert of_first.changed == len(listed)
    # frames 0 to 10 and 20 of the first one, all of the other one
    assert changes.untouched == 12 + CLIP.frame_count


def test_what_changed_most_comes_first_and_each_stretch_names_its_worst_frame(rerun: Session) -> None:
    stretches = rerun.track_changes.compare().stretches
    assert len(stretches) == 2
    assert [s.agreement for s in stretches] == sorted(s.agreement for s in stretches)
    for stretch in stretches:
        assert stretch.worst in stretch.frames
        assert 0 < stretch.agreement < 1


def test_rejected_masks_are_those_from_before_and_one_undo_brings_the_new_ones_back(tracked: Session) -> None:
    before, other = masks(tracked, 1), masks(tracked, 2)
    tracked.give_mask(frame=20, object_id=1, mask=cropped(20))
    tracked.track().run()
    after = masks(tracked, 1)
    tracked.track_changes.reject()
    assert [*masks(tracked, 1)[:20], *masks(tracked, 1)[21:]] == [*before[:20], *before[21:]]
    assert masks(tracked, 1)[20] == after[20]  # the correction itself stays
    assert masks(tracked, 2) == other
    assert tracked.track_changes.compare().stretches == ()
    tracked.undo()
    assert masks(tracked, 1) == after


def test_a_stretch_is_rejected_alone_and_is_not_tracked_over_until_something_new_is_said(
    rerun: Session,
) -> None:
    after = masks(rerun, 1)
    rerun.track_changes.reject(objects=[1], frames=range(12, 15))
    assert [frame for frame, mask in enumerate(masks(rerun, 1)) if mask != after[frame]] == [12, 13, 14]
    assert MaskStatus.STALE not in statuses(rerun)
    with pytest.raises(InputError, match="nothing to track"):
        rerun.track()
    rerun.give_mask(frame=13, object_id=1, mask=cropped(13))
    assert [statuses(rerun)[frame] for frame in (12, 14)] == [MaskStatus.STALE] * 2


def test_what_was_put_back_stays_so_after_a_lock_is_taken_off_and_after_reopening(
    rerun: Session, tmp_path: Path
) -> None:
    rerun.track_changes.reject(objects=[1], frames=range(12, 15))
    rerun.edit(Lock(1, 12, 14))
    rerun.edit(Unlock(1, 12, 14))
    assert statuses(rerun)[12] is MaskStatus.TRACKED
    shown = masks(rerun, 1)
    rerun.close()
    with fake_session(CLIP, tmp_path / "project") as again:
        assert masks(again, 1) == shown
        assert statuses(again)[12] is MaskStatus.TRACKED


def test_accepted_stretches_leave_the_list_and_no_mask_changes(rerun: Session) -> None:
    after = masks(rerun, 1)
    first, second = rerun.track_changes.compare().stretches
    rerun.track_changes.accept(frames=first.frames)
    (of_first,) = rerun.track_changes.compare().objects
    assert of_first.stretches == (second,)
    assert of_first.accepted == len(first.frames)
    assert masks(rerun, 1) == after
    rerun.undo()
    assert rerun.track_changes.compare().stretches == (first, second)
    rerun.track_changes.accept()
    with pytest.raises(InputError, match="changed no mask there"):
        rerun.track_changes.reject()


def test_what_a_person_vouches_for_by_now_is_neither_listed_nor_put_back(rerun: Session) -> None:
    after = masks(rerun, 1)
    rerun.edit(Lock(1, 12, 13))
    rerun.edit(Clear(1, 14, 15))
    listed = {frame for stretch in rerun.track_changes.compare().stretches for frame in stretch.frames}
    assert listed.isdisjoint({12, 14})
    passes = rerun.track_changes.compare().passes
    rerun.edit(Reject(1, 11, 16, passes))
    assert masks(rerun, 1)[12] == after[12]
    assert not rerun.project.mask(14, 1).any()
    assert masks(rerun, 1)[13] != after[13]


def test_a_pass_that_has_not_come_far_changed_only_what_it_reached(tracked: Session) -> None:
    tracked.give_mask(frame=20, object_id=1, mask=cropped(20))
    iterator = iter(tracked.track())
    for _ in range(15):  # from frame 10 to 29, past the correction
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    listed = [frame for stretch in tracked.track_changes.compare().stretches for frame in stretch.frames]
    assert listed
    written = {
        frame
        for number in tracked.project.state.last_step
        for frame in range(CLIP.frame_count)
        if tracked.project.has_pass_mask(number, frame)
    }
    assert set(listed) <= written


def test_masks_are_compared_once(rerun: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rerun.track_changes.compare()
    read: list[int] = []
    claimed = type(rerun.project).claimed_mask
    monkeypatch.setattr(type(rerun.project), "claimed_mask", lambda *asked: read.append(1) or claimed(*asked))
    assert rerun.track_changes.compare() == first
    assert read == []


def test_the_edits_survive_the_journal() -> None:
    for edit in (Accept(1, 2, 5, (7, 8)), Reject(3, 0, 1, (2,))):
        assert edit_from_json(edit_to_json(edit)) == edit


def test_a_journal_that_rejects_a_pass_that_never_was_is_refused(rerun: Session, tmp_path: Path) -> None:
    rerun.edit(Reject(1, 11, 16, (99,)))
    rerun.close()
    with pytest.raises(Exception, match="a pass that is not there"):
        fake_session(CLIP, tmp_path / "project")
