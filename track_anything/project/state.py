"""What a project says at one point of its history."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from track_anything.project.attributes import SetAttributes
from track_anything.project.claims import Claim, replay
from track_anything.project.clean_up import CleanUp
from track_anything.project.edits import (
    AddObject,
    DeleteObject,
    Edit,
    ExchangeEdit,
    Propagate,
    RecolourObject,
    RenameObject,
    SetBand,
    SetCleanUp,
    SetOwner,
    SetRange,
)
from track_anything.project.known_frames import KnownFrames, known_frames
from track_anything.types import FrameIndex, Mask, ObjectId


@dataclass(frozen=True)
class State:
    """The applied edits folded into answers; made anew when the head moves.

    Attributes:
        edits: the applied edits with their numbers, oldest first.
        objects: name per object id.
        colours: (red, green, blue) of those objects whose colour was chosen.
        attributes: of those objects that have some, value by name.
        bands: width in pixels of the unknown band of those objects for which one was chosen.
        clean_ups: what is done to the masks of those objects for which something is.
        owners: of those objects that go with another one, as shadows do, which one that is.
        known: per object the frames on which it is known.
        passes: the propagation passes by edit number, oldest first.
        chosen_range: in point and the frame after the out point, or None for the whole video.
    """

    edits: tuple[tuple[int, Edit], ...]
    objects: Mapping[ObjectId, str]
    colours: Mapping[ObjectId, tuple[int, int, int]]
    attributes: Mapping[ObjectId, Mapping[str, str]]
    bands: Mapping[ObjectId, float]
    clean_ups: Mapping[ObjectId, CleanUp]
    owners: Mapping[ObjectId, ObjectId]
    known: Mapping[ObjectId, KnownFrames]
    passes: Mapping[int, Propagate]
    chosen_range: range | None

    @classmethod
    def of(
        cls,
        applied: Iterable[tuple[int, Edit]],
        written: Callable[[int], Collection[FrameIndex]] = lambda _: (),
    ) -> "State":
        """Fold numbered edits, oldest first; ``written`` = the frames that a pass has masks of so far."""
        edits = tuple(applied)
        objects: dict[ObjectId, str] = {}
        colours: dict[ObjectId, tuple[int, int, int]] = {}
        attributes: dict[ObjectId, dict[str, str]] = {}
        bands: dict[ObjectId, float] = {}
        clean_ups: dict[ObjectId, CleanUp] = {}
        owners: dict[ObjectId, ObjectId | None] = {}
        passes: dict[int, Propagate] = {}
        chosen_range: range | None = None
        for number, edit in edits:
            match edit:
                case AddObject() | RenameObject():
                    objects[edit.object_id] = edit.name
                case RecolourObject():
                    colours[edit.object_id] = edit.colour
                case SetAttributes():
                    attributes[edit.object_id] = dict(edit.attributes)
                case SetBand():
                    bands[edit.object_id] = edit.width
                case SetCleanUp():
                    clean_ups[edit.object_id] = edit.clean_up
                case SetOwner():
                    owners[edit.object_id] = edit.owner_id
                case DeleteObject():
                    owners = {o: w for o, w in owners.items() if edit.object_id not in (o, w)}
                    objects.pop(edit.object_id, None)
                    colours.pop(edit.object_id, None)
                    attributes.pop(edit.object_id, None)
                    bands.pop(edit.object_id, None)
                    clean_ups.pop(edit.object_id, None)
                case SetRange():
                    chosen_range = range(edit.start, edit.stop)
                case Propagate():
                    passes[number] = edit
        chosen = {object_id: clean_up for object_id, clean_up in clean_ups.items() if not clean_up.is_nothing}
        owned = {o: w for o, w in owners.items() if w is not None and o != w and {o, w} <= {*objects}}
        known = known_frames(edits, written)
        told = {object_id: pairs for object_id, pairs in attributes.items() if pairs}
        return cls(edits, objects, colours, told, bands, chosen, owned, known, passes, chosen_range)

    def going_with(self, object_ids: Collection[ObjectId]) -> tuple[ObjectId, ...]:
        """The objects that go with some others, as shadows do, and are not among these."""
        return tuple(o for o, owner in self.owners.items() if owner in object_ids and o not in object_ids)

    @property
    def last_step(self) -> dict[int, Propagate]:
        """The passes that belong to the newest track step: its first pass and those joined to it."""
        step: dict[int, Propagate] = {}
        for number, edit in reversed(list(self.passes.items())):
            step[number] = edit
            if not edit.joined:
                break
        return dict(sorted(step.items()))

    def claims(
        self, frame: FrameIndex, written: Collection[int], lost: Collection[int] = ()
    ) -> dict[ObjectId, Claim]:
        """Where the masks of a frame come from.

        Args:
            frame: the frame.
            written: the edits that wrote something for it.
            lost: those that did, but what they wrote cannot be read any more.
        """
        edits = [(number, edit) for number, edit in self.edits if number not in lost] if lost else self.edits
        return replay(edits, frame, written)

    def is_exchanged_after(self, number: int, frame: FrameIndex) -> bool:
        """Whether masks of a frame changed hands by an edit later than one."""
        later = [edit for other, edit in self.edits if other > number and isinstance(edit, ExchangeEdit)]
        return any(frame in edit.frames for edit in later)

    def frames_known(self, object_id: ObjectId) -> frozenset[FrameIndex]:
        """The frames on which an object is known, empty ones included."""
        return frozenset(self.known[object_id].frames) if object_id in self.known else frozenset()

    def is_stale(
        self, frame: FrameIndex, object_id: ObjectId, claim: Claim, written: Collection[int]
    ) -> bool:
        """Whether the mask of an object on a frame should be propagated anew, or was never propagated.

        A mask loses its footing when a known mask next to its span changes, and it is not final while a later
        pass is still on its way to it. One that was put back stands as firm as one that was tracked then.
        """
        if claim.is_known:
            return False
        newest = max(claim.newest_edit, claim.put_back)
        known = self.known.get(object_id)
        is_undermined = known is not None and known.stale_since(frame) > newest
        on_their_way = [number for number in self.passes if number > newest and number not in written]
        is_awaited = any(object_id in self.passes[number].followed_on(frame) for number in on_their_way)
        return not claim.parts or is_undermined or is_awaited


class KnownMasks(Mapping[FrameIndex, Mapping[ObjectId, Mask]]):
    """The ``Known`` of a project, read from disk when asked for; holds no mask in memory.

    Args:
        read: the mask of an object on a frame.
        frames: those on which each object is known.
    """

    def __init__(
        self, read: Callable[[FrameIndex, ObjectId], Mask], frames: Mapping[ObjectId, Collection[FrameIndex]]
    ) -> None:
        self._read = read
        self._objects: dict[FrameIndex, list[ObjectId]] = {}
        for object_id, known in frames.items():
            for frame in known:
                self._objects.setdefault(frame, []).append(object_id)

    def __getitem__(self, frame: FrameIndex) -> Mapping[ObjectId, Mask]:
        return {object_id: self._read(frame, object_id) for object_id in self._objects[frame]}

    def __iter__(self) -> Iterator[FrameIndex]:
        return iter(sorted(self._objects))

    def __len__(self) -> int:
        return len(self._objects)


def default_name(object_id: ObjectId) -> str:
    """The name of an object that nobody has named."""
    return f"object {object_id}"
