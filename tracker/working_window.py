"""How many frames memory may hold whole, and what becomes of what is more (XMem, section 3.3)."""

import torch

from tracker.consolidation import consolidate
from tracker.errors import MemoryFullError
from tracker.memory_config import MemoryConfig
from tracker.memory_store import Kind, MemoryStore
from tracker.objects import ObjectGroups


def consolidate_when_full(store: MemoryStore, groups: ObjectGroups, config: MemoryConfig, cells: int) -> None:
    """Consolidate a working memory that the last write filled."""
    limit = config.max_working_frames
    if config.long_term and limit is not None and _working_frames(store, cells) + 1 >= limit:
        consolidate(store, groups, config)


def drop_beyond_window(store: MemoryStore, config: MemoryConfig, cells: int) -> None:
    """Make room for one more frame where no long-term memory takes the old ones."""
    limit = config.max_working_frames
    if config.long_term or limit is None or _working_frames(store, cells) + 2 <= limit:
        return
    survives = torch.ones(store.size, dtype=torch.bool, device=store["kind"].device)
    survives[store.first_frame(Kind.WORKING)] = False
    store.keep(survives)


def check_permanent_cap(store: MemoryStore, config: MemoryConfig, cells: int) -> None:
    """Raise MemoryFullError where no further frame can be made known."""
    cap = config.max_permanent_frames
    if store.size and store.count(Kind.PERMANENT) >= cap * cells:
        raise MemoryFullError(
            f"all {cap} permanent frames are taken: forget objects, remember this frame with "
            "permanent=False, or raise max_permanent_frames"
        )


def _working_frames(store: MemoryStore, cells: int) -> int:
    return store.count(Kind.WORKING) // cells if cells else 0
