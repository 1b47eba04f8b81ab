"""What an editor should see on the timeline: cuts, drift, frames to fix, and what is locked."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from track_anything.project import Project
from track_anything.review.doubt import frames_in_doubt
from track_anything.review.report import MaskReport, MaskStatus, report
from track_anything.types import FrameIndex, ObjectId


class MarkerKind(Enum):
    """What a marker is about."""

    CUT = "cut"
    DRIFT = "drift"
    FIX = "fix"
    LOCK = "lock"


@dataclass(frozen=True)
class Marker:
    """A place on the timeline that a person should know of.

    Attributes:
        kind: what it is about.
        start: first frame.
        stop: the frame after the last one.
        name: a few words.
        comment: the rest; may be empty.
    """

    kind: MarkerKind
    start: FrameIndex
    stop: FrameIndex
    name: str
    comment: str = ""


def markers_of(
    project: Project, cuts: Collection[FrameIndex], objects: Collection[ObjectId], frames: range
) -> list[Marker]:
    """All markers of some objects within some frames, by their first frame; loads no model.

    Args:
        project: whose masks are reported on.
        cuts: the first frame of every shot but the first.
        objects: whose markers.
        frames: within which they lie; stretches that reach beyond are cut off.
    """
    names = project.state.objects
    found = [
        Marker(MarkerKind.CUT, cut, cut + 1, "cut", "another shot begins") for cut in cuts if cut in frames
    ]
    lines: dict[ObjectId, list[MaskReport]] = {object_id: [] for object_id in objects}
    for line in report(project, frames, objects):
        lines[line.object_id].append(line)
    for object_id, own in lines.items():
        found += _stretches(own, names[object_id])
    doubtful = [(frame, o) for frame, o in frames_in_doubt(project, frames) if o in lines]
    for place, (frame, object_id) in enumerate(doubtful, start=1):
        line = lines[object_id][frame - frames.start]
        trust = "" if line.confidence is None else f"confidence {line.confidence:.2f}"
        comment = ", ".join(part for part in (trust, line.reason) if part)
        found.append(Marker(MarkerKind.FIX, frame, frame + 1, f"fix {place}: {names[object_id]}", comment))
    return sorted(found, key=lambda marker: (marker.start, marker.kind.value, marker.name))


def _stretches(lines: Sequence[MaskReport], name: str) -> Iterator[Marker]:
    """Where an object drifted, by its reason, and where its masks are known."""
    begun: tuple[MarkerKind, str, FrameIndex] | None = None
    for line in (*lines, None):
        kind, reason = _about(line) if line is not None else (None, "")
        if begun is not None and (line is None or begun[:2] != (kind, reason)):
            stop = line.frame if line is not None else lines[-1].frame + 1
            yield _stretch(*begun, stop, name)
            begun = None
        if line is not None and kind is not None and begun is None:
            begun = (kind, reason, line.frame)


def _about(line: MaskReport) -> tuple[MarkerKind | None, str]:
    if line.status is MaskStatus.KNOWN:
        return MarkerKind.LOCK, ""
    return (MarkerKind.DRIFT, line.reason) if line.reason else (None, "")


def _stretch(kind: MarkerKind, reason: str, start: FrameIndex, stop: FrameIndex, name: str) -> Marker:
    if kind is MarkerKind.LOCK:
        return Marker(kind, start, stop, f"{name} locked", "given by a person, never tracked over")
    return Marker(kind, start, stop, f"{name} drifted", reason)
