"""On which frames a carrier beside the leading one is heard."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tracker.propagator import Propagated

AGREED = 0.95
"""IoU of two masks from which on their makers agree about an object."""

LESS_SURE = 0.03
"""By how much the leading one's confidence in an object may fall until the other one is heard again."""


class Turns:
    """Frames that come in even steps, and in ever longer ones while two agree.

    Who says what the leading one says already may be heard half as often, and half as often again. Where they
    differ, or the leading one has become less sure than it was, steps are as short as they can be at once.

    Args:
        every: frames of the shortest step.
        longest: frames that no step is longer than.
    """

    def __init__(self, every: int, longest: int) -> None:
        self._every, self._longest = every, longest
        self.begin()

    def begin(self) -> None:
        """Before the first frame, or since something is known that nobody has agreed on."""
        self._step, self._next, self._sure = self._every, 0, 0.0

    def has(self, frame: int) -> bool:
        """Whether it is heard on a frame, counted from the first one."""
        return frame % self._every == 0 and frame >= self._next

    def heard(self, frame: int, agreement: float, sure: float) -> None:
        """It was heard on a frame.

        Args:
            frame: which one.
            agreement: how far it agreed with the leading one, 0 to 1.
            sure: the leading one's least confidence in an object, 0 to 1.
        """
        longer = 2 * self._step if 2 * self._step <= self._longest else self._step
        self._step = longer if agreement >= AGREED else self._every
        self._next, self._sure = frame + self._step, sure

    def led(self, sure: float) -> None:
        """The leading one has seen a frame, and is this sure at least of each object."""
        if sure < self._sure - LESS_SURE:
            self.begin()

    def state(self) -> NDArray[np.float64]:
        """Everything kept, (3,)."""
        return np.array((self._step, self._next, self._sure), np.float64)

    def load_state(self, state: NDArray[np.generic]) -> None:
        """Replace it by a ``state``."""
        step, following, self._sure = state.tolist()
        self._step, self._next = int(step), int(following)


def agreement(one: Propagated, other: Propagated, object_ids: Sequence[int]) -> float:
    """The least IoU (0 to 1) of any object's two masks; 0 where an object is in neither."""
    least = 1.0
    for object_id in object_ids:
        masks = one.label_map == object_id, other.label_map == object_id
        either = int(np.count_nonzero(masks[0] | masks[1]))
        least = min(least, np.count_nonzero(masks[0] & masks[1]) / either if either else 0.0)
    return least
