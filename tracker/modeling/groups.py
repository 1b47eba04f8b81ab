"""The objects of a batch as one axis: convolutions know no axis for objects."""

from torch import Tensor


def merged(groups: Tensor) -> Tensor:
    """(B, K, C, h, w) -> (B * K, C, h, w), without a copy where the layout allows."""
    return groups.flatten(0, 1)


def parted(flat: Tensor, like: Tensor) -> Tensor:
    """(B * K, C, h, w) -> (B, K, C, h, w), with the B and K of ``like``."""
    return flat.view(like.shape[:2] + flat.shape[1:])
