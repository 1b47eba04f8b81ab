"""What a frame resembles among all that is remembered, group by group."""

import torch

from tracker.affinity import Affinity, GroupAffinity, attend, out_of_reach
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore
from tracker.objects import ObjectGroups

_ALIGNED = 16  # floats, of which rows are multiples and one more: products are faster so than in dense rows


def match_groups(
    store: MemoryStore, groups: ObjectGroups, query: torch.Tensor, grid: tuple[int, int], config: MemoryConfig
) -> Affinity:
    """Compare every query to every element, as many queries at a time as the configuration says.

    Args:
        store: the elements; read as they lie.
        groups: the objects; each group attends to those elements only that hold values for it.
        query: (h * w, D) right factors of the similarity, see ``expand_query``.
        grid: (h, w) of the queries.
        config: ``top_k``, ``query_chunk`` and ``locality_radius``.
    """
    cells = torch.arange(query.shape[0], device=query.device)  # (Q,)
    count = query.shape[0]
    chunk = min(config.query_chunk or count, count)
    known = _slice_or_rows(store["kind"] == Kind.PERMANENT)
    room = query.new_empty(chunk, (store.size // _ALIGNED + 2) * _ALIGNED)  # one for all chunks
    parts = []
    for start in range(0, count, chunk):
        some = query[start : start + chunk]  # (q, D)
        similarity = torch.mm(some, store["factor"].T, out=room[: len(some), : store.size])  # (q, N)
        parts.append(
            _match_chunk(store, groups, similarity, cells[start : start + chunk], known, grid, config)
        )
    return Affinity(
        {number: GroupAffinity.join([part.groups[number] for part in parts]) for number in groups.numbers},
        torch.cat([part.nearest_known for part in parts]),
    )


def _match_chunk(
    store: MemoryStore,
    groups: ObjectGroups,
    similarity: torch.Tensor,
    cells: torch.Tensor,
    known: slice | torch.Tensor,
    grid: tuple[int, int],
    config: MemoryConfig,
) -> Affinity:
    """What some queries resemble, from their similarities (q, N), which are used up."""
    if config.locality_radius is not None:
        far = out_of_reach(cells, store["cell"], grid, config.locality_radius)  # (q, N)
        similarity.masked_fill_(far & (store["kind"] == Kind.WORKING), -torch.inf)

    nearest_known = similarity[:, known].amax(dim=1)  # (q,); there always is one
    affinity = {}
    for number in groups.numbers:  # oldest first: the elements of each are among those of the one before
        holds = store["newest_group"] >= number  # (N,)
        if number != groups.oldest:
            similarity.masked_fill_(~holds, -torch.inf)
        top_k = None if config.top_k is None else min(config.top_k, int(holds.sum()))
        affinity[number] = attend(similarity, top_k)
    return Affinity(affinity, nearest_known)


def _slice_or_rows(chosen: torch.Tensor) -> slice | torch.Tensor:
    """The chosen (N,) rows, at least one: as a slice where they lie side by side, which copies nothing."""
    rows = torch.nonzero(chosen).flatten()
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows
