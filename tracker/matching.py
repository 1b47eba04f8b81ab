"""What a frame resembles among all that is remembered, group by group."""

from typing import NamedTuple

import torch

from tracker.affinity import Affinity, GroupAffinity, attend, out_of_reach
from tracker.frame_rows import Parts, Places
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore
from tracker.nearness import Nearness
from tracker.objects import ObjectGroups

_ALIGNED = 16  # floats, of which rows are multiples and one more: products are faster so than in dense rows


def match_groups(
    store: MemoryStore,
    groups: ObjectGroups,
    query: torch.Tensor,
    places: Places | None,
    parts: Parts | None,
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
        parts: of the queries, those that objects with places read by; None = all of them.
        grid: (h, w) of the queries; for a locality radius, that of all frames.
        config: ``top_k``, ``query_chunk`` and ``locality_radius``.
    """
    count = query.shape[0]
    chunk = min(config.query_chunk or count, count)
    known = _slice_or_rows(store["kind"] == Kind.PERMANENT)
    readings = [_reading(store, groups, number, places, parts, config) for number in groups.numbers]
    width = (store.size // _ALIGNED + 2) * _ALIGNED
    rooms = [query.new_empty(chunk, width) for _ in range(1 if places is None else 2)]  # for all chunks
    found: dict[int, list[GroupAffinity]] = {number: [] for number in groups.numbers}
    nearest = []
    for start in range(0, count, chunk):
        some = slice(start, min(start + chunk, count))
        similarity, *spare = (room[: some.stop - start, : store.size] for room in rooms)  # (q, N)
        torch.mm(query[some], store["factor"].T, out=similarity)
        if config.locality_radius is not None:
            cells = torch.arange(some.start, some.stop, device=query.device)  # (q,)
            far = out_of_reach(cells, store["cell"], grid, config.locality_radius)  # (q, N)
            similarity.masked_fill_(far & (store["kind"] == Kind.WORKING), -torch.inf)
        nearest.append(similarity[:, known].amax(dim=1))  # (q,); there always is one
        for reading in readings:  # oldest first: the elements of each are among those of the one before
            if reading.lacks is not None:
                similarity.masked_fill_(reading.lacks, -torch.inf)
            placed = similarity
            if reading.near is not None:
                is_last = reading is readings[-1]  # nobody reads the plain similarities after it
                out = similarity if is_last and reading.near.reads_all else spare[0]
                placed = reading.near.added_to(similarity, some, out=out)
            if len(placed):
                found[reading.number].append(attend(placed, reading.top_k))
    joined = {number: GroupAffinity.join(chunks) for number, chunks in found.items()}
    return Affinity(joined, {each.number: each.grid or grid for each in readings}, torch.cat(nearest))


class _Reading(NamedTuple):
    """What one group attends to, whatever the query."""

    number: int
    lacks: torch.Tensor | None  # (N,) elements without values for it; None = there is none
    top_k: int | None
    near: Nearness | None  # of the one object that it is; None = places do not count
    grid: tuple[int, int] | None  # (h, w) of the queries that it reads by; None = that of all


def _reading(
    store: MemoryStore,
    groups: ObjectGroups,
    number: int,
    places: Places | None,
    parts: Parts | None,
    config: MemoryConfig,
) -> _Reading:
    lacks = store["newest_group"] < number  # (N,)
    missing = int(lacks.sum())
    near = grid = None
    if places is not None:
        (object_id,) = groups.members(number)
        part = None if parts is None else parts[object_id]
        near = Nearness.of(store, object_id, places[object_id], part)
        grid = None if part is None else part.shape
    top_k = None if config.top_k is None else min(config.top_k, store.size - missing)
    return _Reading(number, lacks if missing else None, top_k, near, grid)


def _slice_or_rows(chosen: torch.Tensor) -> slice | torch.Tensor:
    """The chosen (N,) rows, at least one: as a slice where they lie side by side, which copies nothing."""
    rows = torch.nonzero(chosen).flatten()
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows
