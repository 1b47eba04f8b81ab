"""What masks of other programs offer, however they are kept."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from track_anything.errors import InputError
from track_anything.masks.pixels import Reading
from track_anything.system.lifecycle import Closing
from track_anything.types import MAX_OBJECT_ID, FrameIndex, Mask


@dataclass(frozen=True)
class HowToRead:
    """What a person may say about masks; each None or False means that the product decides and says so.

    Attributes:
        reading: what pixels mean.
        first_number: the number that frame 0 has in names.
        joins_instances: several masks of one category on a frame are one object.
    """

    reading: Reading | None = None
    first_number: int | None = None
    joins_instances: bool = False


AS_IT_LOOKS = HowToRead()


@dataclass(frozen=True)
class MeantFor:
    """The video that masks are for.

    Attributes:
        size: (height, width).
        frame_count: by which frames and objects of an array are told apart; 0 = unknown.
        name: by which a data set of several videos is searched.
    """

    size: tuple[int, int]
    frame_count: int = 0
    name: str = ""


class ForeignMasks(Closing, ABC):
    """Masks in some order, by the id that the other program gave the object.

    What is read after they were closed is opened again.

    Attributes:
        path: where they are.
        kind: what they are, in words.
        meaning: what their pixels mean, in words; empty where that is no question.
        names: of the masks, by which frames are told; those of a video or an array are their places.
        starts_at: the frame of the first one, for masks without names.
        is_indexed: numbers in names are known to be frames.
        notes: what was passed over, one line each.
    """

    path: Path
    kind: str
    meaning: str = ""
    names: tuple[str, ...]
    starts_at: FrameIndex | None = None
    is_indexed: bool = False
    notes: tuple[str, ...] = ()

    @abstractmethod
    def read(self, place: int) -> dict[int, Mask]:
        """The (H, W) masks in one place that are not empty, by id; InputError when they cannot be read."""

    def name(self, foreign: int) -> str:
        """What the other program calls an object."""
        return f"object {foreign}"


def too_many_objects(count: int) -> InputError:
    """The error for masks of more objects than a project can hold."""
    return InputError(
        f"a project holds at most {MAX_OBJECT_ID} objects, and these are {count}: if values are no ids, say "
        "what they are (--as soft), or remap some"
    )
