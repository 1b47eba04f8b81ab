"""The masks that the segmenter finds on a frame by itself, to pick objects from."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import numpy as np

from sam.automatic_mask import AutomaticMask
from track_anything.errors import InputError
from track_anything.masks import box_of
from track_anything.models.detector import DETECTOR_WEIGHTS, YoloxDetector
from track_anything.models.locators import DetectorLocator
from track_anything.prompting import Found
from track_anything.session import Session
from track_anything.types import MAX_OBJECT_ID, FrameIndex, ObjectId
from track_anything.ui.wire import packed
from track_anything.ui.work import Count


class Sought(NamedTuple):
    """What is looked for; neither = everything.

    Attributes:
        like: an object that others are to be like.
        words: what they are called.
    """

    like: ObjectId | None = None
    words: str = ""


ALL = Sought()


class Everything:
    """A pick list.

    Args:
        frame: what it is about.
        sought: what is looked for.

    Attributes:
        frame: what it is about.
        masks: what was found, the largest first; where something is sought, the likeliest, with its score in
            the place of the predicted IoU; empty until then.
    """

    def __init__(self, frame: FrameIndex, sought: Sought = ALL) -> None:
        self.frame = frame
        self.masks: list[AutomaticMask] = []
        self._sought = sought
        self._names: list[str | None] = []

    def checked(self, session: Session) -> "Everything":
        """The same; InputError for a frame that is not there, an example without a mask, or unknown words."""
        session.project.check_frame(self.frame)
        if self._sought.like is not None:
            self._example(session, self._sought.like)
        elif self._sought.words:
            _locator().check(self._sought.words)
        return self

    def find(self, session: Session) -> Iterator[Count]:
        """Look; an item per step."""
        if self._sought != ALL:
            yield Count(0, 1)
            found = self._look(session)
            self.masks, self._names = [_as_mask(each) for each in found], [each.name for each in found]
            yield Count(1, 1)
            return
        steps = session.everything(self.frame)
        while True:
            try:
                yield Count(*next(steps))
            except StopIteration as end:
                self.masks = end.value
                self._names = [None] * len(self.masks)
                return

    def _look(self, session: Session) -> list[Found]:
        if self._sought.like is not None:
            return session.finding.like(self.frame, [self._example(session, self._sought.like)])
        return session.finding.named(self.frame, self._sought.words, _locator())

    def _example(self, session: Session, object_id: ObjectId) -> Found:
        """An object where it is: on this frame, else on the nearest one on which it is known."""
        session.project.check_object(object_id)
        known = session.project.state.frames_known(object_id)
        is_here = bool((session.label_map(self.frame) == object_id).any())
        nearest = min(known, key=lambda frame: abs(frame - self.frame), default=self.frame)
        return session.finding.marked(self.frame if is_here else nearest, object_id)

    def pick(self, session: Session, places: Collection[int]) -> None:
        """Make objects of the masks at some places of the list.

        Raises:
            InputError: there is no such place, or there would be too many objects; nothing is changed.
        """
        if not places or not all(0 <= place < len(self.masks) for place in places):
            raise InputError("tick at least one of the masks that were found on this frame")
        if len(session.project.state.objects) + len(places) > MAX_OBJECT_ID:
            raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: tick fewer masks")
        chosen = sorted(places)
        session.finding.take(
            [Found(self.frame, self._names[place] or "", 1.0, self.masks[place].mask) for place in chosen]
        )

    def describe(self) -> dict[str, Any]:
        """The list as JSON values."""
        masks = [
            {
                "mask": packed(found.mask),
                "area": found.area,
                "box": found.box,
                "predicted_iou": round(found.predicted_iou, 3),
            }
            for found in self.masks
        ]
        return {"frame": self.frame, "masks": masks, "is_sought": self._sought != ALL}


def _locator() -> DetectorLocator:
    return DetectorLocator(YoloxDetector(DETECTOR_WEIGHTS))


def _as_mask(found: Found) -> AutomaticMask:
    rows, columns = np.nonzero(found.mask)
    box = box_of(found.mask) or (0, 0, 0, 0)
    return AutomaticMask(
        found.mask, box, len(rows), found.score, 1.0, (float(columns.mean()), float(rows.mean()))
    )
