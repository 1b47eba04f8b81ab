"""The masks that the segmenter finds on a frame by itself, to pick objects from."""

from collections.abc import Collection, Iterator
from typing import Any

from sam.automatic_mask import AutomaticMask
from track_anything.errors import InputError
from track_anything.session import Session
from track_anything.types import MAX_OBJECT_ID, FrameIndex
from track_anything.ui.wire import packed
from track_anything.ui.work import Count


class Everything:
    """A pick list.

    Args:
        frame: what it is about.

    Attributes:
        frame: what it is about.
        masks: what was found, the largest first; empty until then.
    """

    def __init__(self, frame: FrameIndex) -> None:
        self.frame = frame
        self.masks: list[AutomaticMask] = []

    def find(self, session: Session) -> Iterator[Count]:
        """Look; an item per step."""
        steps = session.everything(self.frame)
        while True:
            try:
                yield Count(*next(steps))
            except StopIteration as end:
                self.masks = end.value
                return

    def pick(self, session: Session, places: Collection[int]) -> None:
        """Make objects of the masks at some places of the list.

        Raises:
            InputError: there is no such place, or there would be too many objects; nothing is changed.
        """
        if not places or not all(0 <= place < len(self.masks) for place in places):
            raise InputError("tick at least one of the masks that were found on this frame")
        if len(session.project.state.objects) + len(places) > MAX_OBJECT_ID:
            raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: tick fewer masks")
        with session.project.one_step():
            for place in sorted(places):
                session.give_mask(
                    frame=self.frame, object_id=session.add_object(), mask=self.masks[place].mask
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
        return {"frame": self.frame, "masks": masks}
