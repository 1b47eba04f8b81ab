"""A frame as rows of memory: one per cell of its grid."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import torch

from tracker.affinity import expand_memory
from tracker.errors import TrackerError
from tracker.memory_store import value_column

Array = TypeVar("Array")


def frame_rows(
    key: torch.Tensor,
    values: torch.Tensor,
    object_ids: Sequence[int],
    shrinkage: torch.Tensor | None,
    *,
    anisotropic: bool,
) -> dict[str, torch.Tensor]:
    """The columns that tell what a frame looks like and what was seen on it, h * w rows each.

    Args:
        key: (CK, h, w).
        values: (K, CV, h, w).
        object_ids: the K objects.
        shrinkage: (1, h, w), None = 1.
        anisotropic: whether queries carry a selection.
    """
    keys = tokens(key)  # (h * w, CK)
    scale = torch.ones_like(keys[:, 0]) if shrinkage is None else shrinkage.flatten()  # (h * w,)
    rows = {
        "cell": torch.arange(len(keys), device=key.device),
        "key": keys,
        "factor": expand_memory(keys, scale, anisotropic=anisotropic),
        "shrinkage": scale,
        "usage": torch.zeros_like(scale),
        "age": torch.zeros_like(scale),
    }
    for object_id, value in zip(object_ids, values, strict=True):
        rows[value_column(object_id)] = tokens(value)
    return rows


def column_of(
    rows: Mapping[str, torch.Tensor], *, kind: int, frame: int, newest_group: int
) -> dict[str, torch.Tensor]:
    """The columns that are the same for all rows of a frame."""
    cells = rows["cell"]
    return {
        "kind": torch.full_like(cells, kind, dtype=torch.uint8),
        "frame": torch.full_like(cells, frame),
        "newest_group": torch.full_like(cells, newest_group),
    }


def check_values(
    values: torch.Tensor, object_ids: Sequence[int], remembered: Sequence[int], grid: tuple[int, int]
) -> None:
    """Raise TrackerError unless (K, CV, h, w) values fit the grid and are of all objects remembered."""
    if not object_ids or len(set(object_ids)) != len(object_ids):
        raise TrackerError(f"object ids are {list(object_ids)}: give at least one, each once")
    if values.ndim != 4 or values.shape[0] != len(object_ids) or values.shape[2:] != grid:
        raise TrackerError(
            f"values are {tuple(values.shape)}: give ({len(object_ids)}, CV, {grid[0]}, {grid[1]})"
        )
    if absent := set(remembered) - set(object_ids):
        raise TrackerError(f"objects {sorted(absent)} have no value: give or forget them")


def tokens(grid: torch.Tensor) -> torch.Tensor:
    """One row per cell: (C, h, w) to (h * w, C)."""
    return grid.flatten(1).T


def named(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    """Those tensors or arrays whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
