"""One video of a table with what is said about it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from track_anything.types import FrameIndex

Point: TypeAlias = tuple[float, float]
Direction: TypeAlias = Literal["both", "forward", "backward"]


@dataclass(frozen=True, slots=True)
class ObjectPrompt:
    """One object: what points at it on one frame.

    Attributes:
        name: for people; empty = numbered.
        frame: the frame that it is about.
        clicks: pixels that belong to it.
        negative: pixels that do not.
        box: ``(x0, y0, x1, y1)`` around it.
        mask: path or URL of an image with its mask, instead of clicks.
        detect: classes of the detector, with commas between; all that is found of them, each an object by
            itself. Instead of clicks.
    """

    name: str = ""
    frame: FrameIndex = 0
    clicks: tuple[Point, ...] = ()
    negative: tuple[Point, ...] = ()
    box: tuple[float, float, float, float] | None = None
    mask: str = ""
    detect: str = ""

    @property
    def fault(self) -> str:
        """Why it cannot be used; empty when it can."""
        has_clicks = bool(self.clicks or self.negative or self.box)
        if has_clicks + bool(self.mask) + bool(self.detect) > 1:
            return "an object is pointed at by clicks and box, by a mask, or by detect: leave two out"
        if not (self.mask or self.detect or self.clicks or self.box):
            return "an object is not pointed at: give click, box, mask or detect"
        return ""


@dataclass(frozen=True, slots=True)
class Row:
    """One video of a table, with everything that is to be done with it.

    Attributes:
        number: of its first line in the table, from 1, the head of a CSV included; in Parquet, of its row.
        id: what the table calls it; the video's own name by default.
        video: path or URL.
        objects: what to follow.
        annotation: path or URL of masks that are there already, in any form that is imported; empty = none.
        frames: from the first up to, not including, the second; None = all.
        direction: in which direction masks are carried.
        fault: what is wrong with its line in the table; empty = nothing.
    """

    number: int
    id: str
    video: str
    objects: tuple[ObjectPrompt, ...] = ()
    annotation: str = ""
    frames: tuple[FrameIndex, FrameIndex] | None = None
    direction: Direction = "both"
    fault: str = ""
