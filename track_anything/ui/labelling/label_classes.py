"""The classes of a collection in the editor: changed, and said of objects of projects that may be open."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from track_anything.collection.desk import Collection, CollectionVideo
from track_anything.collection.desk.changing_classes import change_class
from track_anything.collection.desk.classes import LabelClass, drop_class, label_object, read_classes
from track_anything.project import Project
from track_anything.types import ObjectId
from track_anything.ui.open_project import OpenProject
from track_anything.ui.wire import json_safe


class LabelClasses:
    """What objects of a collection may be.

    Args:
        collection: the videos.
        opened: the project of a video if it is open here.
    """

    def __init__(
        self, collection: Collection, opened: Callable[[CollectionVideo], OpenProject | None]
    ) -> None:
        self._collection = collection
        self._opened = opened

    def describe(self) -> list[dict[str, Any]]:
        """Every class as JSON values, in the order in which they were named."""
        return [
            {
                "name": json_safe(name),
                "colour": each.colour,
                "attributes": [
                    {"name": json_safe(told), "values": [json_safe(value) for value in values]}
                    for told, values in each.attributes.items()
                ],
            }
            for name, each in read_classes(self._collection.folder).items()
        ]

    def change(self, name: str, label_class: LabelClass, was: str | None) -> None:
        """Add a class or change one, with its objects; see ``change_class``."""
        change_class(self._collection, name, label_class, was, self._editing)

    def drop(self, name: str) -> None:
        """Take a class out of the list; see ``drop_class``."""
        drop_class(self._collection.folder, name)

    def label(
        self, video: str, object_id: ObjectId, class_name: str | None, values: Mapping[str, str]
    ) -> None:
        """Say of which class an object is, and what its attributes are; see ``label_object``."""
        classes = read_classes(self._collection.folder)
        with self._editing(self._collection.video(video), {object_id}) as project:
            label_object(project, object_id, classes, class_name, values)

    @contextmanager
    def _editing(self, video: CollectionVideo, about: set[ObjectId] | None = None) -> Iterator[Project]:
        """The project of a video; who looks at it is told that these objects changed, None = all."""
        if (live := self._opened(video)) is None:
            with Project(video.project) as project:
                yield project
            return
        with live.changing(None, about):
            yield live.session.project
