"""Which of many masks are kept, and how a mask is cleaned.

Kirillov et al., ICCV 2023, appendix B "Filtering" and "Postprocessing". Boxes are ``(x0, y0, x1, y1)`` in
pixels, x1 and y1 exclusive.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.crop import Box

_EDGE_MARGIN = 20  # pixels: a mask that a crop cuts off may end a little before the crop does


def box_of(mask: NDArray[np.bool_]) -> Box:
    """The tight box of a mask (H, W) that is not empty."""
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def box_iou(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """IoU, 0 to 1, of one box (4,) with others (N, 4), none of them empty; (N,)."""
    corner = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])  # (N, 2)
    shared = corner.clip(min=0).prod(axis=1)
    area = np.prod(box[2:] - box[:2])
    union = area + np.prod(others[:, 2:] - others[:, :2], axis=1) - shared
    iou: NDArray[np.float64] = shared / union
    return iou


def suppress(
    boxes: NDArray[np.float64], scores: NDArray[np.floating], max_overlap: float
) -> NDArray[np.intp]:
    """Non-maximum suppression: from the best score down, keep what overlaps nothing kept by too much.

    Args:
        boxes: (N, 4), none of them empty.
        scores: (N,) higher is better; of equal ones the first goes first.
        max_overlap: the highest IoU, 0 to 1, that two kept boxes may have.

    Returns:
        The indices of the kept boxes, best score first.
    """
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while waiting.size:
        best, rest = waiting[0], waiting[1:]
        kept.append(best)
        waiting = rest[box_iou(boxes[best], boxes[rest]) <= max_overlap]
    return np.array(kept, np.intp)


def touches_inner_edge(
    box: Box,
    crop: Box,
    size: tuple[int, int],
    margin: int = _EDGE_MARGIN,
) -> bool:
    """Whether a mask was probably cut off: its box reaches an edge of the crop inside the image.

    Args:
        box: of the mask, in pixels of the image.
        crop: the part of the image in which it was found.
        size: (H, W) of the image.
        margin: the distance in pixels that still counts as reaching.
    """
    height, width = size
    image = 0, 0, width, height
    return any(
        abs(side - edge) <= margin and edge != border
        for side, edge, border in zip(box, crop, image, strict=True)
    )


def clean(mask: NDArray[np.bool_], min_region: int) -> NDArray[np.bool_]:
    """Fill the small holes of a mask, then take away its small islands.

    Pixels that touch by a corner belong together. If all islands are small, the largest stays.

    Args:
        mask: (H, W), not empty.
        min_region: area in pixels from which a hole or an island is not small.

    Returns:
        (H, W), not empty.
    """
    holes, areas = _regions(~mask)
    filled = mask | (areas < min_region)[holes] & ~mask
    islands, areas = _regions(filled)
    stays = areas >= min_region
    stays[areas.argmax()] = True
    cleaned: NDArray[np.bool_] = stays[islands] & filled
    return cleaned


def _regions(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The number of each pixel's region, (H, W), and the area of each; region 0, outside, is given none."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.int32)
    areas[0] = 0
    return labels.astype(np.int32, copy=False), areas
