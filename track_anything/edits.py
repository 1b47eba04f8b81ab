"""The edits of a project: each is one step that can be undone."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeAlias

from track_anything.errors import ProjectError
from track_anything.types import FrameIndex, ObjectId


@dataclass(frozen=True)
class AddObject:
    """A new object to follow."""

    kind: ClassVar[str] = "add_object"
    object_id: ObjectId
    name: str


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
class Propagate:
    """One pass through the video that carries masks from frame to frame, writing as it goes.

    Attributes:
        start: first frame of the pass.
        stop: the frame after its last one, in the direction of the pass.
        step: 1 forward, -1 backward.
        object_ids: the objects whose masks the pass writes.
        joined: undone and redone together with the edit before it.
    """

    kind: ClassVar[str] = "propagate"
    start: FrameIndex
    stop: FrameIndex
    step: int
    object_ids: tuple[ObjectId, ...]
    joined: bool = False

    @property
    def frames(self) -> range:
        """The frames of the pass, in its order."""
        return range(self.start, self.stop, self.step)


Edit: TypeAlias = AddObject | GiveMask | Propagate
_KINDS: dict[str, type[Edit]] = {kind.kind: kind for kind in (AddObject, GiveMask, Propagate)}


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


def _frozen(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """JSON knows lists only; edits hold tuples."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
