"""A window of frames whose holes are filled together."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.inpaint.composition import compose, step_of
from track_anything.inpaint.flow_completion import WithHole, background_flows
from track_anything.inpaint.hole import HoleWeight, grown
from track_anything.inpaint.light import light_change
from track_anything.inpaint.still import Paint, diffused
from track_anything.inpaint.trail import Region, Step, Trail, follow
from track_anything.types import AnyImage, FrameIndex, Image, Mask
from track_anything.video.bit_depth import to_8_bits
from track_anything.video.motion import EstimateFlow

_RIM = 4  # pixels round a hole, of the coarser grid, in which fill and picture are compared
_MADE_UP = 5.0  # the cost, in pixels, of a place that no frame shows: whatever was seen is better
_PAINTED = range(-2, -10, -1)
"""Numbers of the pictures that are painted for a window: none is a frame's. What they leave are specks."""


@dataclass
class WindowFrame:
    """A frame of a window.

    Attributes:
        index: which.
        image: (H, W, 3).
        share: (H, W), how much of each pixel is to be replaced.
        small: (h, w, 3), the picture on the grid that motion is sought on.
        region: the pixels of that grid that need filling, and a rim round them.
        is_made_up: (h, w), what is no background but was painted; in frames that were filled before.
    """

    index: FrameIndex
    image: AnyImage
    share: HoleWeight
    small: Image
    region: Region
    is_made_up: Mask | None = None

    @cached_property
    def digest(self) -> bytes:
        """Of all that is known of the frame."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.image, self.share, self.is_made_up):
            if part is not None:
                digest.update(np.ascontiguousarray(part).data)
        return digest.digest()

    @classmethod
    def of(cls, index: FrameIndex, image: AnyImage, share: HoleWeight, longest_side: int) -> "WindowFrame":
        """A frame with its hole; motion is sought on a grid of at most so many pixels a side."""
        height, width = share.shape
        scale = min(1.0, longest_side / max(height, width))
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        hole = np.asarray(cv2.resize(share, size, interpolation=cv2.INTER_AREA) > 0)
        small = resized(to_8_bits(image), size)
        if hole.any():
            small = diffused(small, hole)
            guess = resized(small, (width, height)).astype(image.dtype) * image.dtype.type(step_of(image))
            image = np.where((share == 1)[..., None], guess, image)
        return cls(index, image, share, small, Region(hole, grown(hole, _RIM)))

    def filled(self, image: AnyImage, is_made_up: Mask) -> "WindowFrame":
        """The frame after its hole was filled."""
        nothing = np.zeros_like(self.region.hole)
        small = resized(to_8_bits(image), self.small.shape[1::-1])
        share = np.zeros_like(self.share)
        return WindowFrame(self.index, image, share, small, Region(nothing, nothing), is_made_up)


@dataclass
class Window:
    """Frames that follow each other.

    Attributes:
        frames: in order.
        flow: finds the motion between two of them.
        paint: makes up what none of them shows.
    """

    frames: Sequence[WindowFrame]
    flow: EstimateFlow
    paint: Paint
    _sources: dict[int, AnyImage] = field(default_factory=dict)

    def fill(self, count: int) -> list[WindowFrame]:
        """The first frames with their holes filled; the others are looked at only."""
        frames = self.frames
        if not any(frame.share.any() for frame in frames[:count]):
            return list(frames[:count])
        self._sources = {frame.index: frame.image for frame in frames}
        steps = self._steps()
        seen = [self._passed(order, steps) for order in (range(len(frames)), range(len(frames))[::-1])]
        painted = self._painted([*zip(*seen, strict=True)], steps)
        return [self._filled(at, [seen[0][at], seen[1][at], painted[at]]) for at in range(count)]

    def _steps(self) -> dict[tuple[int, int], Step]:
        """From each frame that has a hole to the one before and to the one after it, by their two numbers."""
        steps: dict[tuple[int, int], Step] = {}
        for pair in pairwise(range(len(self.frames))):
            regions = [self.frames[at].region for at in pair]
            if not any(region.pixels.size for region in regions):
                continue  # all is seen in both
            one, other = (WithHole(self.frames[at].small, self.frames[at].region.hole) for at in pair)
            there, back = background_flows(self.flow, one, other)
            brighter, darker = light_change(one, other, there, back), light_change(other, one, back, there)
            steps[pair] = Step.of(regions[0], there, back, brighter)
            steps[pair[::-1]] = Step.of(regions[1], back, there, darker)
        return steps

    def _passed(self, order: range, steps: Mapping[tuple[int, int], Step]) -> list[Trail]:
        """Trails to frames that come earlier in an order."""
        trails = [Trail.empty(frame.region.pixels.size) for frame in self.frames]
        for before, at in pairwise(order):
            neighbour = self.frames[before]
            if trails[at].source.size == 0:
                continue
            trails[at] = follow(steps[at, before], neighbour.region, trails[before], neighbour.index)
            _mark_made_up(trails[at], neighbour)
        return trails

    def _painted(
        self, seen: Sequence[tuple[Trail, ...]], steps: Mapping[tuple[int, int], Step]
    ) -> list[Trail]:
        """Trails of what no frame shows, to pictures in which it is painted; carried as far as they go."""
        frames = self.frames
        painted = [Trail.empty(frame.region.pixels.size) for frame in frames]
        wanting = [
            frame.region.is_hidden & ~trails[0].is_found & ~trails[1].is_found
            for frame, trails in zip(frames, seen, strict=True)
        ]
        for number in _PAINTED:
            key = int(np.argmax([own.sum() for own in wanting]))
            if not wanting[key].any():
                break
            self._sources[number] = self._painting(key, [*seen[key], painted[key]], wanting[key])
            self._carry(key, number, painted, wanting, steps)
        return painted

    def _painting(self, key: int, trails: Sequence[Trail], wanting: NDArray[np.bool_]) -> Image:
        """Frame ``key`` with everything that was found, and the rest made up; of its own size."""
        frame = self.frames[key]
        found = compose(frame.image, frame.share, frame.region, trails, self._sources)
        small = resized(to_8_bits(found), frame.small.shape[1::-1])
        made = self.paint(small, frame.region.on_picture(wanting))
        return resized(made, frame.image.shape[1::-1])

    def _carry(
        self,
        key: int,
        number: int,
        painted: list[Trail],
        wanting: list[NDArray[np.bool_]],
        steps: Mapping[tuple[int, int], Step],
    ) -> None:
        own = painted[key]
        own.source[wanting[key]] = number
        own.place[wanting[key]] = self.frames[key].region.places[wanting[key]]
        own.cost[wanting[key]] = _MADE_UP
        wanting[key][:] = False
        for order in (range(key, len(self.frames)), range(key, -1, -1)):
            for before, at in pairwise(order):
                if not wanting[at].any():
                    continue
                reached = follow(steps[at, before], self.frames[before].region, painted[before], None)
                taken = wanting[at] & reached.is_found
                for name in ("source", "place", "cost", "brighter"):
                    getattr(painted[at], name)[taken] = getattr(reached, name)[taken]
                wanting[at] &= ~taken

    def _filled(self, at: int, trails: Sequence[Trail]) -> WindowFrame:
        frame = self.frames[at]
        if not frame.share.any():
            return frame
        image = compose(frame.image, frame.share, frame.region, trails, self._sources)
        costs = [np.where(trail.is_found, trail.cost, np.inf) for trail in trails]
        is_made_up = frame.region.is_hidden & ~(np.min(costs, axis=0) < _MADE_UP)
        return frame.filled(image, frame.region.on_picture(is_made_up))


def resized(image: Image, size: Sequence[int]) -> Image:
    """An (H, W, 3) image of another (width, height)."""
    if image.shape[1::-1] == size:
        return image
    is_smaller = size[0] < image.shape[1]
    method = cv2.INTER_AREA if is_smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (size[0], size[1]), interpolation=method), np.uint8)


def _mark_made_up(trail: Trail, neighbour: WindowFrame) -> None:
    """Trust less what a frame shows that was filled before, where that was painted."""
    if neighbour.is_made_up is None:
        return
    is_own = trail.source == neighbour.index
    x, y = np.rint(trail.place[is_own]).astype(np.int64).T
    trail.cost[is_own] += _MADE_UP * neighbour.is_made_up[y, x]
