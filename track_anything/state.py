"""What a project says at one point of its history."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from track_anything.edits import AddObject, Edit, GiveMask, Propagate
from track_anything.layers import Layers
from track_anything.types import FrameIndex, Mask, ObjectId


@dataclass(frozen=True)
class State:
    """The applied edits folded into answers; made anew when the head moves.

    Attributes:
        objects: name per object id.
        known: number of the edit that gave the mask, per frame and object.
        passes: the propagation passes by edit number, oldest first.
    """

    objects: Mapping[ObjectId, str]
    known: Mapping[tuple[FrameIndex, ObjectId], int]
    passes: Mapping[int, Propagate]

    @classmethod
    def of(cls, applied: Iterable[tuple[int, Edit]]) -> "State":
        """Fold numbered edits, oldest first."""
        objects: dict[ObjectId, str] = {}
        known: dict[tuple[FrameIndex, ObjectId], int] = {}
        passes: dict[int, Propagate] = {}
        for number, edit in applied:
            match edit:
                case AddObject():
                    objects[edit.object_id] = edit.name
                case GiveMask():
                    known[edit.frame, edit.object_id] = number
                case Propagate():
                    passes[number] = edit
        return cls(objects, known, passes)

    @property
    def last_step(self) -> dict[int, Propagate]:
        """The passes that belong to the newest track step: its first pass and those joined to it."""
        step: dict[int, Propagate] = {}
        for number, edit in reversed(list(self.passes.items())):
            step[number] = edit
            if not edit.joined:
                break
        return dict(sorted(step.items()))

    def mask_edit(self, frame: FrameIndex, object_id: ObjectId, written: Iterable[int]) -> int | None:
        """Number of the edit that holds an object's mask on a frame, among those ``written`` there."""
        known = self.known.get((frame, object_id))
        if known is not None:
            return known
        passes = (n for n in written if n in self.passes and object_id in self.passes[n].object_ids)
        return max(passes, default=None)


class KnownMasks(Mapping[FrameIndex, Mapping[ObjectId, Mask]]):
    """The ``Known`` of a project, read from disk when asked for; holds no mask in memory."""

    def __init__(self, layers: Layers, known: Mapping[tuple[FrameIndex, ObjectId], int]) -> None:
        self._layers = layers
        self._edits: dict[FrameIndex, dict[ObjectId, int]] = {}
        for (frame, object_id), number in known.items():
            self._edits.setdefault(frame, {})[object_id] = number

    def __getitem__(self, frame: FrameIndex) -> Mapping[ObjectId, Mask]:
        return {
            object_id: self._layers.read(frame, number) == object_id
            for object_id, number in self._edits[frame].items()
        }

    def __iter__(self) -> Iterator[FrameIndex]:
        return iter(sorted(self._edits))

    def __len__(self) -> int:
        return len(self._edits)

    def first_frame(self, object_id: ObjectId) -> FrameIndex | None:
        """The first frame on which an object is known."""
        return min((frame for frame, edits in self._edits.items() if object_id in edits), default=None)

    def of_objects(self, object_ids: Iterable[ObjectId]) -> "KnownMasks":
        """The known masks of some objects only."""
        chosen = set(object_ids)
        return KnownMasks(
            self._layers,
            {
                (f, o): number
                for f, edits in self._edits.items()
                for o, number in edits.items()
                if o in chosen
            },
        )
