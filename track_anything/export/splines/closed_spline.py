"""Closed splines of cubic Bézier segments, fitted to an outline by least squares."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from track_anything.export.splines.outline import Outline

LEFT, POINT, RIGHT = range(3)

_PER_SEGMENT = 16  # points of an outline that a segment is fitted to
_SHOWN = 12  # points of a segment when it is drawn
_DIGITS = 2  # behind the point of a coordinate in pixels


def fitted(outline: Outline, count: int, after: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """(count, 3, 2): x and y of the left handle, the point, and the right handle, without kinks.

    Points are equally far apart along the outline. They begin where they fit those before best, both moved
    to their centres.

    Args:
        outline: what is to be drawn.
        count: of points.
        after: (count, 3, 2) spline of the frame before.
    """
    samples = outline.resampled(count * _PER_SEGMENT)  # (M, 2)
    if after is not None:
        samples = np.roll(samples, -_beginning(samples, after[:, POINT]), axis=0)
    solved = _solver(count) @ samples  # (2 * count, 2)
    points, thirds = solved[:count], solved[count:] / 3
    spline = np.stack([points - thirds, points, points + thirds], axis=1)
    return np.asarray(np.round(spline, _DIGITS), np.float64)


def drawn(spline: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 2) points of a (count, 3, 2) spline, close to each other."""
    share = (np.arange(_SHOWN) / _SHOWN)[:, None]  # (S, 1)
    start, out = spline[:, None, POINT], spline[:, None, RIGHT]  # (count, 1, 2)
    after = np.roll(spline, -1, axis=0)
    back, end = after[:, None, LEFT], after[:, None, POINT]
    rest = 1 - share
    line = rest**3 * start + 3 * rest**2 * share * out + 3 * rest * share**2 * back + share**3 * end
    return np.asarray(line.reshape(-1, 2), np.float64)


def _beginning(samples: NDArray[np.float64], points: NDArray[np.float64]) -> int:
    """The place among (M, 2) samples from which every M / count-th lies next to the (count, 2) points."""
    steps = np.arange(len(points)) * (len(samples) // len(points))
    places = (np.arange(len(samples))[:, None] + steps) % len(samples)  # (M, count)
    moved, wanted = samples - samples.mean(axis=0), points - points.mean(axis=0)
    return int(np.square(moved[places] - wanted).sum(axis=(1, 2)).argmin())


@lru_cache(maxsize=16)
def _solver(count: int) -> NDArray[np.float64]:
    """(2 * count, M): points and their derivatives from samples at equal steps (cubic Hermite basis)."""
    share = np.arange(_PER_SEGMENT) / _PER_SEGMENT
    basis = np.zeros((count, _PER_SEGMENT, 2 * count))
    for segment in range(count):
        after = (segment + 1) % count
        basis[segment, :, segment] += (1 + 2 * share) * (1 - share) ** 2
        basis[segment, :, after] += share**2 * (3 - 2 * share)
        basis[segment, :, count + segment] += share * (1 - share) ** 2
        basis[segment, :, count + after] += share**2 * (share - 1)
    return np.asarray(np.linalg.pinv(basis.reshape(-1, 2 * count)), np.float64)
