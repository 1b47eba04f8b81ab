"""How each mask of a project stands: given, tracked, absent, stale, and how far it can be trusted."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from track_anything.drift import DriftPolicy
from track_anything.project import Project
from track_anything.project.claims import NO_CLAIM
from track_anything.project.journal import Record
from track_anything.types import FrameIndex, ObjectId

DISAGREEMENT = "disagreement"
"""The reason against a mask that no signal of the monitor spoke against."""


class MaskStatus(Enum):
    """Where an object's mask on a frame stands."""

    KNOWN = "known"
    TRACKED = "tracked"
    ABSENT = "absent"
    STALE = "stale"
    UNTRACKED = "untracked"


class MaskReport(NamedTuple):
    """One object on one frame.

    Attributes:
        frame: the frame.
        object_id: the object.
        status: where its mask stands; ``absent`` = tracked, and found not to be in the picture.
        confidence: that the mask can be trusted, 0 to 1; 1 for a known one, None for an untracked one.
        reason: the signal that spoke loudest against a mask that drifted, or ``disagreement`` where what the
            segmenter or the pass from the other side said cost it the trust; empty when it did not drift.
        is_refined: whether the segmenter's answer took the place of the propagated mask.
    """

    frame: FrameIndex
    object_id: ObjectId
    status: MaskStatus
    confidence: float | None
    reason: str = ""
    is_refined: bool = False


def report(
    project: Project, frames: Iterable[FrameIndex] | None = None, objects: Collection[ObjectId] | None = None
) -> Iterator[MaskReport]:
    """Every object on every frame, frame by frame; reads no mask and loads no model.

    Args:
        project: what to report on.
        frames: which; None = all.
        objects: which; None = all.
    """
    object_ids = sorted(project.state.objects if objects is None else objects)
    records = {number: project.pass_records(number) for number in project.state.passes}
    for frame in range(project.frame_count) if frames is None else frames:
        claims, written = project.claims(frame), project.written(frame)
        for object_id in object_ids:
            claim = claims.get(object_id, NO_CLAIM)
            if claim.is_known:
                yield MaskReport(frame, object_id, MaskStatus.KNOWN, 1.0)
            elif not claim.parts:
                yield MaskReport(frame, object_id, MaskStatus.UNTRACKED, None)
            else:
                number, id_in_pass = max(claim.parts)
                record = records.get(number, {}).get(frame, {})
                is_stale = project.state.is_stale(frame, object_id, claim, written)
                yield _propagated(frame, object_id, record, id_in_pass, is_stale=is_stale)


def is_known_absent(project: Project, frame: FrameIndex, object_id: ObjectId) -> bool:
    """Whether nothing is left of a known mask: it was cleared or merged away, or found absent and locked."""
    return all(
        number in project.state.passes
        and id_in_pass in project.pass_records(number).get(frame, {}).get("absent", ())
        for number, id_in_pass in project.claim(frame, object_id).parts
    )


def notes_of_tracking(project: Project) -> list[str]:
    """What could not be done as usual in the newest track step, one line each."""
    records = (project.pass_records(number) for number in project.state.last_step)
    return [
        note for frames in records for record in list(frames.values()) for note in record.get("notes", ())
    ]


def memory_of_tracking(project: Project) -> Mapping[str, int] | None:
    """How full the memory was at the end of the newest pass; None = it did not say.

    Returns:
        The fields of ``tracker.memory_use.MemoryUse``, and ``compressed``: known frames of which the pass
        began with prototypes.
    """
    for number in reversed(project.state.last_step):
        for record in reversed(list(project.pass_records(number).values())):
            if isinstance(memory := record.get("memory"), Mapping):
                return memory
    return None


def _propagated(
    frame: FrameIndex, object_id: ObjectId, record: Record, id_in_pass: ObjectId, *, is_stale: bool
) -> MaskReport:
    is_absent = id_in_pass in record.get("absent", ())
    confidence = record.get("confidence", {}).get(str(id_in_pass))
    has_lost_trust = not is_absent and confidence is not None and confidence < DriftPolicy.drifted_below
    reason = record.get("reasons", {}).get(str(id_in_pass), "") or (DISAGREEMENT if has_lost_trust else "")
    fresh = MaskStatus.ABSENT if is_absent else MaskStatus.TRACKED
    firings = record.get("firings", ())
    return MaskReport(
        frame,
        object_id,
        MaskStatus.STALE if is_stale else fresh,
        confidence,
        reason,
        bool(firings) and any(f["object_id"] == id_in_pass and f["accepted"] for f in firings),
    )
