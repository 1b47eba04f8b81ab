"""From working to long-term memory: prototypes, potentiation, eviction (XMem, section 3.3)."""

import torch

from tracker.affinity import expand_memory, expand_query
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore, columns_of, place_column, value_column
from tracker.objects import ObjectGroups


def relative_usage(store: MemoryStore) -> torch.Tensor:
    """Use per read since the element was written: (size,)."""
    return store["usage"] / store["age"].clamp(min=1)


def most_used(usage: torch.Tensor, count: int) -> torch.Tensor:
    """Choose prototypes among the candidates.

    Args:
        usage: (N,) of the candidates, normalised by their age.
        count: prototypes wanted, clamped to N.

    Returns:
        (P,) their positions, most used first.
    """
    return usage.topk(min(count, usage.shape[0])).indices


def survives_eviction(usage: torch.Tensor, excess: int) -> torch.Tensor:
    """Decide which long-term elements stay when at least ``excess`` must go.

    Elements used no more than the last one that must go are all as obsolete, and go with it.

    Args:
        usage: (N,) normalised by age.
        excess: 1 to N.

    Returns:
        (N,) bool.
    """
    threshold = usage.kthvalue(excess).values
    return usage > threshold


def consolidate(store: MemoryStore, groups: ObjectGroups, config: MemoryConfig) -> None:
    """Turn the old part of working memory into prototypes, after making room for them.

    The candidates are all working frames but the ``min_working_frames - 1`` latest.

    Args:
        store: changed in place.
        groups: the objects that have values in ``store``.
        config: the sizes.
    """
    _evict(store, config.max_long_term_elements - config.num_prototypes)
    working = store["kind"] == Kind.WORKING  # (N,)
    frames = store.frames(working)
    last_candidate = frames[len(frames) - config.min_working_frames]
    is_candidate = working & (store["frame"] <= last_candidate)  # (N,)
    _anchor_late_groups(store, groups, is_candidate, config.min_working_frames)
    replace_by_prototypes(store, groups, is_candidate.nonzero().flatten(), config.num_prototypes)


def _evict(store: MemoryStore, room: int) -> None:
    long_term = store["kind"] == Kind.LONG_TERM
    excess = int(long_term.sum()) - room
    if excess > 0:
        survives = ~long_term
        survives[long_term] = survives_eviction(relative_usage(store)[long_term], excess)
        store.evicted += int((~survives).sum())
        store.keep(survives)


def _anchor_late_groups(
    store: MemoryStore, groups: ObjectGroups, is_candidate: torch.Tensor, min_frames: int
) -> None:
    """Treat groups that hold no permanent frame as XMem does, before the candidates are consolidated.

    XMem keeps the first frame of every group, yet only the first key of all. So the values of such a group's
    first frame move onto the keys of the first permanent frame, and its other candidates enter long-term
    memory only when there are at least two frames of them.
    """
    newest_group, frame = store["newest_group"], store["frame"]
    anchor = store.first_frame(Kind.PERMANENT)
    anchored = int(newest_group[store["kind"] == Kind.PERMANENT].max())
    late = [number for number in groups.numbers if number > anchored]
    for number in reversed(late):  # youngest first: what it leaves may be left by the next older one too
        holds = (store["kind"] == Kind.WORKING) & (newest_group >= number)  # (N,)
        own_frames = store.frames(holds)
        first = holds & (frame == own_frames[0])  # (N,)
        if len(own_frames) >= min_frames:
            for object_id in groups.members(number):
                for column in columns_of(store, object_id):
                    store[column][anchor] = store[column][first]
            newest_group[anchor] = newest_group[anchor].clamp(min=number)
        takes_part = len(own_frames) > min_frames + 1
        leaves = is_candidate & (newest_group >= number) & (first if takes_part else True)
        newest_group[leaves] = groups.older_than(number)


def replace_by_prototypes(
    store: MemoryStore, groups: ObjectGroups, candidates: torch.Tensor, count: int
) -> None:
    """Replace candidates by their ``count`` most used ones, each enriched by all of them.

    A prototype keeps its key and its place. Its values and its shrinkage become averages over all candidates,
    weighted by a full softmax of their similarity to the prototype as a query, with its own selection
    (potentiation, XMem, equation 5). Each object group averages over those candidates that hold values for
    it.

    Args:
        store: the elements; loses the candidates, gains the prototypes at its end.
        groups: the objects that have values in ``store``.
        candidates: (N,) rows of ``store``.
        count: prototypes wanted, clamped to N.
    """
    held = store["newest_group"][candidates]  # (N,)
    key = store["key"][candidates]  # (N, CK)
    shrinkage = store["shrinkage"][candidates]  # (N,)
    prototypes = most_used(relative_usage(store)[candidates], count)  # (P,)
    similarity = _similarity_of_prototypes(store, candidates, prototypes)  # (P, N)

    anisotropic = "selection" in store
    prototype_shrinkage = similarity.softmax(dim=1) @ shrinkage  # (P,)
    rows = {
        "kind": torch.full_like(prototypes, Kind.LONG_TERM, dtype=torch.uint8),
        "key": key[prototypes],
        "factor": expand_memory(key[prototypes], prototype_shrinkage, anisotropic=anisotropic),
        "shrinkage": prototype_shrinkage,
        "newest_group": held[prototypes],
    }
    for number in groups.numbers:
        holds = held >= number  # (N,)
        weights = similarity.masked_fill(~holds, -torch.inf).softmax(dim=1)  # (P, N)
        weights = torch.where(holds[prototypes, None], weights, 0.0)
        for object_id in groups.members(number):
            values = store[value_column(object_id)][candidates]  # (N, CV)
            rows[value_column(object_id)] = weights.to(values.dtype) @ values
            if place_column(object_id) in store:
                rows[place_column(object_id)] = store[place_column(object_id)][candidates][prototypes]

    survives = torch.ones(store.size, dtype=torch.bool, device=key.device)
    survives[candidates] = False
    store.keep(survives)
    store.append(rows)


def _similarity_of_prototypes(
    store: MemoryStore, candidates: torch.Tensor, prototypes: torch.Tensor
) -> torch.Tensor:
    selection = store["selection"][candidates][prototypes] if "selection" in store else None
    query = expand_query(
        store["key"][candidates][prototypes], selection, anisotropic=selection is not None
    )  # (P, D)
    return query @ store["factor"][candidates].T
