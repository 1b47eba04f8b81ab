"""Objects that are proposed in many videos by what one looks like in another."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from track_anything.collection.desk.collection import Collection
from track_anything.errors import InputError
from track_anything.models import Models
from track_anything.prompting import Found
from track_anything.types import FrameIndex, ObjectId


def example_in(collection: Collection, name: str, object_id: ObjectId, models: Callable[[], Models]) -> Found:
    """An object as it is on the first frame on which it is known, with that frame.

    Raises:
        InputError: there is no such video or object, or nobody has said yet what it looks like.
    """
    with collection.session(name, models) as session:
        session.project.check_object(object_id)
        known = session.project.state.frames_known(object_id)
        if not known:
            raise InputError(f"object {object_id} of {name} has no mask that was given: click it first")
        return replace(session.finding.marked(min(known), object_id), image=session.video.frame(min(known)))


def propose_like(
    collection: Collection,
    example: Found,
    names: Iterable[str],
    models: Callable[[], Models],
    *,
    frame: FrameIndex = 0,
) -> Iterator[tuple[str, list[ObjectId]]]:
    """Make objects of what looks like an example on one frame of videos; tells each with its new ids.

    Args:
        collection: the videos.
        example: see ``example_in``.
        names: of the videos to look at.
        models: gives the networks.
        frame: the frame to look on.
    """
    for name in names:
        with collection.session(name, models) as session:
            found = session.finding.like(frame, [example])
            yield name, session.finding.take(found)
