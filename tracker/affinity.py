"""How much each query resembles each memory element."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch


@dataclass(frozen=True, eq=False)
class Affinity:
    """How much every query takes from every memory element, per object group.

    Attributes:
        grid: (h, w) of the queries; Q = h * w, row by row.
    """

    grid: tuple[int, int]
    groups: Mapping[int, torch.Tensor]
