"""A suggestion of what goes with an object, shadow and reflection, as an object that belongs to it."""

from collections.abc import Iterator, Mapping

import cv2
import numpy as np

from track_anything.errors import InputError
from track_anything.inpaint.hole import HoleShape
from track_anything.inpaint.inpainter import FlowInpainter
from track_anything.inpaint.shadow_evidence import reach_of, shadow_of
from track_anything.masks import box_of
from track_anything.project import Project
from track_anything.project.edits import GiveMask, SetOwner
from track_anything.system.lifecycle import Running
from track_anything.types import FrameIndex, Image, Mask, ObjectId
from track_anything.video import Video
from track_anything.video.bit_depth import to_8_bits

_NEIGHBOURS = 10  # frames before and after, in which a shadow has to be there too
_MOST = 0.6  # in so many of them


class Suggestion(Running):
    """A suggestion about to be made; iterate to make it: a new object that goes with the other one.

    The object is removed with all that is around it; what then differs from the picture, hangs together with
    the object and is none of the background's is suggested. That takes a background that other frames show.

    Args:
        project: where the masks are.
        video: its frames.
        object_id: whose shadow is looked for.
        frames: on which.

    Raises:
        InputError: there is no such object or range, no room for another object, or something goes with it
            already; when it is made, nothing that could be a shadow was found.
    """

    def __init__(self, project: Project, video: Video, object_id: ObjectId, frames: range) -> None:
        project.check_object(object_id)
        project.check_range(frames.start, frames.stop)
        if object_id in project.state.owners:
            owner = project.state.owners[object_id]
            raise InputError(f"object {object_id} goes with object {owner}: ask for the shadow of that one")
        if going := project.state.going_with({object_id}):
            name = project.state.objects[going[0]]
            raise InputError(
                f"object {going[0]} ({name}) goes with object {object_id} already: delete it first, "
                "or mend its masks"
            )
        self._project = project
        self._video = video
        self._object_id = object_id
        self._frames = frames
        found = {frame: box_of(self._mask(frame)) for frame in frames}
        self._boxes = {frame: box for frame, box in found.items() if box is not None}
        if not self._boxes:
            name = project.state.objects[object_id]
            raise InputError(f"object {object_id} ({name}) is on none of these frames: track it first")
        self._reach = max(reach_of(box) for box in self._boxes.values())

    def __len__(self) -> int:
        """Frames to look at."""
        return len(self._frames)

    def __iter__(self) -> Iterator[FrameIndex]:
        found: dict[FrameIndex, bytes] = {}
        filled = FlowInpainter(HoleShape(self._reach, 0), still="diffusion").inpaint(self._clip())
        for frame, background in zip(self._frames, filled, strict=True):
            shadow = shadow_of(
                self._video.frame(frame), to_8_bits(background), self._mask(frame), self._reach
            )
            found[frame] = np.packbits(shadow).tobytes()
            yield frame
        steady = {frame: np.packbits(self._steady(found, frame)).tobytes() for frame in self._frames}
        name = self._project.state.objects[self._object_id]
        if not any(any(packed) for packed in steady.values()):
            raise InputError(
                f"nothing beside object {self._object_id} ({name}) looks like its shadow on these frames: "
                "click or paint it as an object of its own"
            )
        with self._project.one_step():
            object_id = self._project.add_object(f"shadow of {name}")
            self._project.edit(SetOwner(object_id, self._object_id))
            for frame in self._frames:
                self._project.give_mask(GiveMask(frame, object_id), self._unpacked(steady[frame]))

    def _clip(self) -> Iterator[tuple[Image, Mask]]:
        for frame in self._frames:
            yield self._video.frame(frame), self._mask(frame)

    def _mask(self, frame: FrameIndex) -> Mask:
        return self._project.mask(frame, self._object_id)

    def _steady(self, found: Mapping[FrameIndex, bytes], frame: FrameIndex) -> Mask:
        """What was found on a frame as far as it moves with the object: others come and go beside it."""
        own = self._unpacked(found[frame])
        if not own.any():
            return own
        x, y = _middle(self._boxes[frame])
        near = range(frame - _NEIGHBOURS, frame + _NEIGHBOURS + 1)
        others = [other for other in near if other != frame and other in self._boxes]
        votes = np.zeros(own.shape, np.float32)
        for other in others:
            other_x, other_y = _middle(self._boxes[other])
            shift = np.array([[1, 0, x - other_x], [0, 1, y - other_y]], np.float32)
            moved = cv2.warpAffine(self._unpacked(found[other]).astype(np.float32), shift, own.shape[::-1])
            votes += np.asarray(moved, np.float32)
        return np.asarray(own & (votes >= _MOST * len(others)), np.bool_)

    def _unpacked(self, packed: bytes) -> Mask:
        height, width = self._project.size
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=height * width)
        return np.asarray(bits.reshape(height, width) > 0)


def _middle(box: tuple[int, int, int, int]) -> tuple[float, float]:
    """Its x and y."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
