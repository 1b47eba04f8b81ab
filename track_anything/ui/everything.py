"""The masks that are found on a frame without a click, to pick objects from."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from track_anything.errors import InputError
from track_anything.masks import box_of
from track_anything.models.detector import Detection
from track_anything.models.locators import TextLocator, usual_locator
from track_anything.prompting import Found, without_doubles
from track_anything.prompting.finding.detections import DetectionsFile
from track_anything.session import Session
from track_anything.types import MAX_OBJECT_ID, FrameIndex, ObjectId
from track_anything.ui.wire import packed
from track_anything.ui.work import Count
from track_anything.video import image_names

_MOST_BOXES = 100  # on a frame, best first: more cannot be looked through


class Sought(NamedTuple):
    """What is looked for; nothing of it = everything.

    Attributes:
        like: an object that others are to be like.
        words: what they are called.
        boxes: what another program found.
        meant: of what was found on the frame, what others are to be like, too.
        refused: of what was found, what is not meant.
        example: an object of another video that others are to be like, with the image that it is on.
    """

    like: ObjectId | None = None
    words: str = ""
    boxes: DetectionsFile | None = None
    meant: tuple[Found, ...] = ()
    refused: tuple[Found, ...] = ()
    example: Found | None = None


ALL = Sought()


class Everything:
    """A pick list.

    Args:
        frame: what it is about.
        sought: what is looked for.
        locator: gives what understands words; called when there are some.

    Attributes:
        frame: what it is about.
        found: the largest first; where something is sought, what is meant and then the likeliest; empty until
            it was looked for.
    """

    def __init__(
        self, frame: FrameIndex, sought: Sought = ALL, locator: Callable[[], TextLocator] = usual_locator
    ) -> None:
        self.frame = frame
        self.found: list[Found] = []
        self._sought = sought
        self._locator = locator

    def checked(self, session: Session) -> "Everything":
        """The same.

        Raises:
            InputError: the frame is not there or has no box, an example has no mask, or words are unknown.
        """
        session.project.check_frame(self.frame)
        if self._sought.like is not None:
            self._example(session, self._sought.like)
        elif self._sought.boxes is not None and not self._has_examples:
            self._boxes(session, self._sought.boxes)
        elif self._sought.words and not self._has_examples:
            self._locator().check(self._sought.words)
        return self

    def again(self, meant: Collection[int], refused: Collection[int]) -> "Everything":
        """The list that is looked for when a person has said what of this one is meant and what is not.

        Args:
            meant: places in this list; others are to be like these.
            refused: places; nothing that is more like one of these is found, now or later.

        Raises:
            InputError: there is no such place, or nothing that others are to be like.
        """
        if not all(0 <= place < len(self.found) for place in (*meant, *refused)):
            raise InputError(
                "what was ticked or refused is not in the list any more: look on the frame again"
            )
        sure = tuple(replace(self.found[place], score=1.0) for place in sorted(meant))
        if not sure and not self._is_like_one:
            raise InputError("nothing is ticked to be like: tick one thing that is meant")
        unlike = tuple(self.found[place] for place in sorted(refused))
        taught = self._sought._replace(meant=sure, refused=(*self._sought.refused, *unlike))
        return Everything(self.frame, taught, self._locator)

    def find(self, session: Session) -> Iterator[Count]:
        """Look; an item per step."""
        if self._sought != ALL:
            yield Count(0, 1)
            self.found = self._look(session)
            yield Count(1, 1)
            return
        steps = session.everything(self.frame)
        while True:
            try:
                yield Count(*next(steps))
            except StopIteration as end:
                self.found = [Found(self.frame, "", mask.predicted_iou, mask.mask) for mask in end.value]
                return

    @property
    def _is_like_one(self) -> bool:
        """Whether something else than what was found is what others are to be like."""
        return self._sought.like is not None or self._sought.example is not None

    @property
    def _has_examples(self) -> bool:
        return self._is_like_one or bool(self._sought.meant)

    def _look(self, session: Session) -> list[Found]:
        like, words, boxes, meant, refused, example = self._sought
        if boxes is not None and not self._has_examples:
            return session.finding.in_boxes(self.frame, lambda _: self._boxes(session, boxes))
        if not self._has_examples:
            return session.finding.named(self.frame, words, self._locator())
        marked = [self._example(session, like)] if like is not None else []
        marked += [example] if example is not None else []
        others = session.finding.like(self.frame, [*marked, *meant], refused)
        kept = without_doubles([*meant, *others])
        return [*meant, *(each for each in kept if each not in meant)]

    def _boxes(self, session: Session, given: DetectionsFile) -> list[Detection]:
        """The best of the boxes that were given for this frame; InputError when there is none."""
        project = session.project
        names = image_names(session.source)
        names = names if len(names) == project.frame_count else ()
        facts = project.description.video
        found = given.on_frame(self.frame, names, project.frame_count, (facts.height, facts.width))
        return found[:_MOST_BOXES]

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
        if not places or not all(0 <= place < len(self.found) for place in places):
            raise InputError("tick at least one of the masks that were found on this frame")
        if len(session.project.state.objects) + len(places) > MAX_OBJECT_ID:
            raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: tick fewer masks")
        session.finding.take([self.found[place] for place in sorted(places)])

    def describe(self) -> dict[str, Any]:
        """The list as JSON values; what is meant stands at its head."""
        masks = [
            {
                "mask": packed(each.mask),
                "area": int(np.count_nonzero(each.mask)),
                "box": box_of(each.mask),
                "predicted_iou": round(each.score, 3),
            }
            for each in self.found
        ]
        return {
            "frame": self.frame,
            "masks": masks,
            "is_sought": self._sought != ALL,
            "has_example": self._is_like_one,
            "meant": len(self._sought.meant) if masks else 0,
        }
