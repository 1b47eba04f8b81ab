"""Where exports with an alpha channel take it from."""

from collections.abc import Collection, Iterator
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from track_anything.matting.union import clipped_round, united
from track_anything.review import MaskReport
from track_anything.types import AnyImage, FrameIndex, Image, Mask, ObjectId

Alpha: TypeAlias = NDArray[np.float32]
"""(H, W), 0 to 1."""


class Cutout(NamedTuple):
    """Objects cut out of a frame: (H, W, 3) RGB colours, as deep as the frame, and (H, W) alpha."""

    colours: AnyImage
    alpha: Alpha


class MaskSource(Protocol):
    """Where masks of single objects come from."""

    def mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object."""
        ...

    def probability(self, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """How sure the tracker was of each pixel, (H, W) float32 from 0 to 1."""
        ...

    def standing(self, frame: FrameIndex, object_id: ObjectId) -> MaskReport:
        """How the mask stands, and how far it can be trusted."""
        ...


class AlphaSource(Protocol):
    """Where alpha comes from. Frames are asked for in order, each once."""

    def alphas(self, frame: FrameIndex, image: Image) -> Iterator[tuple[ObjectId, Alpha]]:
        """The alpha of every object on a frame, given its (H, W, 3) image: its own share of each pixel."""
        ...

    def together(self, frame: FrameIndex, image: Image) -> Alpha:
        """The alpha of all objects together: solid where they touch."""
        ...

    def cutout(self, frame: FrameIndex, image: AnyImage) -> Cutout:
        """All objects together, given the frame's (H, W, 3) image."""
        ...


class SoftAlpha:
    """An ``AlphaSource`` of the tracker's probabilities; colours stay those of the picture.

    Args:
        masks: where they come from.
        objects: whose.
    """

    def __init__(self, masks: MaskSource, objects: Collection[ObjectId]) -> None:
        self._masks = masks
        self._objects = objects

    def alphas(self, frame: FrameIndex, image: Image) -> Iterator[tuple[ObjectId, Alpha]]:  # noqa: ARG002
        """See ``AlphaSource``."""
        for object_id in self._objects:
            yield object_id, self._masks.probability(frame, object_id)

    def together(self, frame: FrameIndex, image: AnyImage) -> Alpha:
        """See ``AlphaSource``: how sure it is that a pixel belongs to any of the objects."""
        masks = [self._masks.mask(frame, object_id) for object_id in self._objects]
        if not masks:
            return np.zeros(image.shape[:2], np.float32)
        alphas = [self._masks.probability(frame, object_id) for object_id in self._objects]
        return clipped_round(united(alphas, masks), np.logical_or.reduce(masks))

    def cutout(self, frame: FrameIndex, image: AnyImage) -> Cutout:
        """See ``AlphaSource``; the colours are those of the picture."""
        return Cutout(image, self.together(frame, image))
