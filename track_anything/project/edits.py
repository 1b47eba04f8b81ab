"""The edits of a project: each is one step that can be undone."""

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from track_anything.project.attributes import SetAttributes
from track_anything.project.clean_up import CleanUp
from track_anything.types import MAX_OBJECT_ID, FrameIndex, ObjectId


def _not_zero(step: int) -> int:
    if not step:
        raise ValueError("a pass has to go somewhere")
    return step


_Id: TypeAlias = Annotated[ObjectId, Field(ge=1, le=MAX_OBJECT_ID)]
_Frame: TypeAlias = Annotated[FrameIndex, Field(ge=0)]
_End: TypeAlias = Annotated[FrameIndex, Field(ge=-1)]
_Level: TypeAlias = Annotated[int, Field(ge=0, le=255)]
_Label: TypeAlias = Annotated[int, Field(ge=0, le=1)]
_Step: TypeAlias = Annotated[int, Field(ge=-1, le=1), AfterValidator(_not_zero)]
_Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
"""What a value read from disk may be; the type checker sees the plain types."""

WIDEST_BAND = 1000
"""Pixels of the unknown band of a matte; what would take more is not an outline."""


@dataclass(frozen=True)
class AddObject:
    """A new object to follow."""

    kind: Literal["add_object"] = field(default="add_object", kw_only=True)
    object_id: _Id
    name: str


@dataclass(frozen=True)
class RenameObject:
    """Another name for an object."""

    kind: Literal["rename_object"] = field(default="rename_object", kw_only=True)
    object_id: _Id
    name: str


@dataclass(frozen=True)
class RecolourObject:
    """Another colour for an object, (red, green, blue) from 0 to 255."""

    kind: Literal["recolour_object"] = field(default="recolour_object", kw_only=True)
    object_id: _Id
    colour: tuple[_Level, _Level, _Level]


@dataclass(frozen=True)
class SetBand:
    """Another width, in source pixels, for the unknown band that an object's mattes are sought in."""

    kind: Literal["set_band"] = field(default="set_band", kw_only=True)
    object_id: _Id
    width: _Number


@dataclass(frozen=True)
class SetCleanUp:
    """Another clean-up for the masks of an object wherever they are shown or handed out; see ``CleanUp``."""

    kind: Literal["set_clean_up"] = field(default="set_clean_up", kw_only=True)
    object_id: _Id
    holes: int = 0
    islands: int = 0
    smooth: _Number = 0.0
    grow: _Number = 0.0

    @property
    def clean_up(self) -> CleanUp:
        """What it asks for; InputError when a value is out of range."""
        return CleanUp(self.holes, self.islands, self.smooth, self.grow)


@dataclass(frozen=True)
class SetOwner:
    """An object goes with another one, its owner, as a shadow does; None = it stands for itself."""

    kind: Literal["set_owner"] = field(default="set_owner", kw_only=True)
    object_id: _Id
    owner_id: _Id | None


@dataclass(frozen=True)
class DeleteObject:
    """An object and all its masks are gone; its id is free."""

    kind: Literal["delete_object"] = field(default="delete_object", kw_only=True)
    object_id: _Id


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

    kind: Literal["give_mask"] = field(default="give_mask", kw_only=True)
    frame: _Frame
    object_id: _Id
    points: tuple[tuple[_Number, _Number], ...] = ()
    labels: tuple[_Label, ...] = ()
    box: tuple[_Number, _Number, _Number, _Number] | None = None

    @property
    def is_prompt(self) -> bool:
        """Whether it was made from clicks or a box, not painted or imported."""
        return bool(self.points) or self.box is not None


@dataclass(frozen=True)
class _OnRange:
    """Something about one object on frames ``start`` up to, not including, ``stop``."""

    object_id: _Id
    start: _Frame
    stop: _Frame

    @property
    def frames(self) -> range:
        """The frames it is about."""
        return range(self.start, self.stop)


