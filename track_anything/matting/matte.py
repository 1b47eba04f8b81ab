"""The matte: how much of each pixel is the object."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.types import ObjectId

Matte: TypeAlias = NDArray[np.float32]
"""(H, W), 0 to 1."""


def normalise_alphas(alphas: Mapping[ObjectId, Matte]) -> dict[ObjectId, Matte]:
    """Let the mattes of several objects sum to at most one in every pixel.

    Each was sought against everything else as background, so that two objects may both claim the pixels where
    they meet. Where they claim more than there is, each gets its part; elsewhere nothing changes.

    Args:
        alphas: (H, W) per object, 0 to 1, all of one size.

    Returns:
        (H, W) per object; their sum is at most 1 up to the rounding of float32.

    Raises:
        InputError: the mattes differ in size.
    """
    shapes = {alpha.shape for alpha in alphas.values()}
    if len(shapes) > 1:
        raise InputError(f"the mattes have the sizes {sorted(shapes)}: give those of one frame")
    if not alphas:
        return {}
    claimed = np.sum(list(alphas.values()), axis=0, dtype=np.float64)  # (H, W)
    scale = 1 / np.maximum(claimed, 1.0)
    return {object_id: (alpha * scale).astype(np.float32) for object_id, alpha in alphas.items()}
