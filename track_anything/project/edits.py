"""The edits of a project: each is one step that can be undone."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeAlias

from sam.prompt import Prompt
from track_anything.errors import InputError, ProjectError
from track_anything.project.clean_up import CleanUp
from track_anything.types import FrameIndex, ObjectId

WIDEST_BAND = 1000
"""Pixels of the unknown band of a matte; what would take more is not an outline."""


@dataclass(frozen=True)
class AddObject:
    """A new object to follow."""

    kind: ClassVar[str] = "add_object"
    object_id: ObjectId
    name: str


@dataclass(frozen=True)
class RenameObject:
    """Another name for an object."""

    kind: ClassVar[str] = "rename_object"
    object_id: ObjectId
    name: str


@dataclass(frozen=True)
class RecolourObject:
    """Another colour for an object, (red, green, blue) from 0 to 255."""

    kind: ClassVar[str] = "recolour_object"
    object_id: ObjectId
    colour: tuple[int, int, int]


@dataclass(frozen=True)
class SetBand:
    """Another width, in source pixels, for the unknown band that an object's mattes are sought in."""

    kind: ClassVar[str] = "set_band"
    object_id: ObjectId
    width: float


@dataclass(frozen=True)
class SetCleanUp:
    """Another clean-up for the masks of an object wherever they are shown or handed out; see ``CleanUp``."""

    kind: ClassVar[str] = "set_clean_up"
    object_id: ObjectId
    holes: int = 0
    islands: int = 0
    smooth: float = 0.0
    grow: float = 0.0

    @property
    def clean_up(self) -> CleanUp:
        """What it asks for; InputError when a value is out of range."""
        return CleanUp(self.holes, self.islands, self.smooth, self.grow)


@dataclass(frozen=True)
class DeleteObject:
    """An object and all its masks are gone; its id is free."""

    kind: ClassVar[str] = "delete_object"
    object_id: ObjectId


@dataclass(frozen=True)
class GiveMask:
    """A person said what the mask of one object on one frame is: the mask is known from here on.

    The mask itself is a file; what it was made from is kept to be shown and gone on from.

    Attributes:
        frame: the frame.
        object_id: the object.
        points: clicks as ``(x, y)`` in source pixels; empty for a painted or imported mask.
        labels: per click, 1 = belongs to the object, 0 = does not.
        box: ``(x0, y0, x1, y1)`` in source pixels, or None.
    """

    kind: ClassVar[str] = "give_mask"
    frame: FrameIndex
    object_id: ObjectId
    points: tuple[tuple[float, float], ...] = ()
    labels: tuple[int, ...] = ()
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class _OnRange:
    """Something about one object on frames ``start`` up to, not including, ``stop``."""

    object_id: ObjectId
    start: FrameIndex
    stop: FrameIndex

    @property
    def frames(self) -> range:
        """The frames it is about."""
        return range(self.start, self.stop)


@dataclass(frozen=True)
class Lock(_OnRange):
    """The masks that an object has there are known: right as they are, and not to be overwritten."""

    kind: ClassVar[str] = "lock"


@dataclass(frozen=True)
class Unlock(_OnRange):
    """The masks of an object there are no longer known, given ones included: tracking may replace them."""

    kind: ClassVar[str] = "unlock"


@dataclass(frozen=True)
class Clear(_OnRange):
    """An object is known to be absent there."""

    kind: ClassVar[str] = "clear"


@dataclass(frozen=True)
class Withdraw(_OnRange):
    """The masks that a person gave for an object there were a mistake: what was there before shows again."""

    kind: ClassVar[str] = "withdraw"


@dataclass(frozen=True)
class Merge(_OnRange):
    """The masks of another object become part of an object's; known where either was.

    Attributes:
        other_id: the object that gives its masks away and is known to be absent there.
    """

    kind: ClassVar[str] = "merge"
    other_id: ObjectId


@dataclass(frozen=True)
class Split(_OnRange):
    """The masks of an object become those of another one, and the object is known to be absent there.

    Attributes:
        other_id: the object that takes the masks over, in place of its own.
    """

    kind: ClassVar[str] = "split"
    other_id: ObjectId


@dataclass(frozen=True)
class Swap(_OnRange):
    """Two objects exchange their masks, and with them what is known.

    Attributes:
        other_id: the second object.
    """

    kind: ClassVar[str] = "swap"
    other_id: ObjectId


@dataclass(frozen=True)
class SetRange:
    """Tracking keeps to frames ``start`` (the in point) up to, not including, ``stop``."""

    kind: ClassVar[str] = "set_range"
    start: FrameIndex
    stop: FrameIndex


