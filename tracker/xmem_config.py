"""How a propagation by a memory network runs."""

from dataclasses import dataclass, field

from tracker.continuity import ContinuityConfig
from tracker.errors import TrackerError
from tracker.memory_config import MemoryConfig
from tracker.region_of_interest import RegionConfig


@dataclass(frozen=True)
class XMemConfig:
    """How a propagation runs; the defaults are the published ones.

    Attributes:
        mem_every: a frame is written to memory when the last one written is this many frames ago.
        deep_update_every: likewise for the deep update of the sensory memory, on frames that are written;
            -1 = on each of them, in place of the update of every frame.
        internal_size: short side in pixels of the frames that the network sees; None = as they come.
        enlarge_to: frames smaller than ``internal_size`` are seen as they are, or enlarged to this where they
            are smaller still; None = they are enlarged to ``internal_size``, as XMem does.
        reduction: of the size that comes of these, above 0, at most 1; to ``enlarge_to`` at least.
        object_chunk: objects encoded or decoded at a time, which bounds the peak memory.
        continuity: what is not taken for an object since it is elsewhere; None = likeness alone decides, as
            XMem does.
        position: how much it counts that two cells lie apart, seen from each object: the weight of their
            squared distance in heights of the frame, at least 0; 0 = not at all, as in XMem.
        region: how much around objects is looked at on frames that need not be seen whole; None = all of each
            frame, as XMem does.
        memory: the sizes of the memory bank.
    """

    mem_every: int = 5
    deep_update_every: int = -1
    internal_size: int | None = 480
    enlarge_to: int | None = None
    reduction: float = 1.0
    object_chunk: int = 4
    continuity: ContinuityConfig | None = None
    position: float = 0.0
    region: RegionConfig | None = None
    memory: MemoryConfig = field(default_factory=MemoryConfig)

    def __post_init__(self) -> None:
        """Refuse what cannot work; the rest is checked by ``MemoryConfig``."""
        for name in ("mem_every", "object_chunk", "internal_size", "enlarge_to"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise TrackerError(f"{name} is {value}: give at least 1")
        if self.position < 0:
            raise TrackerError(f"position is {self.position}: give at least 0")
        if self.region is not None and self.memory.locality_radius is not None:
            raise TrackerError("a locality radius counts cells of whole frames: give it, or a region")
        if not 0 < self.reduction <= 1:
            raise TrackerError(f"reduction is {self.reduction}: give more than 0 and at most 1")

    def short_side(self, source_size: tuple[int, int]) -> int:
        """Pixels of the short side that frames of (height, width) are seen at."""
        own = min(source_size)
        side = own if self.internal_size is None else self.internal_size
        least = 1
        if self.enlarge_to is not None:
            side = min(side, max(own, self.enlarge_to))
            least = min(side, self.enlarge_to)
        return max(least, round(side * self.reduction))

    @property
    def sizes(self) -> str:
        """What a saved memory says of the frames that it was made of."""
        enlarged = "" if self.enlarge_to is None else f", enlarged to {self.enlarge_to}"
        reduced = "" if self.reduction == 1 else f", reduced by {self.reduction}"
        return f"internal size {self.internal_size}{enlarged}{reduced}"
