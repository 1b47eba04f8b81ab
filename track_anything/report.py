"""How each mask of a project stands: given, tracked, absent, stale, and how far it can be trusted."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from track_anything.project import Project
from track_anything.types import FrameIndex, ObjectId


class MaskStatus(Enum):
    """Where an object's mask on a frame stands."""

    KNOWN = "known"
    TRACKED = "tracked"
    ABSENT = "absent"
    STALE = "stale"
    UNTRACKED = "untracked"


@dataclass(frozen=True)
class MaskReport:
    """One object on one frame.

    Attributes:
        frame: the frame.
        object_id: the object.
        status: where its mask stands; ``absent`` = tracked, and found not to be in the picture.
        confidence: that the mask can be trusted, 0 to 1; 1 for a known one, None for an untracked one.
        reason: the signal that spoke loudest against a mask that drifted; empty when it did not.
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
    for frame in range(project.frame_count) if frames is None else frames:
        for object_id in object_ids:
            yield _report(project, frame, object_id)


def _report(project: Project, frame: FrameIndex, object_id: ObjectId) -> MaskReport:
    claim = project.claim(frame, object_id)
    if claim.is_known:
        return MaskReport(frame, object_id, MaskStatus.KNOWN, 1.0)
    if not claim.parts:
        return MaskReport(frame, object_id, MaskStatus.UNTRACKED, None)
    record = project.record(frame, object_id) or {}
    id_in_pass = max(claim.parts)[1]
    is_stale = project.is_stale(frame, object_id)
    is_absent = id_in_pass in record.get("absent", ())
    fresh = MaskStatus.ABSENT if is_absent else MaskStatus.TRACKED
    return MaskReport(
        frame,
        object_id,
        MaskStatus.STALE if is_stale else fresh,
        record.get("confidence", {}).get(str(id_in_pass)),
        record.get("reasons", {}).get(str(id_in_pass), ""),
        any(f["object_id"] == id_in_pass and f["accepted"] for f in record.get("firings", ())),
    )
