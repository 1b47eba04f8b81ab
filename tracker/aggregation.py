"""From one probability per object to probabilities that sum to one, and from those to a frame's result."""

from collections.abc import Sequence

import numpy as np
import torch

from tracker.propagator import Propagated

_MARGIN = 1e-7


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
    background = torch.prod(1 - foreground, dim=0, keepdim=True)  # (1, H, W)
    probabilities = torch.cat((background, foreground)).clamp(_MARGIN, 1 - _MARGIN)  # (K + 1, H, W)
    return torch.softmax(torch.logit(probabilities), dim=0)


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
    certainty, winner = probabilities.max(dim=0)  # (H, W) twice; far faster than argmax on the CPU
    channels, winners = len(object_ids) + 1, winner.cpu().numpy()
    inside = np.bincount(winners.ravel(), minlength=channels)  # (K + 1,)
    weights = certainty.float().cpu().numpy().ravel()  # (H * W,); summed in float64, which Metal lacks
    total = np.bincount(winners.ravel(), weights=weights, minlength=channels)  # (K + 1,)
    mean = (total / np.maximum(inside, 1)).tolist()
    id_of_channel = np.array((0, *object_ids), dtype=np.uint8)
    return Propagated(
        label_map=id_of_channel[winners],
        probabilities=probabilities.float().cpu().numpy(),
        object_ids=tuple(object_ids),
        confidence={object_id: mean[channel] for channel, object_id in enumerate(object_ids, start=1)},
        familiarity=familiarity.float().cpu().numpy(),
    )
