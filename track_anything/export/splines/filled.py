"""Which pixels closed lines enclose."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from track_anything.types import Mask


def filled(lines: Sequence[NDArray[np.float64]], size: tuple[int, int]) -> Mask:
    """The (H, W) pixels whose centres an odd number of closed lines enclose.

    Args:
        lines: (N, 2) x and y from the upper left corner of the picture each; the last point joins the first.
        size: (height, width).
    """
    mask = np.zeros(size, np.bool_)
    if not lines:
        return mask
    every = np.concatenate(lines)
    least = np.clip(np.floor(every.min(axis=0)), 0, size[::-1]).astype(np.int64)
    most = np.clip(np.ceil(every.max(axis=0)), least, size[::-1]).astype(np.int64)
    width, height = (most - least).tolist()
    crossed = [_crossed(line - least, height, width) for line in lines]
    crossings = np.bincount(np.concatenate(crossed), minlength=height * (width + 1))
    is_inside = np.cumsum(crossings.reshape(height, width + 1), axis=1) % 2 == 1
    mask[least[1] : most[1], least[0] : most[0]] = is_inside[:, :width]
    return mask


def _crossed(line: NDArray[np.float64], height: int, width: int) -> NDArray[np.int64]:
    """Where a closed line crosses the middles of rows: row * (width + 1) + the first column behind."""
    x0, y0 = line.T
    x1, y1 = np.roll(line, -1, axis=0).T
    # an edge crosses the middles of the rows first to stop - 1
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, height).astype(np.int64)
    stop = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, height).astype(np.int64)
    counts = stop - first
    edge = np.repeat(np.arange(len(line)), counts)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    share = (row + 0.5 - y0[edge]) / (y1 - y0)[edge]
    x = x0[edge] + share * (x1 - x0)[edge]
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    return np.asarray(row * (width + 1) + column, np.int64)
