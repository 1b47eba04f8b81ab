"""How much each query resembles each memory element, and what it reads from them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

_LINES = 8  # that a row of similarities is laid out in, to look for the strongest in few columns


@dataclass(frozen=True, eq=False)
class GroupAffinity:
    """How much every query takes from every memory element; each query's weights sum to 1.

    Attributes:
        weights: (Q, k) in [0, 1].
        elements: (Q, k) the rows of memory that the weights belong to; None = row i for column i.
    """

    weights: torch.Tensor
    elements: torch.Tensor | None

    @classmethod
    def join(cls, parts: Sequence["GroupAffinity"]) -> "GroupAffinity":
        """Put the affinities of consecutive queries together."""
        if len(parts) == 1:
            return parts[0]
        elements = [part.elements for part in parts if part.elements is not None]
        return cls(torch.cat([part.weights for part in parts]), torch.cat(elements) if elements else None)

    def readout(self, values: torch.Tensor) -> torch.Tensor:
        """Average ``values`` (N, CV) by the weights: (Q, CV). Only the rows that carry weight are touched."""
        if self.elements is None:
            return self.weights @ values
        return functional.embedding_bag(
            self.elements, values, per_sample_weights=self.weights.to(values.dtype), mode="sum"
        )

    def usage(self, size: int) -> torch.Tensor:
        """The weight that each of ``size`` elements received from all queries together: (size,)."""
        if self.elements is None:
            return self.weights.sum(dim=0)
        usage = torch.zeros(size, device=self.weights.device)  # (N,)
        return usage.index_add_(0, self.elements.flatten(), self.weights.flatten())


@dataclass(frozen=True, eq=False)
class Affinity:
    """What a frame resembles in memory.

    Attributes:
        groups: the affinity of every object group, by the group's number.
        grids: (h, w) of the queries of every group, likewise.
        nearest_known: (Q,) similarity of each query to the most similar permanent element, at most about 0.
    """

    groups: Mapping[int, GroupAffinity]
    grids: Mapping[int, tuple[int, int]]
    nearest_known: torch.Tensor

    def readout(self, group: int, values: torch.Tensor) -> torch.Tensor:
        """Average ``values`` (N, CV) by the weights of a group: (h, w, CV) of its own grid."""
        return self.groups[group].readout(values).view(*self.grids[group], -1)

    @property
    def familiarity(self) -> torch.Tensor:
        """How much each query resembles what was made known, (Q,) in (0, 1]: 1 / (1 + distance)."""
        return 1 / (1 - self.nearest_known.clamp(max=0))


def expand_memory(key: torch.Tensor, shrinkage: torch.Tensor, *, anisotropic: bool = True) -> torch.Tensor:
    """Prepare memory keys so that their similarity to queries is one matrix product.

    The anisotropic L2 similarity of memory element i and query j (XMem, equation 2) is

        S_ij = -s_i / sqrt(CK) * sum_c e_cj (k_ci - q_cj)^2

    with the memory's key k and shrinkage s, the query's key q and selection e. Multiplied out,

        S_ij = s_i / sqrt(CK) * (2 sum_c k_ci e_cj q_cj  -  sum_c k_ci^2 e_cj  -  sum_c e_cj q_cj^2)
             = <s_i / sqrt(CK) [2 k_i, -k_i^2, -1],  [e_j q_j, e_j, sum_c e_cj q_cj^2]>

    where the left factor depends on the memory alone and is computed once, when an element is written.
    Without selection (e = 1) the middle part shrinks from CK numbers to one, -sum_c k_ci^2 against 1.

    Args:
        key: (N, CK).
        shrinkage: (N,).
        anisotropic: whether queries carry a selection.

    Returns:
        (N, 2 CK + 1), or (N, CK + 2) without selection: the left factor.
    """
    square = key.square() if anisotropic else key.square().sum(dim=1, keepdim=True)
    factor = torch.cat((2 * key, -square, -torch.ones_like(key[:, :1])), dim=1)
    return factor * (shrinkage[:, None] / math.sqrt(key.shape[1]))


def expand_query(
    key: torch.Tensor, selection: torch.Tensor | None, *, anisotropic: bool = True
) -> torch.Tensor:
    """The right factor of ``expand_memory``'s product.

    Args:
        key: (Q, CK).
        selection: (Q, CK), None = 1.
        anisotropic: as for ``expand_memory``; False ignores the selection.

    Returns:
        (Q, 2 CK + 1), or (Q, CK + 2) without selection.
    """
    if not anisotropic:
        return torch.cat((key, torch.ones_like(key[:, :1]), key.square().sum(dim=1, keepdim=True)), dim=1)
    if selection is None:
        selection = torch.ones_like(key)
    selected = selection * key
    return torch.cat((selected, selection, (selected * key).sum(dim=1, keepdim=True)), dim=1)


def out_of_reach(
    queries: torch.Tensor, elements: torch.Tensor, grid: tuple[int, int], radius: float
) -> torch.Tensor:
    """Where a query and an element are more than ``radius`` cells apart along either axis.

    Args:
        queries: (Q,) cells, counted row by row.
        elements: (N,) likewise.
        grid: (h, w) in cells.
        radius: in cells.

    Returns:
        (Q, N) bool.
    """
    height, width = grid
    place = torch.arange(max(grid), device=elements.device)[:, None]
    far_along_rows = (place[:height] - elements // width).abs() > radius  # (h, N)
    far_along_columns = (place[:width] - elements % width).abs() > radius  # (w, N)
    return far_along_rows[queries // width] | far_along_columns[queries % width]


def attend(similarity: torch.Tensor, top_k: int | None) -> GroupAffinity:
    """Softmax over each query's ``top_k`` most similar elements; the others get no weight.

    Args:
        similarity: (Q, N); -inf excludes an element.
        top_k: clamped to N; None = all elements.
    """
    if top_k is None:
        return GroupAffinity(similarity.softmax(dim=1), None)
    values, elements = _strongest(similarity, min(top_k, similarity.shape[1]))
    return GroupAffinity(values.softmax(dim=1), elements)


def _strongest(similarity: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The greatest ``count`` of each row of (Q, N) and where they are, (Q, count) each, greatest first.

    They are looked for in the ``count`` columns whose peaks are greatest, once the row is laid out in a few
    lines below each other: outside of those there are as many that are no smaller, if not more.
    """
    width = similarity.shape[1] // _LINES
    if width < 2 * count:
        found = similarity.topk(count, dim=1)
        return found.values, found.indices
    laid_out = similarity[:, : _LINES * width].view(-1, _LINES, width)  # (Q, lines, width)
    columns = laid_out.amax(dim=1).topk(count, dim=1, sorted=False).indices  # (Q, count)
    lines = torch.arange(0, _LINES * width, width, device=similarity.device)[:, None]
    behind = torch.arange(_LINES * width, similarity.shape[1], device=similarity.device)  # what is left over
    places = torch.cat(((columns[:, None] + lines).flatten(1), behind.expand(len(columns), -1)), dim=1)
    found = similarity.gather(1, places).topk(count, dim=1)
    return found.values, places.gather(1, found.indices)
