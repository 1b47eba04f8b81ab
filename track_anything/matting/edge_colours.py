"""Which colours objects have along their edges, where the picture mixes them with what is behind."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import cv2
import numpy as np

from track_anything.matting.alpha_source import Alpha, AlphaSource, Cutout
from track_anything.matting.foreground import estimate_foreground
from track_anything.types import AnyImage, Choice, Choices, FrameIndex, Image, ObjectId
from track_anything.video.bit_depth import to_8_bits

ColoursOf: TypeAlias = Callable[[AnyImage, Alpha], AnyImage]
"""From the (H, W, 3) picture and the (H, W) alpha of what is cut out to its colours."""

_REACH = 8  # pixels inside of an edge that the light of a screen still tints


def picture_colours(image: AnyImage, _alpha: Alpha) -> AnyImage:
    """The colours as they are in the picture."""
    return image


def _despilled(channel: int) -> ColoursOf:
    def despill(image: AnyImage, alpha: Alpha) -> AnyImage:
        """Near edges the channel is at most the mean of the two others, the usual limit of keyers."""
        inside = cv2.erode(np.asarray(alpha >= 1, np.uint8), np.ones((2 * _REACH + 1,) * 2, np.uint8))
        others = [each for each in range(3) if each != channel]
        limit = image[:, :, others].mean(axis=2)  # (H, W)
        colours = image.copy()
        spilt = (inside == 0) & (alpha > 0) & (image[:, :, channel] > limit)
        colours[spilt, channel] = np.rint(limit[spilt]).astype(image.dtype)
        return colours

    return despill


EDGE_COLOURS: Choices[Choice[[], ColoursOf], [], ColoursOf] = Choices(
    "edge colour",
    {
        "own": Choice(lambda: estimate_foreground, "the object's own, without what is behind it"),
        "picture": Choice(lambda: picture_colours, "as they are in the picture"),
        "despill-green": Choice(lambda: _despilled(1), "the picture's, without the light of a green screen"),
        "despill-blue": Choice(lambda: _despilled(2), "the same for a blue screen"),
    },
)
"""By name."""


class Recoloured:
    """An ``AlphaSource`` whose cut-outs have other colours along their edges.

    Args:
        alphas: where alpha comes from.
        colours: tells the colours.
    """

    def __init__(self, alphas: AlphaSource, colours: ColoursOf) -> None:
        self._alphas = alphas
        self._colours = colours

    def alphas(self, frame: FrameIndex, image: Image) -> Iterator[tuple[ObjectId, Alpha]]:
        """See ``AlphaSource``."""
        return self._alphas.alphas(frame, image)

    def together(self, frame: FrameIndex, image: Image) -> Alpha:
        """See ``AlphaSource``."""
        return self._alphas.together(frame, image)

    def cutout(self, frame: FrameIndex, image: AnyImage) -> Cutout:
        """See ``AlphaSource``."""
        alpha = self._alphas.together(frame, to_8_bits(image))
        return Cutout(self._colours(image, alpha), alpha)
