"""A mask as a prompt, and an answer as a mask; needs no network."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.canvas import CANVAS_SIZE, LOGITS_SIZE, fit_canvas
from sam.errors import ImageError

_CELL = CANVAS_SIZE // LOGITS_SIZE  # canvas pixels per logit
_LOGIT_LIMIT = 10.0  # as sure as the decoder itself gets
_FARTHEST = 30.0  # of a logit from 0 that still makes a difference


def logits_from_mask(mask: NDArray[np.bool_] | NDArray[np.floating]) -> NDArray[np.float32]:
    """Make a mask prompt from a mask or from soft probabilities.

    Args:
        mask: (H, W) bool, or the probability of the object in [0, 1], at source size.

    Returns:
        (256, 256) float32 logits on the padded canvas, between -10 and 10; the padding is -10.

    Raises:
        ImageError: the array is not (H, W), is empty, or has values outside [0, 1].
    """
    if mask.ndim != 2 or mask.size == 0:
        raise ImageError(f"a mask must be a non-empty (H, W) array, not of shape {mask.shape}")
    probability = mask.astype(np.float32)
    if not (probability.min() >= 0 and probability.max() <= 1):
        raise ImageError("a soft mask must hold probabilities between 0 and 1: scale or clip it first")
    rows, columns = fit_canvas(*mask.shape)
    is_shrinking = rows < mask.shape[0]
    how = cv2.INTER_AREA if is_shrinking else cv2.INTER_LINEAR
    canvas = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.float32)
    resized = cv2.resize(probability, (columns, rows), interpolation=how)
    below, beside = -rows % _CELL, -columns % _CELL  # the last cells belong to the image as a whole, so that
    filled = np.pad(resized, ((0, below), (0, beside)), mode="edge")  # a mask at the border keeps its edge
    canvas[: rows + below, : columns + beside] = filled
    cells = cv2.resize(canvas, (LOGITS_SIZE, LOGITS_SIZE), interpolation=cv2.INTER_AREA)
    certain = 1 / (1 + np.exp(-_LOGIT_LIMIT))
    cells = np.clip(cells.astype(np.float64), 1 - certain, certain)
    logits: NDArray[np.float32] = np.log(cells / (1 - cells)).astype(np.float32)
    return logits


def probability_from_logits(logits: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """What the logits of an answer say at the size of the source: ``logits_from_mask`` the other way round.

    Args:
        logits: (256, 256) on the padded canvas.
        size: (H, W) of the source.

    Returns:
        (H, W) float32, the probability of the object, 0 to 1; within a cell it is interpolated.
    """
    rows, columns = fit_canvas(*size)
    canvas = cv2.resize(logits, (CANVAS_SIZE, CANVAS_SIZE), interpolation=cv2.INTER_LINEAR)
    height, width = size
    source = cv2.resize(canvas[:rows, :columns], (width, height), interpolation=cv2.INTER_LINEAR)
    likely = 1 / (1 + np.exp(-np.clip(source, -_FARTHEST, _FARTHEST)))
    return np.asarray(likely, np.float32)
