"""What the mask of each object on one frame is made of: the applied edits, replayed for that frame."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from track_anything.project.edit_reach import without_given, without_passes
from track_anything.project.edits import (
    Clear,
    DeleteObject,
    Edit,
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


def replay(
    edits: Iterable[tuple[int, Edit]], frame: FrameIndex, written: Collection[int]
) -> dict[ObjectId, Claim]:
    """The claims on a frame.

    Args:
        edits: the applied ones with their numbers, oldest first.
        frame: the frame.
        written: numbers of the edits that wrote a layer for it; a pass that has not come this far has not.
    """
    claims: dict[ObjectId, Claim] = {}
    reached: set[ObjectId] = set()  # objects that were given there, or that a pass follows, done or not
    replayed: list[tuple[int, Edit]] = []
    for number, edit in edits:
        match edit:
            case GiveMask() if edit.frame == frame:
                reached.add(edit.object_id)
                claims[edit.object_id] = Claim(((number, edit.object_id),), is_known=True)
            case Propagate():
                reached |= edit.followed_on(frame)
                for object_id in edit.followed_on(frame) if number in written else ():
                    if not claims.get(object_id, NO_CLAIM).is_known:
                        claims[object_id] = Claim(((number, object_id),))
            case DeleteObject():
                claims.pop(edit.object_id, None)
                reached.discard(edit.object_id)
            case Lock() | Unlock() | Clear() if frame in edit.frames:
                claims[edit.object_id] = _on_range(edit, claims.get(edit.object_id, NO_CLAIM))
            case Withdraw() | Reject() if frame in edit.frames:
                shown, others = claims.get(edit.object_id, NO_CLAIM), _without(edit, replayed)
                earlier = replay(others, frame, written).get(edit.object_id, NO_CLAIM)
                claims[edit.object_id] = _taken_back(number, edit, shown, earlier)
            case Merge() | Split() | Swap() if frame in edit.frames:
                own, other = (claims.get(o, NO_CLAIM) for o in (edit.object_id, edit.other_id))
                if isinstance(edit, Merge) and edit.other_id in reached:
                    other = replace(other, is_known=True)  # a person said whose mask it is
                claims[edit.object_id], claims[edit.other_id] = _exchanged(edit, own, other)
        replayed.append((number, edit))
    return claims


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


def _without(edit: Withdraw | Reject, edits: list[tuple[int, Edit]]) -> list[tuple[int, Edit]]:
    """The edits but for those whose masks an edit takes back."""
    if isinstance(edit, Reject):
        return without_passes(edits, edit.passes)
    return without_given(edits, edit.object_id)


def _taken_back(number: int, edit: Withdraw | Reject, shown: Claim, earlier: Claim) -> Claim:
    """The claim after an edit; what a person vouches for, and what no pass changed, is not put back."""
    if isinstance(edit, Withdraw):
        return earlier
    is_put_back = not shown.is_known and shown.parts != earlier.parts
    return replace(earlier, put_back=number) if is_put_back else shown


def _on_range(edit: Lock | Unlock | Clear, claim: Claim) -> Claim:
    return _ABSENT if isinstance(edit, Clear) else replace(claim, is_known=isinstance(edit, Lock))


def _exchanged(edit: Merge | Split | Swap, own: Claim, other: Claim) -> tuple[Claim, Claim]:
    """The claims of the edit's two objects after it."""
    match edit:
        case Merge():
            return Claim((*own.parts, *other.parts), own.is_known or other.is_known), _ABSENT
        case Split():
            return _ABSENT, own
        case Swap():
            return other, own
