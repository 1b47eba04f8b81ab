"""A frame as rows of memory: one per cell of its grid."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

import torch

from tracker.affinity import expand_memory, expand_query
from tracker.errors import TrackerError
from tracker.memory_config import MemoryConfig
from tracker.memory_store import MemoryStore, place_column, value_column
from tracker.region import Region

Array = TypeVar("Array")

Places: TypeAlias = Mapping[int, torch.Tensor]
"""Where the cells of a frame lie, seen from objects: (2, h, w) by id; squared distances count as keys' do."""

Parts: TypeAlias = Mapping[int, Region]
"""By which of the cells of a frame objects read memory, by id."""


def frame_rows(
    key: torch.Tensor,
    values: torch.Tensor,
    object_ids: Sequence[int],
    shrinkage: torch.Tensor | None,
    selection: torch.Tensor | None,
    places: Places | None,
    config: MemoryConfig,
) -> dict[str, torch.Tensor]:
    """The columns that tell what a frame looks like and what was seen on it, h * w rows each.

    Args:
        key: (CK, h, w).
        values: (K, CV, h, w).
        object_ids: the K objects.
        shrinkage: (1, h, w), None = 1.
        selection: (CK, h, w), None = 1; kept where frames are consolidated, as queries.
        places: (2, h, w) by object; None = they do not count.
        config: of the memory.
    """
    keys = tokens(key)  # (h * w, CK)
    scale = torch.ones_like(keys[:, 0]) if shrinkage is None else shrinkage.flatten()  # (h * w,)
    rows = {
        "cell": torch.arange(len(keys), device=key.device),
        "key": keys,
        "factor": expand_memory(keys, scale, anisotropic=config.anisotropic),
        "shrinkage": scale,
        "usage": torch.zeros_like(scale),
        "age": torch.zeros_like(scale),
    }
    if config.long_term and config.anisotropic:
        rows["selection"] = torch.ones_like(keys) if selection is None else tokens(selection)
    rows |= {value_column(each): tokens(value) for each, value in zip(object_ids, values, strict=True)}
    return rows | {place_column(each): tokens(place) for each, place in (places or {}).items()}


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


def query_rows(key: torch.Tensor, selection: torch.Tensor | None, *, anisotropic: bool) -> torch.Tensor:
    """The right factors (h * w, D) by which a frame of keys (CK, h, w) is compared to memory."""
    chosen = None if selection is None else tokens(selection)  # (h * w, CK)
    return expand_query(tokens(key), chosen, anisotropic=anisotropic)


def check_key(key: torch.Tensor, store: MemoryStore, grid: tuple[int, int]) -> None:
    """Raise TrackerError unless a key (CK, h, w) fits what is remembered."""
    if store.size and key.shape != (store["key"].shape[1], *grid):
        raise _misfit(key, store, grid)


def check_query(key: torch.Tensor, store: MemoryStore, grid: tuple[int, int]) -> None:
    """Raise TrackerError unless a key (CK, h, w) may be a frame, or a part of one, like those remembered."""
    if not store.size:
        raise TrackerError("nothing is remembered: write a frame with its objects first")
    is_part = all(own <= held for own, held in zip(key.shape[1:], grid, strict=True))
    if key.shape[0] != store["key"].shape[1] or not is_part:
        raise _misfit(key, store, grid)


def _misfit(key: torch.Tensor, store: MemoryStore, grid: tuple[int, int]) -> TrackerError:
    held = (store["key"].shape[1], *grid)
    return TrackerError(
        f"key is {tuple(key.shape)}, memory holds {held}: reset before another network or frame size"
    )


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