@dataclass(frozen=True)
class Lock(_OnRange):
    """The masks that an object has there are known: right as they are, and not to be overwritten."""

    kind: Literal["lock"] = field(default="lock", kw_only=True)


@dataclass(frozen=True)
class Unlock(_OnRange):
    """The masks of an object there are no longer known, given ones included: tracking may replace them."""

    kind: Literal["unlock"] = field(default="unlock", kw_only=True)


@dataclass(frozen=True)
class Clear(_OnRange):
    """An object is known to be absent there."""

    kind: Literal["clear"] = field(default="clear", kw_only=True)


@dataclass(frozen=True)
class Withdraw(_OnRange):
    """The masks that a person gave for an object there were a mistake: what was there before shows again."""

    kind: Literal["withdraw"] = field(default="withdraw", kw_only=True)


@dataclass(frozen=True)
class Accept(_OnRange):
    """What some passes changed of an object there was looked at and found right; no mask changes.

    Attributes:
        passes: their numbers.
    """

    kind: Literal["accept"] = field(default="accept", kw_only=True)
    passes: tuple[int, ...]


@dataclass(frozen=True)
class Reject(_OnRange):
    """What some passes changed of an object there does not count: the masks from before them show again.

    Attributes:
        passes: their numbers.
    """

    kind: Literal["reject"] = field(default="reject", kw_only=True)
    passes: tuple[int, ...]


@dataclass(frozen=True)
class Merge(_OnRange):
    """The masks of another object become part of an object's, and are known: a person said whose they are.

    Attributes:
        other_id: the object that gives its masks away and is known to be absent there.
    """

    kind: Literal["merge"] = field(default="merge", kw_only=True)
    other_id: _Id


@dataclass(frozen=True)
class Split(_OnRange):
    """The masks of an object become those of another one, and the object is known to be absent there.

    The masks that change hands are known: a person said whose they are.

    Attributes:
        other_id: the object that takes the masks over, in place of its own on the same frames.
    """

    kind: Literal["split"] = field(default="split", kw_only=True)
    other_id: _Id


@dataclass(frozen=True)
class Swap(_OnRange):
    """Two objects exchange their masks, which are known: a person said whose they are.

    Attributes:
        other_id: the second object.
    """

    kind: Literal["swap"] = field(default="swap", kw_only=True)
    other_id: _Id


@dataclass(frozen=True)
class SetRange:
    """Tracking keeps to frames ``start`` (the in point) up to, not including, ``stop``."""

    kind: Literal["set_range"] = field(default="set_range", kw_only=True)
    start: _Frame
    stop: _Frame


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

    kind: Literal["propagate"] = field(default="propagate", kw_only=True)
    start: _Frame
    stop: _End
    step: _Step
    object_ids: tuple[_Id, ...]
    joined: bool = False
    joins: tuple[_Frame, ...] = ()
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

    def frames_of(self, object_id: ObjectId) -> range:
        """The frames on which the pass follows one of its objects: those from where that joins on."""
        joins = dict(zip(self.object_ids, self.joins, strict=True)) if self.joins else {}
        return range(joins.get(object_id, self.start), self.stop, self.step)

    def followed_on(self, frame: FrameIndex) -> frozenset[ObjectId]:
        """The objects that the pass writes on a frame: those that have joined it by then."""
        if frame not in self.frames:
            return frozenset()
        joins = self.joins or (self.start,) * len(self.object_ids)
        joined = zip(self.object_ids, joins, strict=True)
        return frozenset(object_id for object_id, join in joined if (frame - join) * self.step >= 0)


Verdict: TypeAlias = Accept | Reject
RangeEdit: TypeAlias = Lock | Unlock | Clear | Withdraw | Verdict
ExchangeEdit: TypeAlias = Merge | Split | Swap
ObjectEdit: TypeAlias = (
    AddObject | RenameObject | RecolourObject | SetAttributes | SetBand | SetCleanUp | SetOwner | DeleteObject
)
Edit: TypeAlias = ObjectEdit | GiveMask | RangeEdit | ExchangeEdit | SetRange | Propagate
