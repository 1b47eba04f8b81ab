"""What an edit is about: the frames and objects that it can change."""

from collections.abc import Collection, Iterable

from track_anything.project.edits import (
    Accept,
    Clear,
    Edit,
    GiveMask,
    Lock,
    Merge,
    Propagate,
    Reject,
    SetRange,
    Split,
    Swap,
    Unlock,
    Withdraw,
)
from track_anything.types import ObjectId


def frames_touched(edit: Edit) -> range:
    """The frames whose masks an edit can change; a deleted object's, which may be any, are not among them."""
    match edit:
        case GiveMask():
            return range(edit.frame, edit.frame + 1)
        case Lock() | Unlock() | Clear() | Withdraw() | Merge() | Split() | Swap() | Propagate():
            return edit.frames
        case Accept() | Reject():
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


def fits_video(edit: Edit, frame_count: int) -> bool:
    """Whether the frames that an edit is about are frames of a video of that length, in order."""
    match edit:
        case GiveMask():
            return edit.frame < frame_count and len(edit.points) == len(edit.labels)
        case Lock() | Unlock() | Clear() | Withdraw() | Merge() | Split() | Swap() | SetRange():
            return edit.start < edit.stop <= frame_count
        case Accept() | Reject():
            return edit.start < edit.stop <= frame_count
        case Propagate():
            frames, read = edit.frames, edit.frames_read
            is_complete = len(edit.joins) in (0, len(edit.object_ids)) and bool(edit.object_ids)
            are_inside = bool(frames) and all(0 <= end < frame_count for end in (read[0], read[-1]))
            return is_complete and are_inside and all(join in frames for join in edit.joins)
        case _:
            return True


def without_passes(edits: Iterable[tuple[int, Edit]], passes: Collection[int]) -> list[tuple[int, Edit]]:
    """Numbered edits as if some passes had never been made."""
    return [(number, edit) for number, edit in edits if number not in passes]
