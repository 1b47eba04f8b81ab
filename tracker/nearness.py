"""How near memory elements lie to queries, both seen from one object."""

import math
from typing import Self

import torch

from tracker.affinity import expand_memory, expand_query
from tracker.frame_rows import tokens
from tracker.memory_store import MemoryStore, place_column


class Nearness:
    """What is taken off similarities where an element and a query lie apart.

    It is the anisotropic L2 similarity (XMem, equation 2) on two channels more, whose selection is 1:
    -s_i / sqrt(CK) * |p_i - p_j|^2 of places p. It needs no room of its own where the sum may replace what it
    is added to.

    Args:
        elements: (N, 4) left factors, see ``expand_memory``.
        queries: (Q, 4) right factors, see ``expand_query``.
    """

    def __init__(self, elements: torch.Tensor, queries: torch.Tensor) -> None:
        self._elements = elements
        self._queries = queries

    @classmethod
    def of(cls, store: MemoryStore, object_id: int, place: torch.Tensor) -> Self:
        """Of all elements of a store, and cells of a frame whose place (2, h, w) is seen from an object."""
        queries = tokens(place)  # (h * w, 2)
        channels = queries.shape[1]
        shrinkage = store["shrinkage"] * math.sqrt(channels / store["key"].shape[1])  # (N,)
        elements = expand_memory(store[place_column(object_id)], shrinkage, anisotropic=False)
        return cls(elements, expand_query(queries, None, anisotropic=False))

    def added_to(self, similarity: torch.Tensor, queries: slice, out: torch.Tensor) -> torch.Tensor:
        """Similarities of likeness and place.

        Args:
            similarity: (q, N) of some queries by likeness; -inf stays.
            queries: which they are.
            out: (q, N) where the sum goes, ``similarity`` itself included.
        """
        return torch.addmm(similarity, self._queries[queries], self._elements.T, out=out)
