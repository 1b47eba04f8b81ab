"""Blending two masks of one frame: one that came from the known frame before it, one from that after it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from track_anything.masks import clipped_to, distance_inside, iou
from track_anything.types import Mask

_AGREEING = 0.8  # IoU from which on the two passes say the same
_RELATED = 0.3  # IoU under which they hold different things, of which a blend would be neither


@dataclass(frozen=True, eq=False)
class PassResult:
    """What one pass says about an object on a frame.

    Attributes:
        probability: (H, W) float32, 0 to 1.
        mask: (H, W), what the pass took for the object in the end.
        confidence: that it can be trusted, 0 to 1.
        distance: frames to the known frame that it comes from, at least 1.
    """

    probability: NDArray[np.float32]
    mask: Mask
    confidence: float
    distance: int


@dataclass(frozen=True, eq=False)
class FusedResult:
    """The blend.

    Attributes:
        probability: (H, W) float32; above 0.5 inside the mask and not outside.
        mask: (H, W).
        confidence: 0 to 1; lower where the two passes disagree.
        agreement: IoU of the two masks, 0 to 1.
    """

    probability: NDArray[np.float32]
    mask: Mask
    confidence: float
    agreement: float


def fuse(forward: PassResult, backward: PassResult) -> FusedResult:
    """Blend two passes by distance and confidence, so that nothing jumps on the way from one to the other.

    The share of a pass is its confidence over its distance, normalised: next to a known frame only the pass
    that comes from there counts. Outlines are blended by their signed distances, which moves them gradually
    where averaged probabilities would switch from one outline to the other in the middle. Where the two hold
    different things altogether, the one with the greater share is taken.
    """
    share = _forward_weight(forward, backward)  # of the forward pass
    agreement = iou(forward.mask, backward.mask)
    if agreement < _RELATED:
        chosen = forward if share >= 0.5 else backward
        mask, probability = chosen.mask, chosen.probability
    else:
        mask = share * signed_distance(forward.mask) + (1 - share) * signed_distance(backward.mask) > 0
        probability = share * forward.probability + (1 - share) * backward.probability
    confidence = share * forward.confidence + (1 - share) * backward.confidence
    return FusedResult(
        probability=clipped_to(probability.astype(np.float32), mask),
        mask=np.asarray(mask, np.bool_),
        confidence=confidence * min(1.0, agreement / _AGREEING),
        agreement=agreement,
    )


def signed_distance(mask: Mask) -> NDArray[np.float32]:
    """Pixels to the outline of a (H, W) mask, positive inside; the frame's diagonal without one."""
    if not mask.any() or mask.all():
        diagonal = np.float32(np.hypot(*mask.shape))
        return np.full(mask.shape, diagonal if mask.all() else -diagonal, np.float32)
    return np.where(mask, distance_inside(mask) - np.float32(0.5), np.float32(0.5) - distance_inside(~mask))


def _forward_weight(forward: PassResult, backward: PassResult) -> float:
    ours = max(forward.confidence, 1e-3) / forward.distance
    theirs = max(backward.confidence, 1e-3) / backward.distance
    return ours / (ours + theirs)
