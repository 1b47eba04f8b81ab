"""How full the memory of a propagation is."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class MemoryUse:
    """Sizes of a memory.

    Attributes:
        permanent: known frames that are kept whole.
        working: recent frames that are kept whole.
        long_term: elements (prototypes) that are left of older frames.
        most_long_term: elements that there is room for; the least used make way for new ones.
        evicted: elements that have made way since the memory was begun.
        bytes: what all of it takes, sensory memory left out.
    """

    permanent: int
    working: int
    long_term: int
    most_long_term: int
    evicted: int
    bytes: int


@runtime_checkable
class Gauged(Protocol):
    """A propagator that can say how full its memory is."""

    def memory_use(self) -> MemoryUse:
        """The sizes of its memory now."""
        ...
