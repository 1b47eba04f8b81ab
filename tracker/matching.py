"""What a frame resembles among all that is remembered, group by group."""

import torch

from tracker.affinity import Affinity, GroupAffinity, attend, out_of_reach
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore
from tracker.objects import ObjectGroups


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
    chunk = config.query_chunk or count
    parts = [
        _match_chunk(store, groups, query[start : start + chunk], cells[start : start + chunk], grid, config)
        for start in range(0, count, chunk)
    ]
    return Affinity(
        {number: GroupAffinity.join([part.groups[number] for part in parts]) for number in groups.numbers},
        torch.cat([part.nearest_known for part in parts]),
    )


def _match_chunk(
    store: MemoryStore,
    groups: ObjectGroups,
    query: torch.Tensor,
    cells: torch.Tensor,
    grid: tuple[int, int],
    config: MemoryConfig,
) -> Affinity:
    similarity = query @ store["factor"].T  # (q, N)
    if config.locality_radius is not None:
        far = out_of_reach(cells, store["cell"], grid, config.locality_radius)  # (q, N)
        similarity.masked_fill_(far & (store["kind"] == Kind.WORKING), -torch.inf)

    nearest_known = similarity[:, store["kind"] == Kind.PERMANENT].amax(dim=1)  # (q,); there always is one
    affinity = {}
    for number in groups.numbers:  # oldest first: the elements of each are among those of the one before
        holds = store["newest_group"] >= number  # (N,)
        if number != groups.oldest:
            similarity.masked_fill_(~holds, -torch.inf)
        top_k = None if config.top_k is None else min(config.top_k, int(holds.sum()))
        affinity[number] = attend(similarity, top_k)
    return Affinity(affinity, nearest_known)
