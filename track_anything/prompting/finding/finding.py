"""What is found on the frames of a project without a click, to be made objects."""

from collections.abc import Callable, Sequence

import numpy as np

from sam.box_masks import masks_in_boxes
from track_anything.errors import InputError
from track_anything.models import Models, explained_shortage
from track_anything.models.detector import LEAST_SCORE, Detection
from track_anything.models.locators import TextLocator
from track_anything.project import Project
from track_anything.project.edits import GiveMask
from track_anything.prompting.finding.found import Found, numbered, without_doubles
from track_anything.types import MAX_OBJECT_ID, FrameIndex, Image, ObjectId
from track_anything.video import Video


class Finding:
    """Looks for things on frames; nothing is changed until ``take`` makes objects of them.

    Args:
        project: where objects go.
        video: the frames.
        models: gives the networks; called when they are needed first.
    """

    def __init__(self, project: Project, video: Video, models: Callable[[], Models]) -> None:
        self._project = project
        self._video = video
        self._models = models

    def named(
        self, frame: FrameIndex, phrase: str, locator: TextLocator, *, least: float = LEAST_SCORE
    ) -> list[Found]:
        """What a phrase names on a frame and is no object yet, best score first; may be empty.

        Raises:
            InputError: no such frame, or a phrase that is not understood.
        """
        return self.in_boxes(frame, lambda image: locator.locate(image, phrase, least=least))

    def in_boxes(self, frame: FrameIndex, look: Callable[[Image], list[Detection]]) -> list[Found]:
        """What lies in the boxes that are found on the image of a frame, and is no object yet; best first."""
        self._project.check_frame(frame)
        image = self._video.frame(frame)
        located = look(image)
        if not located:
            return []
        boxes = np.array([each.box for each in located], np.float32)  # (N, 4)
        with explained_shortage():
            segmenter = self._models().segmenter
            answers = masks_in_boxes(segmenter, segmenter.embed(image), boxes)
            found = [
                Found(frame, each.name, each.score, answer.masks[answer.best])
                for each, answer in zip(located, answers, strict=True)
                if answer.masks[answer.best].any()
            ]
        return without_doubles(found, self._project.label_map(frame) > 0)

    def take(self, found: Sequence[Found]) -> list[ObjectId]:
        """Make an object of each thing, known on its frame, as one step to undo; returns their ids.

        Raises:
            InputError: there would be too many objects; nothing is changed.
        """
        objects = self._project.state.objects
        if len(objects) + len(found) > MAX_OBJECT_ID:
            raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: take fewer of what was found")
        names = iter(numbered([each.name for each in found if each.name], objects.values()))
        ids = []
        with self._project.one_step():
            for each in found:
                object_id = self._project.add_object(next(names) if each.name else None)
                self._project.give_mask(GiveMask(each.frame, object_id), each.mask)
                ids.append(object_id)
        return ids
