"""What the mask of each object on one frame is made of: the applied edits, replayed for that frame."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from track_anything.project.edits import (
    Clear,
    DeleteObject,
    Edit,
    ExchangeEdit,
    GiveMask,
    Lock,
    Merge,
    Propagate,
    Reject,
    Split,
    Swap,
    Unlock,
    Withdraw,
)
from track_anything.types import FrameIndex, ObjectId

Part: TypeAlias = tuple[int, ObjectId]
"""(number of an edit, id inside the layer that it wrote)."""


@dataclass(frozen=True)
class Claim:
    """Where an object's mask on a frame comes from.

    Attributes:
        parts: its mask is all of these together; none = it has no mask there.
        is_known: a person vouches for it, empty or not.
        put_back: number of the edit by which a person put this mask back in the place of a later one, 0 for
            none: what spoke against it before then no longer does.
    """

    parts: tuple[Part, ...] = ()
    is_known: bool = False
    put_back: int = 0

    @property
    def newest_edit(self) -> int:
        """Number of the last edit that wrote a part, 0 for none."""
        return max(self.parts)[0] if self.parts else 0


NO_CLAIM = Claim()
_ABSENT = Claim(is_known=True)


class FrameReplay:
    """The claims on one frame, edit by edit.

    What a withdrawal or a rejection brings back is kept beside each claim as the edits come, so that nothing
    is ever replayed for it.

    Args:
        frame: the frame.
    """

    def __init__(self, frame: FrameIndex) -> None:
        self.frame = frame
        self._slots: dict[ObjectId, _Slot] = {}

    @property
    def claims(self) -> dict[ObjectId, Claim]:
        """The claim of every object that an edit so far was about."""
        return {object_id: slot.pile.claim for object_id, slot in self._slots.items()}

    def take(self, number: int, edit: Edit, *, is_written: bool) -> None:
        """Follow the next edit.

        Args:
            number: of the edit.
            edit: the edit.
            is_written: a pass has come as far as this frame.
        """
        frame, slot = self.frame, self._slot
        match edit:
            case GiveMask(object_id=own) if edit.frame == frame:
                given = Claim(((number, own),), is_known=True)
                self._slots[own] = _Slot(_Pile.of(given), {own: slot(own).without_given_to(own)})
            case Propagate() if is_written:
                for own in edit.followed_on(frame):
                    self._slots[own] = slot(own).tracked(number, Claim(((number, own),)))
            case DeleteObject(object_id=own):
                self._slots.pop(own, None)
                self._slots = {o: other.forgetting(own) for o, other in self._slots.items()}
            case Lock(object_id=own) | Unlock(object_id=own) | Clear(object_id=own) if frame in edit.frames:
                self._slots[own] = slot(own).changed(lambda pile: pile.changed(partial(_on_range, edit)))
            case Withdraw(object_id=own) if frame in edit.frames:
                self._slots[own] = _Slot(slot(own).without_given_to(own))
            case Reject(object_id=own) if frame in edit.frames:
                self._slots[own] = slot(own).changed(lambda pile: pile.rejected(number, edit.passes))
            case Merge() | Split() | Swap() if frame in edit.frames:
                self._exchange(edit)

    def _exchange(self, edit: ExchangeEdit) -> None:
        own, other = self._slot(edit.object_id), self._slot(edit.other_id)
        after = _exchanged(edit, own.pile, other.pile)
        without = {
            given_to: _exchanged(edit, own.without_given_to(given_to), other.without_given_to(given_to))
            for given_to in {*own.without, *other.without}
        }
        for place, object_id in enumerate((edit.object_id, edit.other_id)):
            self._slots[object_id] = _Slot(after[place], {o: both[place] for o, both in without.items()})

    def _slot(self, object_id: ObjectId) -> "_Slot":
        return self._slots.get(object_id, _Slot())


@dataclass(frozen=True)
class _Pile:
    """A claim, and those under it that passes have covered.

    Attributes:
        layers: (the pass that put it there, 0 for a person; claim), the one that counts last.
    """

    layers: tuple[tuple[int, Claim], ...] = ()

    @classmethod
    def of(cls, claim: Claim) -> "_Pile":
        """A claim that no rejection of a pass takes away."""
        return cls(((0, claim),))

    @property
    def claim(self) -> Claim:
        """The one that counts."""
        return self.layers[-1][1] if self.layers else NO_CLAIM

    def tracked(self, number: int, found: Claim) -> "_Pile":
        """The pile after a pass found a mask: it covers one that is not known."""
        return self if self.claim.is_known else _Pile((*self.layers, (number, found)))

    def changed(self, change: Callable[[Claim], Claim]) -> "_Pile":
        """The pile after an edit that does the same to whatever is there."""
        return _Pile(tuple((number, change(claim)) for number, claim in self.layers or ((0, NO_CLAIM),)))

    def rejected(self, number: int, passes: Collection[int]) -> "_Pile":
        """The pile without what some passes put there; what a person vouches for is left."""
        if self.claim.is_known:
            return self
        left = _Pile(tuple(layer for layer in self.layers if layer[0] not in passes))
        if left.claim.parts == self.claim.parts:
            return left
        source = left.layers[-1][0] if left.layers else 0
        return _Pile((*left.layers[:-1], (source, replace(left.claim, put_back=number))))


@dataclass(frozen=True)
class _Slot:
    """What there is of an object, and what there would be without what was given to one object.

    Attributes:
        pile: as it is.
        without: per object what there would be if nobody had given masks of that object; where an object is
            not named, it makes no difference.
    """

    pile: _Pile = _Pile()
    without: Mapping[ObjectId, _Pile] = field(default_factory=dict)

    def without_given_to(self, object_id: ObjectId) -> _Pile:
        """What there would be if nobody had given masks of an object."""
        return self.without.get(object_id, self.pile)

    def changed(self, change: Callable[[_Pile], _Pile]) -> "_Slot":
        """The slot after an edit that does the same whatever was given."""
        return _Slot(change(self.pile), {o: change(pile) for o, pile in self.without.items()})

    def tracked(self, number: int, found: Claim) -> "_Slot":
        """The slot after a pass found a mask."""
        return self.changed(lambda pile: pile.tracked(number, found))

    def forgetting(self, object_id: ObjectId) -> "_Slot":
        """The slot when there is no such object any more; another may get its id."""
        if object_id not in self.without:
            return self
        return _Slot(self.pile, {o: pile for o, pile in self.without.items() if o != object_id})


def replay(
    edits: Iterable[tuple[int, Edit]], frame: FrameIndex, written: Collection[int]
) -> dict[ObjectId, Claim]:
    """The claims on a frame.

    Args:
        edits: the applied ones with their numbers, oldest first.
        frame: the frame.
        written: numbers of the edits that wrote a layer for it; a pass that has not come this far has not.
    """
    replayed = FrameReplay(frame)
    for number, edit in edits:
        replayed.take(number, edit, is_written=number in written)
    return replayed.claims


@dataclass(frozen=True)
class Statements:
    """What a person said with clicks and boxes about one mask, and the mask that was there before.

    Attributes:
        base: where the mask came from before the first of them.
        given: the masks that came of it with their edits, oldest first; the last is the one that is there.
    """

    base: Claim
    given: tuple[tuple[Claim, GiveMask], ...] = ()

    @property
    def newest(self) -> GiveMask | None:
        """What was said last, which repeats what was said before and still counts."""
        return self.given[-1][1] if self.given else None

    @property
    def before_last(self) -> Claim | None:
        """The claim that the newest click was about; None where nothing was said before it, or it is gone."""
        if self.newest is None or not (self.newest.points[:-1] or self.newest.box):
            return None
        points, labels, box = self.newest.points[:-1], self.newest.labels[:-1], self.newest.box
        for claim, given in reversed(self.given):
            if (given.points, given.labels, given.box) == (points, labels, box):
                return claim
        return None


def statements(
    edits: Collection[tuple[int, Edit]], frame: FrameIndex, written: Collection[int], claim: Claim
) -> Statements:
    """What was said by clicks and boxes in a row up to the mask of a claim on a frame; see ``replay``."""
    numbered, given = dict(edits), list[tuple[Claim, GiveMask]]()
    while len(claim.parts) == 1:
        (number, object_id), edit = claim.parts[0], numbered[claim.parts[0][0]]
        if not isinstance(edit, GiveMask) or not edit.is_prompt:
            break
        given.insert(0, (claim, edit))
        earlier = [(n, other) for n, other in edits if n < number]
        claim = replay(earlier, frame, written).get(object_id, NO_CLAIM)
    return Statements(claim, tuple(given))


def _on_range(edit: Lock | Unlock | Clear, claim: Claim) -> Claim:
    return _ABSENT if isinstance(edit, Clear) else replace(claim, is_known=isinstance(edit, Lock))


def _exchanged(edit: ExchangeEdit, own: _Pile, other: _Pile) -> tuple[_Pile, _Pile]:
    """What the edit's two objects have after it; a mask that changes hands is known from then on."""
    match edit:
        case Merge():
            merged = Claim((*own.claim.parts, *other.claim.parts), is_known=True)
            return _Pile.of(merged) if other.claim.parts else own, _Pile.of(_ABSENT)
        case Split():
            has_mask = own.claim.is_known or bool(own.claim.parts)
            return _Pile.of(_ABSENT), own.changed(_vouched) if has_mask else other
        case Swap():
            return other.changed(_vouched), own.changed(_vouched)


def _vouched(claim: Claim) -> Claim:
    """A claim of which a person said whose it is; where there is no mask, nothing was said."""
    return replace(claim, is_known=claim.is_known or bool(claim.parts))
