"""How far the labelling of a video is, seen from its project."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from track_anything.project import Project
from track_anything.review import MaskStatus, report
from track_anything.review.doubt import best_of_stretches
from track_anything.review.ranking import rank_frames
from track_anything.review.trust import IN_DOUBT, open_to_doubt
from track_anything.types import FrameIndex, ObjectId


class VideoState(Enum):
    """How far a video is."""

    UNTOUCHED = "untouched"
    PROPOSED = "proposed"  # there are objects, and frames to be tracked
    TRACKED = "tracked"
    IN_DOUBT = "in doubt"
    REVIEWED = "reviewed"  # every mask is known: given, or locked by a person
    DONE = "done"  # a person said so


@dataclass(frozen=True)
class NextFrame:
    """A frame that needs a person.

    Attributes:
        video: name of the video.
        frame: the frame.
        object_id: the object to look at.
        gain: by how much a correction there should help, in frames of doubt that it takes away.
    """

    video: str
    frame: FrameIndex
    object_id: ObjectId
    gain: float


@dataclass(frozen=True)
class Standing:
    """How far a video is.

    Attributes:
        state: in a word.
        objects: how many it has.
        frames: how many are to be labelled.
        seconds: how long these are.
        known: masks that are known, of all objects on all these frames.
        masks: how many masks that would be in all.
        next_frames: those that need a person, one for each stretch of doubtful masks, the most helpful
            first; none when nothing is in doubt.
        names: what its objects are called.
    """

    state: VideoState
    objects: int = 0
    frames: int = 0
    seconds: float = 0.0
    known: int = 0
    masks: int = 0
    next_frames: tuple[NextFrame, ...] = ()
    names: Mapping[ObjectId, str] = field(default_factory=dict)


def standing_of(name: str, project: Project, *, is_done: bool = False) -> Standing:
    """How far the video of a project is; reads no mask and loads no model.

    Args:
        name: of the video.
        project: open, for reading at least.
        is_done: a person said so.
    """
    frames = project.state.chosen_range or range(project.frame_count)
    tracked: dict[ObjectId, dict[FrameIndex, float]] = defaultdict(dict)
    known = left = 0
    lines = list(report(project, frames))
    for line in lines:
        known += line.status is MaskStatus.KNOWN
        left += line.status in (MaskStatus.UNTRACKED, MaskStatus.STALE)
    for line, trust in open_to_doubt(project, lines):
        if line.status is not MaskStatus.STALE:
            tracked[line.object_id][line.frame] = trust
    next_frames = []
    for object_id, confidence in tracked.items():
        gains = dict(rank_frames(confidence, project.state.frames_known(object_id)))
        doubtful = {frame: sure for frame, sure in confidence.items() if sure < IN_DOUBT}
        for frame, gain in best_of_stretches(doubtful, gains):
            next_frames.append(NextFrame(name, frame, object_id, gain))
    next_frames.sort(key=lambda each: (-each.gain, each.frame, each.object_id))
    objects = len(project.state.objects)
    info = project.description.video
    return Standing(
        _state(objects, left, known < objects * len(frames), bool(next_frames), is_done=is_done),
        objects,
        len(frames),
        len(frames) / float(info.average_rate),
        known,
        objects * len(frames),
        tuple(next_frames),
        dict(project.state.objects),
    )


def _state(objects: int, left: int, has_unknown: bool, has_doubt: bool, *, is_done: bool) -> VideoState:
    if not objects:
        return VideoState.UNTOUCHED
    if is_done:
        return VideoState.DONE
    if not has_unknown:
        return VideoState.REVIEWED
    if left:
        return VideoState.PROPOSED
    return VideoState.IN_DOUBT if has_doubt else VideoState.TRACKED
