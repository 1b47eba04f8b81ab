"""What a person (or the drift monitor) says about an object on one frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sam.canvas import LOGITS_SIZE
from sam.errors import PromptError


def _no_points() -> NDArray[np.float32]:
    return np.zeros((0, 2), np.float32)


def _no_labels() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Prompt:
    """Clicks, a box and mask logits, in any combination (SAM paper, section 3 "promptable segmentation").

    Attributes:
        points: (N, 2) float32, ``(x, y)`` in pixels of the source image, 0 <= x <= W - 1; may be empty.
        labels: (N,) int64, 1 for "this belongs to the object", 0 for "this does not".
        box: (4,) float32 ``(x0, y0, x1, y1)`` in pixels of the source image, or None.
        logits: (256, 256) float32 low-resolution mask logits on SAM's padded canvas: those of an earlier
            ``Candidates``, or made from a mask by ``sam.transforms``; or None.
        wants_all: all three candidates, even where the prompt leaves little doubt.

    Raises:
        PromptError: nothing was given, shapes disagree, a value is not finite, or a box is empty.
    """

    points: NDArray[np.float32] = field(default_factory=_no_points)
    labels: NDArray[np.int64] = field(default_factory=_no_labels)
    box: NDArray[np.float32] | None = None
    logits: NDArray[np.float32] | None = None
    wants_all: bool = False

    def __post_init__(self) -> None:
        points = np.asarray(self.points, np.float32)
        if points.size % 2:
            raise PromptError(f"points must come as (N, 2) pairs x,y, not in the shape {points.shape}")
        object.__setattr__(self, "points", points.reshape(-1, 2))
        object.__setattr__(self, "labels", np.asarray(self.labels, np.int64).reshape(-1))
        if self.box is not None:
            object.__setattr__(self, "box", np.asarray(self.box, np.float32).reshape(-1))
        if self.logits is not None:
            object.__setattr__(self, "logits", np.asarray(self.logits, np.float32))
        self._check_points()
        self._check_box()
        self._check_logits()
        if len(self.points) == 0 and self.box is None and self.logits is None:
            raise PromptError("the prompt is empty: give at least one point, a box or mask logits")

    @classmethod
    def click(cls, x: float, y: float) -> "Prompt":
        """One positive click at ``(x, y)`` in source pixels."""
        return cls(points=np.array([[x, y]], np.float32), labels=np.ones(1, np.int64))

    @classmethod
    def clicks(
        cls,
        positive: Sequence[tuple[float, float]],
        negative: Sequence[tuple[float, float]] = (),
    ) -> "Prompt":
        """Positive and negative clicks in source pixels."""
        points = np.array([*positive, *negative], np.float32).reshape(-1, 2)  # (N, 2)
        labels = np.array([1] * len(positive) + [0] * len(negative), np.int64)  # (N,)
        return cls(points=points, labels=labels)

    def with_logits(self, logits: NDArray[np.float32] | None) -> "Prompt":
        """The same prompt with the logits of the previous answer fed back (or taken away)."""
        return replace(self, logits=logits)

    @property
    def is_ambiguous(self) -> bool:
        """One lone click may mean a part or the whole: ask for three candidates, not for one mask."""
        is_lone_click = len(self.points) == 1 and self.box is None and self.logits is None
        return is_lone_click or self.wants_all

    def check_inside(self, height: int, width: int) -> None:
        """Raise ``PromptError`` when a point or the whole box lies outside an image of (height, width)."""
        limits = np.array([width, height], np.float32)
        outside = ((self.points < 0) | (self.points > limits - 1)).any(axis=1)
        if outside.any():
            x, y = self.points[outside][0]
            raise PromptError(
                f"click ({x:g}, {y:g}) lies outside the frame: "
                f"x must be 0 to {width - 1} and y 0 to {height - 1}"
            )
        if self.box is not None:
            x0, y0, x1, y1 = self.box
            if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
                raise PromptError(
                    f"box ({x0:g}, {y0:g}, {x1:g}, {y1:g}) lies outside the frame: "
                    f"it must overlap x 0 to {width} and y 0 to {height}"
                )

    def _check_points(self) -> None:
        if len(self.points) != len(self.labels):
            raise PromptError(
                f"{len(self.points)} points with {len(self.labels)} labels: give one label per point"
            )
        if not np.isfinite(self.points).all():
            raise PromptError("a click has a coordinate that is not a finite number: give x,y in pixels")
        if not np.isin(self.labels, (0, 1)).all():
            raise PromptError("a label is neither 1 (belongs to the object) nor 0 (does not)")

    def _check_box(self) -> None:
        if self.box is None:
            return
        if self.box.shape != (4,) or not np.isfinite(self.box).all():
            raise PromptError("a box takes four finite numbers: x0, y0, x1, y1")
        x0, y0, x1, y1 = self.box
        if x1 <= x0 or y1 <= y0:
            raise PromptError(
                f"box ({x0:g}, {y0:g}, {x1:g}, {y1:g}) is empty: x1 must exceed x0 and y1 must exceed y0"
            )

    def _check_logits(self) -> None:
        if self.logits is None:
            return
        if self.logits.shape != (LOGITS_SIZE, LOGITS_SIZE) or not np.isfinite(self.logits).all():
            raise PromptError(
                f"mask logits must be finite and of shape ({LOGITS_SIZE}, {LOGITS_SIZE}), "
                f"not {self.logits.shape}"
            )
