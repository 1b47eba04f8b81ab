"""A class of a collection is named or coloured anew, and its objects in all videos with it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from track_anything.collection.desk.classes import (
    LabelClass,
    check_class,
    class_of,
    follow_class,
    write_class,
)
from track_anything.collection.desk.collection import Collection, CollectionVideo
from track_anything.errors import ProjectError, TrackAnythingError
from track_anything.project import Project, is_project

Editing = Callable[[CollectionVideo], AbstractContextManager[Project]]


def _open(video: CollectionVideo) -> Project:
    return Project(video.project)


def change_class(
    collection: Collection,
    name: str,
    label_class: LabelClass,
    was: str | None = None,
    editing: Editing = _open,
) -> None:
    """Add a class or change one, and name and colour the objects that are of it after it.

    In each video that is one step to undo. A class that was renamed has its new name when all objects have
    theirs, so that the same can be asked again where a project could not be changed.

    Args:
        collection: the videos.
        name: of the class, from now on.
        label_class: what it is.
        was: its name before; None = the same, or it is a new one.
        editing: opens the project of a video.

    Raises:
        InputError: see ``check_class``.
        OutputError: the class cannot be written.
        ProjectError: a project could not be changed, as when it is open elsewhere; the others were.
    """
    check_class(collection.folder, name, was)
    faults = []
    for video in collection.videos.values():
        try:
            if is_project(video.project) and _has_objects_of(video, was or name):
                with editing(video) as project:
                    follow_class(project, was or name, name, label_class.colour)
        except TrackAnythingError as error:
            faults.append(f"{video.name} ({error})")
    if faults and was not in (None, name):
        raise ProjectError(f"{was} is not renamed in {', '.join(faults)}: mend that and rename it again")
    write_class(collection.folder, name, label_class, was)
    if faults:
        raise ProjectError(f"objects are not coloured in {', '.join(faults)}: mend that and choose it again")


def _has_objects_of(video: CollectionVideo, name: str) -> bool:
    with Project(video.project, read_only=True) as project:
        return any(class_of(called) == name for called in project.state.objects.values())
