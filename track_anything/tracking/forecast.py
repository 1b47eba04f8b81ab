"""How much memory tracking will take, said before it begins, and what to do when there is less."""

from collections.abc import Collection
from dataclasses import dataclass

from track_anything.models import Models, free_memory
from track_anything.project import Project
from track_anything.types import FrameIndex, ObjectId
from tracker.memory_need import Foreseen, Undertaking

_MIB, _GIB = 1 << 20, 1 << 30


@dataclass(frozen=True)
class Forecast:
    """How much memory tracking will take.

    Attributes:
        need: bytes at most, beyond what is taken before it begins.
        free: bytes that can be had where the tracker runs; None = nobody tells.
        objects: how many are followed at once.
    """

    need: int
    free: int | None
    objects: int

    @property
    def fits(self) -> bool:
        """Whether there is as much; True where nobody tells."""
        return self.free is None or self.need <= self.free

    def __str__(self) -> str:
        takes = f"tracking takes up to about {_size(self.need)} of memory"
        if self.free is None:
            return takes
        if self.fits:
            return f"{takes}; {_size(self.free)} are free"
        fewer = "track fewer objects at a time, " if self.objects > 1 else ""
        return (
            f"{takes}, and {_size(self.free)} are free: {fewer}close other programs, or choose the tracker "
            "xmem-light; frames that are finished are kept"
        )


def forecast(models: Models, project: Project, objects: Collection[ObjectId], frames: int) -> Forecast | None:
    """What it takes to follow some objects of a project through so many frames.

    None for a tracker that does not tell, and for nothing to follow.
    """
    propagator = models.new_propagator()
    known = frozenset[FrameIndex]().union(*(project.state.frames_known(own) for own in objects))
    ahead = Undertaking(project.size, len(objects), len(known), frames)
    if not isinstance(propagator, Foreseen) or not ahead.objects:
        return None
    return Forecast(propagator.memory_need(ahead), free_memory(models.device), ahead.objects)


def _size(count: int) -> str:
    return f"{count / _GIB:.1f} GiB" if count >= _GIB else f"{max(1, round(count / _MIB))} MiB"
