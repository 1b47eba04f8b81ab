"""A suggestion of what has to go with an object, as an object of its own: its shadow and its reflection."""

from collections.abc import Iterator, Mapping

import cv2
import numpy as np

from track_anything.edits import GiveMask
from track_anything.errors import InputError
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.inpaint.company import company, reach_of
from track_anything.masks import box_of
from track_anything.project import Project
from track_anything.types import FrameIndex, Image, Mask, ObjectId
from track_anything.video import Video

_NEIGHBOURS = 10  # frames before and after, in which company has to be there too
_MOST = 0.6  # in so many of them


class Suggestion:
    """A suggestion about to be made; iterate to make it. The new object is one step to undo.

    The object is removed with all that is around it; what then differs from the picture, hangs together with
    the object and is none of the background's is suggested. That takes a background that other frames show.

    Args:
        project: where the masks are.
        video: its frames.
        object_id: whose company is looked for.
        frames: on which.

    Raises:
        InputError: there is no such object or range, or no room for another object.
    """

    def __init__(self, project: Project, video: Video, object_id: ObjectId, frames: range) -> None:
        project.check_object(object_id)
        project.check_range(frames.start, frames.stop)
        self._project = project
        self._video = video
        self._object_id = object_id
        self._frames = frames
        reach = max((reach_of(self._mask(frame)) for frame in frames), default=0)
        if reach == 0:
            name = project.state.objects[object_id]
            raise InputError(f"object {object_id} ({name}) is on none of these frames: track it first")
        self._reach = reach

    def __len__(self) -> int:
        """Frames to look at."""
        return len(self._frames)

    def __iter__(self) -> Iterator[FrameIndex]:
        found: dict[FrameIndex, bytes] = {}
        filled = FlowInpainter(HoleShape(self._reach, 0), still="diffusion").inpaint(self._clip())
        for frame, background in zip(self._frames, filled, strict=True):
            beside = company(self._video.frame(frame), background, self._mask(frame), self._reach)
            found[frame] = np.packbits(beside).tobytes()
            yield frame
        name = self._project.state.objects[self._object_id]
        with self._project.one_step():
            object_id = self._project.add_object(f"beside {name}")
            for frame in self._frames:
                self._project.give_mask(GiveMask(frame, object_id), self._steady(found, frame))

    def run(self) -> None:
        """Make the suggestion to its end."""
        for _ in self:
            continue

    def _clip(self) -> Iterator[tuple[Image, Mask]]:
        for frame in self._frames:
            yield self._video.frame(frame), self._mask(frame)

    def _mask(self, frame: FrameIndex) -> Mask:
        return self._project.mask(frame, self._object_id)

    def _steady(self, found: Mapping[FrameIndex, bytes], frame: FrameIndex) -> Mask:
        """What was found on a frame as far as it moves with the object: others come and go beside it."""
        here = _middle(self._mask(frame))
        own = self._unpacked(found[frame])
        if here is None or not own.any():
            return np.zeros_like(own)
        votes, voters = np.zeros(own.shape, np.float32), 0
        for other in range(frame - _NEIGHBOURS, frame + _NEIGHBOURS + 1):
            there = _middle(self._mask(other)) if other in found and other != frame else None
            if there is not None:
                right, down = here[0] - there[0], here[1] - there[1]
                shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
                size = own.shape[1], own.shape[0]
                votes += cv2.warpAffine(self._unpacked(found[other]).astype(np.float32), shift, size)
                voters += 1
        return np.asarray(own & (votes >= _MOST * voters), np.bool_)

    def _unpacked(self, packed: bytes) -> Mask:
        height, width = self._project.size
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=height * width)
        return np.asarray(bits.reshape(height, width) > 0)


def _middle(mask: Mask) -> tuple[float, float] | None:
    """X and y of the middle of an object's box."""
    box = box_of(mask)
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box is not None else None
