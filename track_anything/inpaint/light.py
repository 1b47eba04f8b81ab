"""How light changes from one picture to another, place by place."""

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.inpaint.flow_completion import WithHole
from track_anything.inpaint.membrane import membrane
from track_anything.video.motion import Flow, warp

_BLOCK = 16  # pixels; within so many light changes alike
_MOST_APART = 0.5  # pixels by which there and back may differ where colours are compared
_MOST_UNLIKE = 16.0  # levels off the usual change; more is another thing, not another light
_LEAST = 0.05  # the share of a block, and of those round it, that must be seen


def light_change(first: WithHole, second: WithHole, flow: Flow, back: Flow) -> NDArray[np.float32]:
    """By how much the background is brighter in the second picture than in the first.

    Exposure drifts, and a lens darkens its corners, through which a turning camera leads everything. What is
    carried into a hole from frames far away would stand out there.

    Args:
        first: the picture that places belong to.
        second: another one.
        flow: (H, W, 2), of the background from the first to the second.
        back: (H, W, 2), from the second to the first.

    Returns:
        (H, W, 3), in levels; smooth, and carried on where nothing can be compared.
    """
    height, width = first.hole.shape
    moved = warp(np.dstack([second.image, second.hole, back]).astype(np.float32), flow)
    y, x = np.indices(first.hole.shape)
    there = np.stack([x, y], axis=2) + flow
    is_seen = ((there >= 0) & (there <= [width - 1, height - 1])).all(axis=2)
    is_seen &= ~first.hole & (moved[..., 3] == 0)
    is_seen &= np.linalg.norm(moved[..., 4:] + flow, axis=2) < _MOST_APART
    change = moved[..., :3] - first.image
    if is_seen.any():
        is_seen &= np.abs(change - np.median(change[is_seen], axis=0)).max(axis=2) < _MOST_UNLIKE
    seen = np.dstack([change * is_seen[..., None], is_seen]).astype(np.float32)
    size = (max(width // _BLOCK, 1), max(height // _BLOCK, 1))
    blocks = cv2.GaussianBlur(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    blocks = blocks.reshape(size[1], size[0], 4)
    means = np.asarray(blocks[..., :3] / np.maximum(blocks[..., 3:], 1e-6), np.float32)
    carried = membrane(means, blocks[..., 3] > _LEAST)
    return np.asarray(cv2.resize(carried, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
