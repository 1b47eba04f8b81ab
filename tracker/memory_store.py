"""A table of memory elements in preallocated columns."""

from collections.abc import Iterable, Mapping
from enum import IntEnum

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.memory_use import MemoryUse


class Kind(IntEnum):
    """What becomes of an element."""

    PERMANENT = 0
    """Part of a known frame: stays."""
    WORKING = 1
    """Part of a recent frame: will be consolidated or dropped."""
    LONG_TERM = 2
    """A prototype: stays while it is used."""


def value_column(object_id: int) -> str:
    """The name of the column that holds one object's values."""
    return f"value.{object_id}"


def place_column(object_id: int) -> str:
    """The name of the column that tells where elements lie, seen from one object."""
    return f"place.{object_id}"


class MemoryStore:
    """Rows are elements, columns are their properties; rows keep the order in which they were added.

    Columns of a memory bank, each (size, ...): ``kind`` (a ``Kind``), ``frame`` (running number) and ``cell``
    (index in the grid) that an element comes from, ``newest_group`` that it holds values for, ``key`` (CK),
    ``shrinkage``, ``selection`` (CK), ``factor`` (of the similarity, see ``expand_memory``), ``usage`` and
    ``age`` (weight received, reads lived through), and per object its ``value`` (CV), and its ``place`` (2)
    where places count.

    Capacity grows by doubling up to a limit and is never given back while rows remain, so that a full memory
    allocates nothing. A column is read as a view of its first ``size`` rows: reading copies nothing.
    """

    def __init__(self, limit: int | None = None, *, evicted: int = 0) -> None:
        """Make an empty table.

        Args:
            limit: rows beyond which no capacity is reserved ahead of need; None = no limit.
            evicted: elements that have made room for others before.
        """
        self.size = 0
        self.limit = limit
        self.evicted = evicted
        self._columns: dict[str, torch.Tensor] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> torch.Tensor:
        """The column ``name``: a view (size, ...) that may be written through."""
        return self._columns[name][: self.size]

    @property
    def columns(self) -> dict[str, torch.Tensor]:
        """Every column as a view (size, ...)."""
        return {name: self[name] for name in self._columns}

    @property
    def capacity(self) -> int:
        """Rows that fit without allocating."""
        return min((column.shape[0] for column in self._columns.values()), default=0)

    @property
    def bytes(self) -> int:
        """What the table takes, room that is reserved included."""
        return sum(column.numel() * column.element_size() for column in self._columns.values())

    def use(self, cells: int, most_long_term: int) -> MemoryUse:
        """How full it is, when so many elements make a frame."""
        cells = max(1, cells)
        return MemoryUse(
            permanent=self.count(Kind.PERMANENT) // cells,
            working=self.count(Kind.WORKING) // cells,
            long_term=self.count(Kind.LONG_TERM),
            most_long_term=most_long_term,
            evicted=self.evicted,
            bytes=self.bytes,
        )

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Every column as an array of its own, named ``store.`` and its name."""
        return {f"store.{name}": column.cpu().numpy().copy() for name, column in self.columns.items()}

    def count(self, kind: Kind) -> int:
        """Elements of a kind."""
        return int((self["kind"] == kind).sum()) if self.size else 0

    def frames(self, chosen: torch.Tensor) -> list[int]:
        """The frames that the chosen (size,) rows come from, oldest first."""
        return sorted(set(self["frame"][chosen].tolist()))

    def first_frame(self, kind: Kind) -> torch.Tensor:
        """The rows of the oldest frame of a kind: (h * w,)."""
        frames = self["frame"].masked_fill(self["kind"] != kind, torch.iinfo(torch.int64).max)
        return torch.nonzero(frames == frames.min()).flatten()

    def count_use(self, usages: Iterable[torch.Tensor]) -> None:
        """All elements were compared to a frame, and took these (size,) parts in what was read."""
        for usage in usages:
            self["usage"].add_(usage)
        self["age"].add_(1)

    def append(self, rows: Mapping[str, torch.Tensor]) -> None:
        """Add elements.

        Args:
            rows: column name to (n, ...), the same n for all. A new column is zero for earlier elements; a
                column that is not named is zero for these.
        """
        count = next(iter(rows.values())).shape[0]
        start, stop = self.size, self.size + count
        for name, values in rows.items():
            self._columns.setdefault(name, values.new_zeros((self.size, *values.shape[1:])))
        for name, column in self._columns.items():
            grown = self._grown(column, stop)
            if name in rows:
                grown[start:stop] = rows[name]
            else:
                grown[start:stop] = 0
            self._columns[name] = grown
        self.size = stop

    def shorten(self, count: int) -> None:
        """Remove the last ``count`` elements."""
        self.size -= count

    def keep(self, survives: torch.Tensor) -> None:
        """Remove the elements for which ``survives`` (size,) is False."""
        removed = torch.nonzero(~survives)
        if not removed.numel():
            return
        first = int(removed[0])
        moved = first + torch.nonzero(survives[first:]).flatten()  # (rows behind the first gap,)
        for column in self._columns.values():
            column[first : first + moved.numel()] = column[moved]
        self.size = first + moved.numel()

    def drop(self, name: str) -> None:
        """Remove a column and free its memory."""
        del self._columns[name]

    def _grown(self, column: torch.Tensor, needed: int) -> torch.Tensor:
        if needed <= column.shape[0]:
            return column
        doubled = 2 * column.shape[0]
        reserved = doubled if self.limit is None else min(doubled, self.limit)
        grown = column.new_empty((max(needed, reserved), *column.shape[1:]))
        grown[: self.size] = column[: self.size]
        return grown


def columns_of(store: MemoryStore, object_id: int) -> list[str]:
    """The columns that are of one object alone."""
    return [column for column in (value_column(object_id), place_column(object_id)) if column in store]
