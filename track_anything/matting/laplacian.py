"""The matting Laplacian, only where a trimap is unknown.

Levin, Lischinski and Weiss, "A Closed-Form Solution to Natural Image Matting", PAMI 2008, section 3.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from track_anything.matting.trimap import FOREGROUND, UNKNOWN, Trimap
from track_anything.types import Image

_SIDE = 3  # of a window, in pixels
_AREA = _SIDE * _SIDE
_SPAN = 2 * _SIDE - 1  # two pixels of one window are at most two rows and two columns apart: 5 x 5 neighbours
_CENTRE = _SPAN * _SPAN // 2


@dataclass(frozen=True, eq=False)
class MattingSystem:
    """The linear system ``matrix @ alpha = target`` of the N unknown pixels, in the order of rows.

    Attributes:
        matrix: (N, N), symmetric and positive definite: the unknown rows and columns of the Laplacian.
        target: (N,), minus the Laplacian's columns of the known foreground, summed.
        pixels: (N,) flat indices into the image.
    """

    matrix: sparse.csr_array
    target: NDArray[np.float64]
    pixels: NDArray[np.intp]

    def held_to(self, prior: NDArray[np.float32], weight: float) -> "MattingSystem":
        """The system with squared distances of its alphas to a (H, W) prior added, each times a weight."""
        held = self.matrix + weight * sparse.eye_array(self.pixels.size, format="csr")
        return MattingSystem(
            sparse.csr_array(held), self.target + weight * prior.flat[self.pixels], self.pixels
        )


def matting_system(image: Image, trimap: Trimap, epsilon: float) -> MattingSystem:
    """Equation 12 of the paper over the 3 x 3 windows that touch an unknown pixel, known alphas put in.

    With colours as 0 to 1, pixels i and j of a window with mean m and covariance S add to entry (i, j)
    ``[i = j] - (1 + (I_i - m)' (S + epsilon / 9)^-1 (I_j - m)) / 9``.

    Args:
        image: (H, W, 3) RGB, at least 3 x 3 pixels.
        trimap: (H, W) with at least one unknown pixel.
        epsilon: how much a line of colours may bend within a window; the paper's, for colours as 0 to 1.
    """
    height, width = trimap.shape
    is_unknown = trimap == UNKNOWN
    pixels = np.flatnonzero(is_unknown)
    row_of = np.full(height * width, -1, np.int32)
    row_of[pixels] = np.arange(pixels.size, dtype=np.int32)

    steps = [dy * width + dx for dy in range(_SIDE) for dx in range(_SIDE)]
    touched = np.zeros((height - _SIDE + 1, width - _SIDE + 1), np.bool_)
    for dy in range(_SIDE):
        for dx in range(_SIDE):
            touched |= is_unknown[dy : dy + touched.shape[0], dx : dx + touched.shape[1]]
    tops, lefts = np.nonzero(touched)
    corners = tops * width + lefts  # (M,) the upper left pixel of every window

    entries = _entries(image.reshape(-1, 3), corners, steps, row_of, pixels.size, epsilon)
    return _reduced(entries, trimap, pixels, row_of)


def _entries(
    colours: NDArray[np.uint8],
    corners: NDArray[np.intp],
    steps: list[int],
    row_of: NDArray[np.int32],
    count: int,
    epsilon: float,
) -> NDArray[np.float64]:
    """(25, N): the Laplacian between each unknown pixel and its 5 x 5 neighbours, in the order of rows."""
    planes = np.ascontiguousarray(colours.T).astype(np.float64) / 255  # (3, H * W): long lines are quick
    window = np.stack([planes[:, corners + step] for step in steps])  # (9, 3, M)
    window -= window.mean(axis=0)
    whitened = _whitened(window, epsilon / _AREA)
    entries = np.zeros((_SPAN * _SPAN, count + 1))  # the last column gathers the rows of known pixels
    rows = [row_of[corners + step] for step in steps]  # -1, the last column, where known
    for i in range(_AREA):
        for j in range(i, _AREA):
            (red, green, blue), (own_red, own_green, own_blue) = whitened[i], window[j]
            share = (red * own_red + green * own_green + blue * own_blue + 1) / -_AREA
            offset = (j // _SIDE - i // _SIDE) * _SPAN + (j % _SIDE - i % _SIDE)
            if i == j:
                share += 1
                entries[_CENTRE, rows[i]] += share
            else:  # no two windows have the same pixel in the same place, so that no sum is lost
                entries[_CENTRE + offset, rows[i]] += share
                entries[_CENTRE - offset, rows[j]] += share
    return entries[:, :count]


def _whitened(window: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    """(9, 3, M): centred colours of M windows, times the inverse of their covariance with a ridge."""
    red, green, blue = window[:, 0], window[:, 1], window[:, 2]  # (9, M)
    rr, rg, rb = ((red * other).mean(axis=0) for other in (red, green, blue))
    gg, gb, bb = (green * green).mean(axis=0), (green * blue).mean(axis=0), (blue * blue).mean(axis=0)
    rr, gg, bb = rr + ridge, gg + ridge, bb + ridge
    # A symmetric matrix of 3 x 3 is inverted by its cofactors, for all windows at once.
    inverse = [
        [gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg],
        [rb * gb - rg * bb, rr * bb - rb * rb, rg * rb - rr * gb],
        [rg * gb - rb * gg, rg * rb - rr * gb, rr * gg - rg * rg],
    ]
    scale = 1 / (rr * inverse[0][0] + rg * inverse[0][1] + rb * inverse[0][2])
    rows = [(red * row[0] + green * row[1] + blue * row[2]) * scale for row in inverse]
    return np.stack(rows, axis=1)


def _reduced(
    entries: NDArray[np.float64], trimap: Trimap, pixels: NDArray[np.intp], row_of: NDArray[np.int32]
) -> MattingSystem:
    """Keep the columns of unknown pixels as the matrix; move those of the foreground to the other side."""
    height, width = trimap.shape
    rows, columns = np.divmod(pixels, width)
    reach = range(-(_SIDE - 1), _SIDE)
    beside = np.empty(
        (pixels.size, _SPAN * _SPAN), np.int32
    )  # rows of the matrix, -1 known, within the picture
    target = np.zeros(pixels.size)
    is_foreground = trimap.ravel() == FOREGROUND
    for slot, (dy, dx) in enumerate((dy, dx) for dy in reach for dx in reach):
        y, x = rows + dy, columns + dx
        is_inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        neighbour = np.where(is_inside, y * width + x, 0)
        beside[:, slot] = np.where(is_inside, row_of[neighbour], -1)
        target -= entries[slot] * (is_inside & is_foreground[neighbour])
    is_kept = beside >= 0
    ends = np.concatenate([[0], np.cumsum(is_kept.sum(axis=1))])
    matrix = sparse.csr_array(
        (entries.T[is_kept], beside[is_kept], ends.astype(np.int32)), shape=(pixels.size, pixels.size)
    )
    return MattingSystem(matrix, target, pixels)
