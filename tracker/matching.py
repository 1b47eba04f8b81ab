"""What a frame resembles among all that is remembered, group by group."""

from collections.abc import Mapping

import torch

from tracker.affinity import Affinity, GroupAffinity, attend, out_of_reach
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore
from tracker.nearness import Nearness, Places
from tracker.objects import ObjectGroups

_ALIGNED = 16  # floats, of which rows are multiples and one more: products are faster so than in dense rows


def match_groups(
    store: MemoryStore,
    groups: ObjectGroups,
    query: torch.Tensor,
    places: Places | None,
    grid: tuple[int, int],
    config: MemoryConfig,
) -> Affinity:
    """Compare every query to every element, as many queries at a time as the configuration says.

    Args:
        store: the elements; read as they lie.
        groups: the objects; each group attends to those elements only that hold values for it.
        query: (h * w, D) right factors of the similarity, see ``expand_query``.
        places: where queries lie, seen from each object, which then is a group of its own; None = likeness
            alone counts.
        grid: (h, w) of the queries.
        config: ``top_k``, ``query_chunk`` and ``locality_radius``.
    """
    count = query.shape[0]
    chunk = min(config.query_chunk or count, count)
    known = _slice_or_rows(store["kind"] == Kind.PERMANENT)
    near = {} if places is None else _nearness(store, groups, places)
    rooms = [
        query.new_empty(chunk, (store.size // _ALIGNED + 2) * _ALIGNED)  # one each for all chunks
        for _ in range(min(2, max(1, len(near))))
    ]
    parts = []
    for start in range(0, count, chunk):
        some = slice(start, min(start + chunk, count))
        similarity, *spare = (room[: some.stop - start, : store.size] for room in rooms)  # (q, N)
        torch.mm(query[some], store["factor"].T, out=similarity)
        if config.locality_radius is not None:
            cells = torch.arange(some.start, some.stop, device=query.device)  # (q,)
            far = out_of_reach(cells, store["cell"], grid, config.locality_radius)  # (q, N)
            similarity.masked_fill_(far & (store["kind"] == Kind.WORKING), -torch.inf)
        nearest_known = similarity[:, known].amax(dim=1)  # (q,); there always is one
        parts.append(Affinity(_attended(store, groups, similarity, spare, near, some, config), nearest_known))
    return Affinity(
        {number: GroupAffinity.join([part.groups[number] for part in parts]) for number in groups.numbers},
        torch.cat([part.nearest_known for part in parts]),
    )


def _nearness(store: MemoryStore, groups: ObjectGroups, places: Places) -> dict[int, Nearness]:
    """By the number of each group, which is one object."""
    return {
        number: Nearness.of(store, object_id, places[object_id])
        for number in groups.numbers
        for object_id in groups.members(number)
    }


def _attended(
    store: MemoryStore,
    groups: ObjectGroups,
    similarity: torch.Tensor,
    spare: list[torch.Tensor],
    near: Mapping[int, Nearness],
    some: slice,
    config: MemoryConfig,
) -> dict[int, GroupAffinity]:
    """What some queries resemble, from their similarities (q, N), which are used up."""
    affinity = {}
    for number in groups.numbers:  # oldest first: the elements of each are among those of the one before
        holds = store["newest_group"] >= number  # (N,)
        if number != groups.oldest:
            similarity.masked_fill_(~holds, -torch.inf)
        top_k = None if config.top_k is None else min(config.top_k, int(holds.sum()))
        is_last = number == groups.newest  # nobody reads the plain similarities after it
        placed = (
            near[number].added_to(similarity, some, out=similarity if is_last else spare[0])
            if near
            else similarity
        )
        affinity[number] = attend(placed, top_k)
    return affinity


def _slice_or_rows(chosen: torch.Tensor) -> slice | torch.Tensor:
    """The chosen (N,) rows, at least one: as a slice where they lie side by side, which copies nothing."""
    rows = torch.nonzero(chosen).flatten()
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows
