"""An object of one video that objects of others are to be like."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import replace

from track_anything.errors import InputError
from track_anything.prompting import Found
from track_anything.types import ObjectId
from track_anything.ui.open_project import OpenProject


class Likeness:
    """Looked at when it is needed first, and then kept for all videos that are asked for with it.

    Args:
        video: name of the video that it is in.
        object_id: of the object.
    """

    def __init__(self, video: str, object_id: ObjectId) -> None:
        self.video = video
        self._object_id = object_id
        self._found: Found | None = None

    def look(
        self,
        borrow: Callable[[str], AbstractContextManager[OpenProject]],
        until_ended: Callable[[OpenProject], Generator[None, None, None]],
    ) -> Generator[None, None, Found]:
        """What it looks like on the first frame on which it is known, with that frame.

        Args:
            borrow: gives the project of a video, opened if need be, for as long as the block lasts.
            until_ended: waits for the job of a project.

        Raises:
            InputError: there is no such object any more, or nobody has said yet what it looks like.
        """
        if self._found is not None:
            return self._found
        with borrow(self.video) as project:
            if not project.is_ready:
                yield from until_ended(project)
            session = project.session
            session.project.check_object(self._object_id)
            known = session.project.state.frames_known(self._object_id)
            if not known:
                name = session.project.state.objects[self._object_id]
                raise InputError(f"{name} of {self.video} has no mask that was given: click it first")
            image = session.video.frame(min(known))
            self._found = replace(session.finding.marked(min(known), self._object_id), image=image)
            return self._found
