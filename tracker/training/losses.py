"""What a prediction costs: bootstrapped cross-entropy and dice (XMem, section 4)."""

import torch.nn.functional as F
from torch import Tensor


def bootstrapped_cross_entropy(probabilities: Tensor, labels: Tensor, share: float) -> Tensor:
    """Cross-entropy of the hardest pixels.

    Args:
        probabilities: (N, K + 1, H, W), background first, summing to 1.
        labels: (N, H, W) int64 channels; a pixel of a negative one costs nothing.
        share: of the pixels that count, above 0 to 1; 1 = all of them.

    Returns:
        The mean over those pixels, a scalar.
    """
    is_known = labels >= 0  # (N, H, W)
    logs = probabilities.clamp(min=1e-7).log()
    losses = (F.nll_loss(logs, labels.clamp(min=0), reduction="none") * is_known).flatten(1)  # (N, H * W)
    if share >= 1:
        return losses.mean()
    hardest = max(1, int(losses.shape[1] * share))
    return losses.topk(hardest, dim=1, sorted=False).values.mean()


def dice_loss(probabilities: Tensor, labels: Tensor) -> Tensor:
    """One minus the overlap of each object with its prediction (Milletari et al., 3DV 2016).

    Args:
        probabilities: (N, K + 1, H, W), background first.
        labels: (N, H, W) int64 channels; a pixel of a negative one counts for nothing.

    Returns:
        (N,), each the mean over its objects.
    """
    channels = probabilities.shape[1]
    is_known = (labels >= 0)[:, None]  # (N, 1, H, W)
    truth = F.one_hot(labels.clamp(min=0), channels).movedim(3, 1)[:, 1:]  # (N, K, H, W)
    truth = (truth * is_known).flatten(2)  # (N, K, H * W)
    found = (probabilities[:, 1:] * is_known).flatten(2)  # (N, K, H * W)
    overlap = (2 * (found * truth).sum(dim=2) + 1) / (found.sum(dim=2) + truth.sum(dim=2) + 1)  # (N, K)
    return (1 - overlap).mean(dim=1)


def bootstrap_share(progress: float, final: float) -> float:
    """How many pixels count as training goes on: all for the first fifth, then fewer, ``final`` from half.

    Args:
        progress: of the run, 0 to 1.
        final: the share in the end.
    """
    faded = min(1.0, max(0.0, (progress - 0.2) / 0.3))
    return 1 + (final - 1) * faded
