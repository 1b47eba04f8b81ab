"""PyMatting's closed form, an extra under the MIT licence: to compare, or for whoever trusts it more."""

from importlib import import_module

import numpy as np

from track_anything.matting.matte import Matte
from track_anything.matting.matter import Solve
from track_anything.matting.trimap import FOREGROUND, UNKNOWN, Trimap, check_trimap
from track_anything.types import Image


def load_pymatting() -> Solve:
    """The solver, where the package is installed."""
    estimate = import_module("pymatting").estimate_alpha_cf

    def solve(image: Image, trimap: Trimap, prior: Matte | None) -> Matte:  # noqa: ARG001 - it takes none
        check_trimap(image, trimap)
        known = np.asarray(trimap == FOREGROUND, np.float32)
        if not (trimap == UNKNOWN).any() or len(np.unique(trimap)) < 3:  # it wants all three kinds of pixels
            return known
        found = np.asarray(estimate(image / 255.0, trimap / 255.0), np.float32)
        return np.where(trimap == UNKNOWN, np.clip(found, 0, 1), known).astype(np.float32)

    return solve
