"""From trails to colours: fetched from other frames, fitted to the light of this one, without a seam."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.inpaint.hole import HoleWeight
from track_anything.inpaint.membrane import membrane
from track_anything.inpaint.trail import Region, Trail
from track_anything.masks import box_of
from track_anything.types import AnyImage

_TEMPERATURE = 0.4  # pixels of cost by which one of two sources loses most of its weight
_LINE = 1024  # pixels of a line handed to OpenCV, whose pictures may not be wider than 32,767
_MOST_MISFIT = 40.0  # levels; a rim that differs by more shows something else, not another light


def compose(
    image: AnyImage,
    share: HoleWeight,
    region: Region,
    trails: Sequence[Trail],
    sources: Mapping[int, AnyImage],
) -> AnyImage:
    """The frame with its hole filled.

    Args:
        image: (H, W, 3); what comes out has as many levels.
        share: (H, W), how much of each pixel is replaced.
        region: the pixels that trails are known for, on a grid that may be coarser.
        trails: where those are seen, by trails that are weighed against each other.
        sources: (H, W, 3) pictures by the numbers that trails name.

    Returns:
        (H, W, 3), bit for bit ``image`` where ``share`` is 0.
    """
    if not share.any():
        return image
    height, width = share.shape
    numbers = region.row_of.astype(np.float64)  # OpenCV resizes no integers of 32 bits
    rows_of = cv2.resize(numbers, (width, height), interpolation=cv2.INTER_NEAREST)
    rows = np.asarray(rows_of, np.int64)  # (H, W)
    box = box_of(rows >= 0) or (0, 0, width, height)
    x0, y0, x1, y1 = box
    window = np.s_[y0:y1, x0:x1]
    picture, part = _of_255(image[window]), share[window]
    fill, weight = _fetched(rows[window], (x0, y0), share.shape, region, trails, sources)
    is_filled = weight > 0
    is_rim = (part == 0) & is_filled
    misfit = picture - fill
    is_rim &= np.abs(misfit).max(axis=2) < _MOST_MISFIT
    if is_rim.any():
        fill += _carried(misfit, is_rim)
    is_known = (part == 0) | is_filled
    if not is_known.all():
        known = np.where((part == 0)[..., None], picture, fill)
        fill = np.where(is_known[..., None], fill, membrane(known, is_known))
    mixed = picture + part[..., None] * (np.clip(fill, 0, 255) - picture)
    filled = image.copy()
    exact = np.rint(mixed * step_of(image)).astype(image.dtype)
    filled[window] = np.where((part > 0)[..., None], exact, image[window])
    return filled


def step_of(image: AnyImage) -> int:
    """How many levels of an image are one of 255."""
    return 1 if image.dtype == np.uint8 else 257


def _of_255(image: AnyImage) -> NDArray[np.float32]:
    """(H, W, 3) from 0 to 255, whatever levels the image has."""
    return np.asarray(image.astype(np.float32) / step_of(image), np.float32)


def _carried(misfit: NDArray[np.float32], is_rim: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How much brighter the hole must be to fit its rim, (h, w, 3); smooth, so found at half size."""
    height, width = is_rim.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    weight = is_rim.astype(np.float32)
    sums = cv2.GaussianBlur(np.dstack([misfit * weight[..., None], weight]), (0, 0), 2.0)
    small = cv2.resize(sums, size, interpolation=cv2.INTER_AREA)
    is_near = cv2.resize(weight, size, interpolation=cv2.INTER_AREA) > 0
    means = np.asarray(small[..., :3] / np.maximum(small[..., 3:], 1e-6), np.float32)
    carried = cv2.resize(membrane(means, is_near), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(carried, np.float32)


def _fetched(
    rows: NDArray[np.int64],
    origin: tuple[int, int],
    size: tuple[int, int],
    region: Region,
    trails: Sequence[Trail],
    sources: Mapping[int, AnyImage],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(h, w, 3) colours and (h, w) weights, 0 where no trail leads anywhere.

    Args:
        rows: (h, w) rows of the region, or -1.
        origin: x and y of the part in the picture.
        size: (H, W) of the picture.
        region: the pixels of the trails.
        trails: see ``compose``.
        sources: see ``compose``.
    """
    scale = np.array(size[::-1], np.float32) / np.array(region.hole.shape[::-1], np.float32)  # x and y
    y, x = np.nonzero(rows >= 0)
    row = rows[y, x]  # (M,)
    here = np.stack([x + origin[0], y + origin[1]], axis=1).astype(np.float32)  # (M, 2)
    cheapest = np.min([np.where(t.is_found, t.cost, np.inf) for t in trails], axis=0)  # (N,)
    colours = np.zeros((row.size, 3), np.float32)
    weights = np.zeros(row.size, np.float32)
    for trail in trails:
        motion = np.asarray((trail.place - region.places) * scale, np.float32)  # (N, 2)
        for number in np.unique(trail.source[trail.is_found]):
            chosen = np.flatnonzero(trail.source[row] == number)
            own = row[chosen]
            weight = np.exp((cheapest[own] - trail.cost[own]) / _TEMPERATURE).astype(np.float32)
            there = np.asarray(here[chosen] + motion[own], np.float32)
            colour = _sampled(sources[int(number)], there) - trail.brighter[own]
            colours[chosen] += weight[:, None] * colour
            weights[chosen] += weight
    fill = np.zeros((*rows.shape, 3), np.float32)
    total = np.zeros(rows.shape, np.float32)
    fill[y, x] = colours / np.maximum(weights, 1e-12)[:, None]
    total[y, x] = weights
    return fill, total


def _sampled(image: AnyImage, places: NDArray[np.float32]) -> NDArray[np.float32]:
    """(M, 3) colours at (M, 2) places between the pixels."""
    count = len(places)
    lines = -(-count // _LINE)
    padded = np.zeros((lines * _LINE, 2), np.float32)
    padded[:count] = places
    grid = padded.reshape(lines, _LINE, 2)
    colours = cv2.remap(image, grid, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return _of_255(np.asarray(colours.reshape(-1, 3)[:count], image.dtype))