@dataclass(frozen=True)
class Propagate:
    """One pass through the video that carries masks from frame to frame, writing as it goes.

    Attributes:
        start: first frame of the pass.
        stop: the frame after its last one, in the direction of the pass.
        step: 1 forward, -1 backward.
        object_ids: the objects whose masks the pass writes.
        joined: undone and redone together with the edit before it.
        joins: per object the frame from which on it is followed; empty = all from ``start``.
        fuses: numbers of the forward passes whose masks this one is fused with.
        seeded: it begins from the masks of the frame before ``start``, known or not.
    """

    kind: ClassVar[str] = "propagate"
    start: FrameIndex
    stop: FrameIndex
    step: int
    object_ids: tuple[ObjectId, ...]
    joined: bool = False
    joins: tuple[FrameIndex, ...] = ()
    fuses: tuple[int, ...] = ()
    seeded: bool = False

    @property
    def frames(self) -> range:
        """The frames that the pass writes, in its order."""
        return range(self.start, self.stop, self.step)

    @property
    def frames_read(self) -> range:
        """The frames that the pass goes through, in its order."""
        return range(self.start - self.step if self.seeded else self.start, self.stop, self.step)

    def followed_on(self, frame: FrameIndex) -> frozenset[ObjectId]:
        """The objects that the pass writes on a frame: those that have joined it by then."""
        if frame not in self.frames:
            return frozenset()
        joins = self.joins or (self.start,) * len(self.object_ids)
        return frozenset(
            object_id
            for object_id, join in zip(self.object_ids, joins, strict=True)
            if (frame - join) * self.step >= 0
        )


RangeEdit: TypeAlias = Lock | Unlock | Clear | Withdraw
ExchangeEdit: TypeAlias = Merge | Split | Swap
ObjectEdit: TypeAlias = AddObject | RenameObject | RecolourObject | SetBand | SetCleanUp | DeleteObject
Edit: TypeAlias = ObjectEdit | GiveMask | RangeEdit | ExchangeEdit | SetRange | Propagate

_CLASSES: tuple[type[Edit], ...] = (
    AddObject, RenameObject, RecolourObject, SetBand, SetCleanUp, DeleteObject, GiveMask, Lock, Unlock, Clear,
    Withdraw, Merge, Split, Swap, SetRange, Propagate,
)  # fmt: skip
_KINDS: dict[str, type[Edit]] = {kind.kind: kind for kind in _CLASSES}


def answered(object_id: ObjectId, frame: FrameIndex, prompt: Prompt) -> GiveMask:
    """The edit that a prompt with an answer becomes."""
    x0, y0, x1, y1 = prompt.box if prompt.box is not None else (0, 0, 0, 0)
    return GiveMask(
        frame,
        object_id,
        points=tuple((float(x), float(y)) for x, y in prompt.points),
        labels=tuple(int(label) for label in prompt.labels),
        box=(float(x0), float(y0), float(x1), float(y1)) if prompt.box is not None else None,
    )


def frames_touched(edit: Edit) -> range:
    """The frames whose masks an edit can change; a deleted object's, which may be any, are not among them."""
    match edit:
        case GiveMask():
            return range(edit.frame, edit.frame + 1)
        case Lock() | Unlock() | Clear() | Withdraw() | Merge() | Split() | Swap() | Propagate():
            return edit.frames
        case _:
            return range(0)


def objects_touched(edit: Edit) -> frozenset[ObjectId]:
    """The objects that an edit is about; none for the range to work on."""
    match edit:
        case Propagate():
            return frozenset(edit.object_ids)
        case Merge() | Split() | Swap():
            return frozenset({edit.object_id, edit.other_id})
        case SetRange():
            return frozenset()
        case _:
            return frozenset({edit.object_id})


def check_values(edit: Edit) -> None:
    """Raise InputError when an edit describes an object in a way that cannot be kept."""
    match edit:
        case AddObject(name=name) | RenameObject(name=name) if not name.strip() or not _is_text(name):
            raise InputError(f"{name!r} is no name for an object: give one of letters or other signs")
        case RecolourObject(colour=colour) if not all(0 <= part <= 255 for part in colour):
            raise InputError(f"{colour} is no colour: give red, green and blue, each from 0 to 255")
        case SetBand(width=width) if not 1 <= width <= WIDEST_BAND:
            raise InputError(f"a band cannot be {width} pixels wide: give a width from 1 to {WIDEST_BAND}")
        case SetCleanUp():
            edit.clean_up  # noqa: B018 - it is checked as it is made


def without_given(edits: Iterable[tuple[int, Edit]], object_id: ObjectId) -> list[tuple[int, Edit]]:
    """Numbered edits as if nobody had given masks of an object, nor withdrawn any."""
    return [
        (number, edit)
        for number, edit in edits
        if not (isinstance(edit, GiveMask | Withdraw) and edit.object_id == object_id)
    ]


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """The edit as plain JSON values."""
    return {"kind": edit.kind, **asdict(edit)}


def edit_from_json(record: dict[str, Any]) -> Edit:
    """The edit that ``edit_to_json`` wrote; ProjectError for a kind this version does not know."""
    fields = {name: _frozen(value) for name, value in record.items() if name != "kind"}
    try:
        return _KINDS[record["kind"]](**fields)
    except (KeyError, TypeError) as error:
        raise ProjectError(
            f"the project holds an edit that this version cannot read ({record.get('kind')!r}): "
            "open it with the version that wrote it"
        ) from error


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # half a sign, as in file names of another encoding
        return False
    return True


def _frozen(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """JSON knows lists only; edits hold tuples."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
