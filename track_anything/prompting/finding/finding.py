"""What is found on the frames of a project without a click, to be made objects."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sam.box_masks import masks_in_boxes
from track_anything.errors import InputError
from track_anything.models import Models, explained_shortage
from track_anything.models.detector import DETECTOR_WEIGHTS, LEAST_SCORE, Detection, YoloxDetector
from track_anything.models.locators import TextLocator
from track_anything.project import Project
from track_anything.project.edits import GiveMask
from track_anything.project.state import default_name
from track_anything.prompting.finding.alike import Example, alike, evidence_of, example_of
from track_anything.prompting.finding.found import Found, is_of, is_taken, numbered, without_doubles
from track_anything.prompting.finding.likeness import Appearance, features_of
from track_anything.prompting.finding.scoring import LEAST_LIKENESS, scores_of
from track_anything.prompting.finding.sightings import Sightings
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

    @cached_property
    def _detector(self) -> YoloxDetector | None:
        """The one in the package; None where its file was left out."""
        return YoloxDetector() if DETECTOR_WEIGHTS.is_file() else None

    def marked(self, frame: FrameIndex, object_id: ObjectId) -> Found:
        """An object as it is on a frame, to be an example; InputError when it has no mask there."""
        self._project.check_frame(frame)
        self._project.check_object(object_id)
        mask = self._project.label_map(frame) == object_id
        name = self._project.state.objects[object_id]
        if not mask.any():
            raise InputError(f"{name} has no mask on frame {frame}: name a frame on which it has one")
        return Found(frame, "" if name == default_name(object_id) else name, 1.0, mask)

    def like(
        self,
        frame: FrameIndex,
        examples: Sequence[Found],
        refused: Sequence[Found] = (),
        *,
        least: float = LEAST_LIKENESS,
    ) -> list[Found]:
        """What looks like examples on a frame, theirs or another one, and is no object yet; best first.

        Masks come from clicks where the frame looks like an example, and from the boxes of the detector.

        Args:
            frame: to look on.
            examples: what others are to be like, at least one, of this video or another; see ``marked``.
            refused: what is not meant: nothing that is more like one of these is found, and they are not.
            least: the score, 0 to 1, below which something is left out.

        Raises:
            InputError: no such frame, or no example.
        """
        self._project.check_frame(frame)
        if not examples:
            raise InputError("nothing is marked to be like: name an object that has a mask")
        taken = self._project.label_map(frame) > 0
        sightings: dict[FrameIndex, Sightings] = {}  # of frames of this video

        def seen(place: FrameIndex, image: Image) -> Sightings:
            if place not in sightings:
                sightings[place] = self._sightings(image)
            return sightings[place]

        with explained_shortage():
            segmenter = self._models().segmenter
            told: list[Example] = []
            centre: NDArray[np.float32] | None = None
            for each in (*examples, *refused):
                image = self._video.frame(each.frame) if each.image is None else each.image
                appearance = Appearance(features_of(segmenter.embed(image)), centre)
                centre = appearance.centre
                is_foreign = each.image is not None
                there = self._sightings(image) if is_foreign else seen(each.frame, image)
                told.append(example_of(appearance, each.mask, there))
            image = self._video.frame(frame)
            embedding = segmenter.embed(image)
            appearance = Appearance(features_of(embedding), centre)
            meant, unlike = told[: len(examples)], told[len(examples) :]
            answers = alike(segmenter, image, embedding, appearance, meant, unlike, seen(frame, image))
            new = [each for each in answers if not is_taken(each.mask, taken)]
        scores = scores_of(evidence_of(new), np.array([each.refused for each in new]))
        found = [
            Found(frame, examples[0].name, score, each.mask)
            for each, score in zip(new, scores.tolist(), strict=True)
        ]
        not_meant = [each.mask for each in refused if each.frame == frame and each.image is None]
        good = [
            each
            for each in found
            if each.score >= least and not any(is_of(each.mask, mask) for mask in not_meant)
        ]
        return without_doubles(good, taken)

    def _sightings(self, image: Image) -> Sightings:
        return Sightings.none() if self._detector is None else Sightings.of(self._detector, image)

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
