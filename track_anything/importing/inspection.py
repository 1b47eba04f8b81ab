"""What an import would do, shown before it is taken."""

from collections.abc import Mapping
from dataclasses import dataclass

from track_anything.types import FrameIndex, ObjectId

_SHOWN = 3  # masks by which the match is shown


@dataclass(frozen=True)
class ForeignObject:
    """An object of the masks.

    Attributes:
        foreign: its id there.
        name: what it is called there.
        frames: on how many it is.
        becomes: the object of the project that gets its masks; None = a new one.
    """

    foreign: int
    name: str
    frames: int
    becomes: ObjectId | None


@dataclass(frozen=True)
class Inspection:
    """What is read out of masks, and where it would go.

    Attributes:
        kind: what the masks are, in words.
        meaning: what their pixels mean, in words; empty where that is no question.
        match: by what frames were told, in words.
        names: what each mask is called, by its frame; masks of no object among them.
        objects: in the order of their ids.
        notes: what was passed over.
    """

    kind: str
    meaning: str
    match: str
    names: Mapping[FrameIndex, str]
    objects: tuple[ForeignObject, ...]
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it for people, a few lines."""
        named = [f"{name} for frame {frame}" for frame, name in sorted(self.names.items())]
        some = ", ".join(named[:_SHOWN]) + (f" ... {named[-1]}" if len(named) > _SHOWN else "")
        meaning = f"; {self.meaning}" if self.meaning else ""
        return (
            f"{self.kind}{meaning}",
            f"frames {self.match}: {some}",
            *(_line(each) for each in self.objects),
            *self.notes,
        )


def _line(each: ForeignObject) -> str:
    goes = "a new object" if each.becomes is None else f"object {each.becomes}"
    frames = "1 frame" if each.frames == 1 else f"{each.frames} frames"
    return f"{each.foreign} ({each.name}), on {frames}, becomes {goes}"
