"""The objects of a batch as one axis: convolutions know no axis for objects."""

from torch import Tensor


def merged(groups: Tensor) -> Tensor:
    """(B, K, C, h, w) -> (B * K, C, h, w), without a copy where the layout allows."""
    # With one frame: flatten makes up strides for axes of length 1, which hides that channels come last.
    return groups[0] if len(groups) == 1 else groups.flatten(0, 1)


def parted(flat: Tensor, like: Tensor) -> Tensor:
    """(B * K, C, h, w) -> (B, K, C, h, w), with the B and K of ``like``."""
    return flat.unsqueeze(0) if len(like) == 1 else flat.view(like.shape[:2] + flat.shape[1:])
