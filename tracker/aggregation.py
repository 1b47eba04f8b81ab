"""From one probability per object to probabilities that sum to one, and from those to a frame's result."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.propagator import Propagated

_MARGIN = 1e-7
_BAND = 16  # rows that stay in a processor's caches from step to step


def soft_aggregate(foreground: torch.Tensor) -> torch.Tensor:
    """Merge independent foreground probabilities into one distribution per pixel.

    With p_0 = prod_k (1 - p_k) for the background, every probability is turned into its odds and the odds
    are normalised: P_i = o_i / sum_j o_j with o_i = p_i / (1 - p_i). Probabilities are clamped to
    [1e-7, 1 - 1e-7] first. (STM, Oh et al., ICCV 2019, section 3.4; XMem, section 3.4.)

    Args:
        foreground: (K, H, W) in [0, 1], one map per object; more axes may follow.

    Returns:
        (K + 1, H, W), background first, sums to 1 over the first axis.
    """
    if torch.is_grad_enabled():  # the gradients of odds themselves would overflow where they are great
        background = torch.prod(1 - foreground, dim=0, keepdim=True)  # (1, H, W)
        probabilities = torch.cat((background, foreground)).clamp(_MARGIN, 1 - _MARGIN)  # (K + 1, H, W)
        return torch.softmax(torch.logit(probabilities), dim=0)
    merged = foreground.new_empty(len(foreground) + 1, *foreground.shape[1:])  # (K + 1, H, W)
    rows = _BAND if foreground.is_cpu else foreground.shape[1]
    for own, out in zip(torch.split(foreground, rows, 1), torch.split(merged, rows, 1), strict=True):
        odds = torch.empty_like(out)  # (K + 1, rows, W)
        torch.prod(torch.sub(1, own, out=odds[1:]), dim=0, out=odds[0])
        odds[1:] = own
        odds.clamp_(_MARGIN, 1 - _MARGIN)
        odds.div_(1 - odds)
        torch.div(odds, odds.sum(dim=0, keepdim=True), out=out)
    return merged


def to_propagated(
    probabilities: torch.Tensor, object_ids: Sequence[int], familiarity: torch.Tensor
) -> Propagated:
    """Turn a distribution per pixel into a frame's result, in numpy.

    Args:
        probabilities: (K + 1, H, W) at source size, background first, summing to 1.
        object_ids: the K objects of channels 1 to K, ascending.
        familiarity: (H, W), see ``Propagated``.

    Returns:
        The label map by the most probable channel, and as an object's confidence its mean probability
        inside its mask, 0 when it has none.
    """
    maps = probabilities.float().cpu().numpy()  # (K + 1, H, W)
    sure, winner = _most_probable(maps)
    id_of_channel = np.array((0, *object_ids), np.uint8)
    return Propagated(
        label_map=id_of_channel.take(winner),
        probabilities=maps,
        object_ids=tuple(object_ids),
        confidence={
            object_id: _mean(sure[winner == channel]) for channel, object_id in enumerate(object_ids, start=1)
        },
        familiarity=familiarity.float().cpu().numpy(),
    )


def _most_probable(maps: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The greatest of (K + 1, H, W) per pixel, and which it is; of equal ones the first.

    Map by map, which is far faster than along the first axis.
    """
    greatest, winner = maps[0].copy(), np.zeros(maps.shape[1:], np.uint8)  # (H, W) each
    for channel, own in enumerate(maps[1:], start=1):
        np.maximum(winner, (own > greatest) * np.uint8(channel), out=winner)
        np.maximum(greatest, own, out=greatest)
    return greatest, winner


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean(dtype=np.float64)) if len(values) else 0.0
