"""How a propagation by a memory network runs."""

from dataclasses import dataclass, field

from tracker.errors import TrackerError
from tracker.memory_config import MemoryConfig


@dataclass(frozen=True)
class XMemConfig:
    """How a propagation runs; the defaults are the published ones.

    Attributes:
        mem_every: a frame is written to memory when the last one written is this many frames ago.
        deep_update_every: likewise for the deep update of the sensory memory, on frames that are written;
            -1 = on each of them, in place of the update of every frame.
        internal_size: short side in pixels of the frames that the network sees; None = as they come.
        object_chunk: objects encoded or decoded at a time, which bounds the peak memory.
        memory: the sizes of the memory bank.
    """

    mem_every: int = 5
    deep_update_every: int = -1
    internal_size: int | None = 480
    object_chunk: int = 4
    memory: MemoryConfig = field(default_factory=MemoryConfig)

    def __post_init__(self) -> None:
        """Refuse what cannot work; the rest is checked by ``MemoryConfig``."""
        for name in ("mem_every", "object_chunk", "internal_size"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise TrackerError(f"{name} is {value}: give at least 1")
