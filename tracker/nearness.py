"""How near memory elements lie to queries, both seen from one object."""

import math
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.affinity import expand_memory, expand_query
from tracker.frame_rows import tokens
from tracker.memory_store import MemoryStore, place_column
from tracker.region import Region


class Nearness:
    """What is taken off similarities where an element and a query lie apart.

    It is the anisotropic L2 similarity (XMem, equation 2) on two channels more, whose selection is 1:
    -s_i / sqrt(CK) * |p_i - p_j|^2 of places p. It needs no room of its own where the sum may replace what it
    is added to.

    Args:
        elements: (N, 4) left factors, see ``expand_memory``.
        queries: (Q, 4) right factors, see ``expand_query``.
        chosen: (r,) the queries that count, ascending, where no device has to be asked; None = all.
    """

    def __init__(
        self, elements: torch.Tensor, queries: torch.Tensor, chosen: NDArray[np.int64] | None = None
    ) -> None:
        self._elements = elements
        self._queries = queries
        self._chosen = chosen

    @classmethod
    def of(cls, store: MemoryStore, object_id: int, place: torch.Tensor, part: Region | None = None) -> Self:
        """Of all elements of a store and cells of a frame, or those of a part of it.

        Args:
            store: the elements.
            object_id: from which places are seen.
            place: (2, h, w) of the cells, seen from there.
            part: of the frame; None = all of it.
        """
        queries = tokens(place)  # (h * w, 2)
        channels = queries.shape[1]
        shrinkage = store["shrinkage"] * math.sqrt(channels / store["key"].shape[1])  # (N,)
        elements = expand_memory(store[place_column(object_id)], shrinkage, anisotropic=False)
        chosen = None if part is None or part.is_whole else part.cells()
        return cls(elements, expand_query(queries, None, anisotropic=False), chosen)

    @property
    def reads_all(self) -> bool:
        """Whether all queries count."""
        return self._chosen is None

    def added_to(self, similarity: torch.Tensor, queries: slice, out: torch.Tensor) -> torch.Tensor:
        """Similarities of likeness and place.

        Args:
            similarity: (q, N) of some queries by likeness; -inf stays.
            queries: which they are.
            out: (q, N) where the sum goes; ``similarity`` itself where all queries count.

        Returns:
            (r, N) of those that count, at the start of ``out``.
        """
        if self._chosen is None:
            return torch.addmm(similarity, self._queries[queries], self._elements.T, out=out)
        first, beyond = np.searchsorted(self._chosen, (queries.start, queries.stop))
        own = torch.from_numpy(self._chosen[first:beyond]).to(similarity.device)  # (r,)
        found = torch.index_select(similarity, 0, own - queries.start, out=out[: len(own)])
        return found.addmm_(self._queries[own], self._elements.T)
