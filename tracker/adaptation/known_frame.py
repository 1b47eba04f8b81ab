"""A frame of which a person has spoken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class KnownFrame:
    """A frame on which a person has said what some objects are.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        label_map: (H, W) uint8, all objects that are followed together, as they are shown.
        given: the objects of which the person has spoken; the others are there to be told from them.
    """

    image: NDArray[np.uint8]
    label_map: NDArray[np.uint8]
    given: frozenset[int]
