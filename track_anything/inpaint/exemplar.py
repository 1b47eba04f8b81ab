"""Filling by example: every small patch of the hole is to look like some patch of the picture.

Wexler, Shechtman and Irani, "Space-Time Completion of Video", PAMI 2007, sections 3 and 4, for a single
picture: patches are found and averaged in turns, from coarse to fine. They are found as in Barnes, Shechtman,
Finkelstein and Goldman, "PatchMatch", SIGGRAPH 2009, section 3, but for all pixels at once, as numpy can.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.inpaint.membrane import membrane
from track_anything.masks import box_of, distance_inside, padded
from track_anything.types import Image, Mask

_SIDE = 7  # of a patch, in pixels
_HALF = _SIDE // 2
_ROUNDS, _FINE_ROUNDS = 5, 1  # of finding and averaging; the finest grid costs most and changes least
_SWEEPS = 3  # of the search in each round
_REACH = 2.5  # how far round the hole examples are looked for, as a multiple of its size
_SOFTNESS = 0.4  # of the median distance: patches that fit worse than that hardly count
_BESIDE = ((0, 1), (1, 0), (0, -1), (-1, 0))


def exemplified(image: Image, hole: Mask) -> Image:
    """Fill a hole with what the picture shows elsewhere; texture goes on, and structure where it repeats.

    Args:
        image: (H, W, 3) RGB.
        hole: (H, W).

    Returns:
        (H, W, 3), the image outside of the hole. Smooth where no whole patch of the picture is known.
    """
    box = box_of(hole)
    if box is None:
        return image
    x0, y0, x1, y1 = box
    window = padded(box, round(_REACH * max(x1 - x0, y1 - y0)) + 4 * _SIDE)
    picture, part = image[window].astype(np.float32), hole[window]
    grids = [(picture, part)]
    while _thickness(grids[-1][1]) > _HALF and min(grids[-1][1].shape) > 4 * _SIDE:
        coarser = _halved(*grids[-1])
        if not _sources(coarser[1]).any():
            break
        grids.append(coarser)
    filled = membrane(grids[-1][0], ~grids[-1][1])
    generator = np.random.default_rng(0)
    field: NDArray[np.int64] | None = None
    for at in range(len(grids) - 1, -1, -1):
        colours, gap = grids[at]
        if filled.shape != colours.shape:
            filled = np.asarray(cv2.resize(filled, gap.shape[::-1], interpolation=cv2.INTER_LINEAR))
        filled = np.where(gap[..., None], filled, colours).astype(np.float32)
        grid = _Grid(filled, gap)
        if not grid.is_source.any():
            break
        rounds = _ROUNDS if at else _FINE_ROUNDS
        filled, field = grid.completed(field, generator, rounds)
    result = image.copy()
    result[window][part] = np.clip(np.rint(filled), 0, 255).astype(np.uint8)[part]
    return result


class _Grid:
    """A picture of which each patch that touches the hole has a source: a patch that is known.

    Args:
        picture: (h, w, 3), filled somehow.
        hole: (h, w).
    """

    def __init__(self, picture: NDArray[np.float32], hole: Mask) -> None:
        self._picture = picture
        self._hole = hole
        touched = grown_square(hole, _HALF)
        self.is_source = _sources(hole)
        self._targets = np.argwhere(touched)  # (N, 2) rows and columns
        self._row_of = np.full(hole.shape, -1, np.int64)
        self._row_of[tuple(self._targets.T)] = np.arange(len(self._targets))

    def completed(
        self, coarse: NDArray[np.int64] | None, generator: np.random.Generator, rounds: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The (h, w, 3) picture with the hole filled from its sources, and those, (h, w, 2) rows and columns.

        Args:
            coarse: the sources of a grid of half the size; None = drawn by chance.
            generator: of what is drawn.
            rounds: of finding and averaging.
        """
        sources = self._first(coarse, generator)
        for _ in range(rounds):
            sources, distance = self._searched(sources, generator)
            self._average(sources, distance)
        field = np.zeros((*self._hole.shape, 2), np.int64)
        field[tuple(self._targets.T)] = sources
        return self._picture, field

    def _first(self, coarse: NDArray[np.int64] | None, generator: np.random.Generator) -> NDArray[np.int64]:
        places = np.argwhere(self.is_source)
        drawn = places[generator.integers(len(places), size=len(self._targets))]
        if coarse is None:
            return drawn
        y, x = np.minimum(self._targets.T // 2, np.array(coarse.shape[:2])[:, None] - 1)
        doubled = 2 * coarse[y, x] + self._targets % 2
        return np.where(self._is_usable(doubled)[:, None], doubled, drawn)

    def _searched(
        self, sources: NDArray[np.int64], generator: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Better sources, from neighbours' and by chance, and how far each patch is from its own."""
        wanted = self._patches(self._targets)
        distance = self._distance(wanted, sources)
        is_any = np.ones(len(sources), np.bool_)
        for _ in range(_SWEEPS):
            for step in _BESIDE:
                y, x = np.clip(self._targets - step, 0, np.array(self._hole.shape) - 1).T
                row = self._row_of[y, x]
                self._improve(sources, distance, wanted, sources[row] + step, row >= 0)
            radius = max(self._hole.shape) / 2
            while radius >= 1:
                moved = sources + np.rint(generator.uniform(-radius, radius, sources.shape)).astype(np.int64)
                self._improve(sources, distance, wanted, moved, is_any)
                radius /= 3
        return sources, distance

    def _improve(
        self,
        sources: NDArray[np.int64],
        distance: NDArray[np.float32],
        wanted: NDArray[np.float32],
        offered: NDArray[np.int64],
        may: NDArray[np.bool_],
    ) -> None:
        """Take offered sources, in place, where they are nearer."""
        tried = np.flatnonzero(np.logical_and(self._is_usable(offered), may))
        found = self._distance(wanted[tried], offered[tried])
        better = found < distance[tried]
        sources[tried[better]], distance[tried[better]] = offered[tried[better]], found[better]

    def _is_usable(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        inside = np.asarray(((places >= 0) & (places < self._hole.shape)).all(axis=1), np.bool_)
        y, x = np.where(inside[:, None], places, 0).T
        return np.asarray(inside & self.is_source[y, x])

    def _patches(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """(N, side, side, 3)."""
        padded = np.pad(self._picture, ((_HALF, _HALF), (_HALF, _HALF), (0, 0)), mode="edge")
        views = np.lib.stride_tricks.sliding_window_view(padded, (_SIDE, _SIDE), axis=(0, 1))
        return np.asarray(views[tuple(places.T)], np.float32)

    def _distance(self, wanted: NDArray[np.float32], places: NDArray[np.int64]) -> NDArray[np.float32]:
        """(N,) mean squared difference of patches."""
        difference = (wanted - self._patches(places)).reshape(len(places), 3 * _SIDE**2)
        return np.asarray(np.einsum("np,np->n", difference, difference) / difference.shape[1], np.float32)

    def _average(self, sources: NDArray[np.int64], distance: NDArray[np.float32]) -> None:
        """Set each pixel of the hole to the mean of what the patches over it say."""
        scale = _SOFTNESS * float(np.median(distance)) + 1e-3
        weight = np.exp(-np.minimum(distance / scale, 50))[:, None] + 1e-6
        height, width = self._hole.shape
        total = np.zeros((height, width, 4), np.float64)
        for dy in range(-_HALF, _HALF + 1):
            for dx in range(-_HALF, _HALF + 1):
                step = np.array([dy, dx])
                y, x = (self._targets + step).T
                inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
                from_y, from_x = (sources[inside] + step).T
                own = weight[inside]
                total[y[inside], x[inside]] += np.hstack([own * self._picture[from_y, from_x], own])
        means = total[..., :3] / np.maximum(total[..., 3:], 1e-12)
        self._picture = np.where(self._hole[..., None], means, self._picture).astype(np.float32)


def grown_square(mask: Mask, by: int) -> Mask:
    """A (H, W) mask and all within so many rows and columns of it."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0)


def _sources(hole: Mask) -> Mask:
    """(H, W): the middles of the patches that are known whole."""
    is_source = ~grown_square(hole, _HALF)
    is_source[:_HALF], is_source[-_HALF:] = False, False
    is_source[:, :_HALF], is_source[:, -_HALF:] = False, False
    return is_source


def _thickness(hole: Mask) -> float:
    return float(distance_inside(hole).max())


def _halved(picture: NDArray[np.float32], hole: Mask) -> tuple[NDArray[np.float32], Mask]:
    height, width = hole.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    weight = (~hole).astype(np.float32)
    sums = cv2.resize(np.dstack([picture * weight[..., None], weight]), size, interpolation=cv2.INTER_AREA)
    known = sums[..., 3:]
    return np.asarray(sums[..., :3] / np.maximum(known, 1e-6), np.float32), np.asarray(known[..., 0] < 0.5)
