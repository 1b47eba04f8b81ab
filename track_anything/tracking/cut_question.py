"""Where a pass comes to another shot and nobody has said whether its objects are in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from track_anything.project import Project
from track_anything.project.edits import Propagate
from track_anything.types import FrameIndex, ObjectId

AtCut: TypeAlias = Literal["go-on", "stop"]
"""What tracking does where another shot begins: go on, believing only what looks like the object, or stop."""


@dataclass(frozen=True)
class CutQuestion:
    """Are these objects in the shot that begins here?

    Attributes:
        number: of the pass that has stopped.
        frame: the first frame of the shot in the direction of the pass.
        start: first frame of the shot that the pass would write.
        stop: the frame after the last one.
        object_ids: the objects about which nothing is known there.
    """

    number: int
    frame: FrameIndex
    start: FrameIndex
    stop: FrameIndex
    object_ids: tuple[ObjectId, ...]

    def open_objects(self, project: Project) -> tuple[ObjectId, ...]:
        """The objects about which nothing was said since; none when the pass is no longer waiting."""
        if self.number not in project.unfinished_passes():
            return ()
        shot = range(self.start, self.stop)
        return tuple(
            object_id
            for object_id in self.object_ids
            if object_id in project.state.objects and not _is_told(project, object_id, shot, self.frame)
        )


def next_question(
    project: Project, number: int, frames: Sequence[FrameIndex], cuts: Collection[FrameIndex]
) -> CutQuestion | None:
    """The first question on the way of a pass; None when it can go through.

    At the first of the frames nothing is asked: who goes on from there has been asked before.

    Args:
        project: what is known.
        number: of the pass.
        frames: those that it has yet to go through, in its order.
        cuts: frames that begin another shot, as the video runs.
    """
    edit = project.state.passes[number]
    entries = entered_at(edit, cuts)
    places = [place for place, frame in enumerate(frames) if place > 0 and frame in entries]
    for place, end in pairwise([*places, len(frames)]):
        shot = sorted((frames[place], frames[end - 1]))
        inside = range(shot[0], shot[1] + 1)
        asked = tuple(
            object_id
            for object_id in sorted(edit.followed_on(frames[place]))
            if not _is_told(project, object_id, inside, frames[place])
        )
        if asked:
            return CutQuestion(number, frames[place], inside.start, inside.stop, asked)
    return None


def entered_at(edit: Propagate, cuts: Collection[FrameIndex]) -> frozenset[FrameIndex]:
    """The frames on which a pass comes into another shot: backward, those before a cut."""
    return frozenset(cuts) if edit.step > 0 else frozenset(cut - 1 for cut in cuts)


def idle_frames(project: Project, edit: Propagate) -> frozenset[FrameIndex]:
    """Frames of a pass that say what the one before has said: all its objects are known to be absent."""
    absent = {frame for frame in edit.frames if _are_absent(project, edit.object_ids, frame)}
    return frozenset(frame for frame in absent if frame - edit.step in absent)


def _are_absent(project: Project, object_ids: Collection[ObjectId], frame: FrameIndex) -> bool:
    if any(frame not in project.state.frames_known(object_id) for object_id in object_ids):
        return False
    return all(not project.claim(frame, object_id).parts for object_id in object_ids)


def _is_told(project: Project, object_id: ObjectId, shot: range, first: FrameIndex) -> bool:
    """Whether a person has said where an object is in a shot, or that it is not on its first frame."""
    known = project.state.frames_known(object_id)
    seen = (frame for frame in known if frame in shot and project.stored_mask(frame, object_id).any())
    return first in known or next(seen, None) is not None
