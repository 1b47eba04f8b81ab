"""What every way to make mattes offers."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from track_anything.matting.matte import Matte
from track_anything.matting.trimap import Trimap
from track_anything.types import Image


class Matter(Protocol):
    """Makes the mattes of one object, frame after frame; it may lean on the frames before."""

    def step(self, image: Image, trimap: Trimap, prior: Matte | None = None) -> Matte:
        """The matte of the next frame.

        Args:
            image: (H, W, 3) RGB.
            trimap: (H, W).
            prior: (H, W), 0 to 1, what the matte is likely to be, such as how sure a tracker was.

        Returns:
            (H, W), exactly 0 and 1 where the trimap is known.

        Raises:
            InputError: image, trimap and prior differ in size, or nothing in the trimap is known.
        """
        ...

    def reset(self) -> None:
        """Forget the frames before: the next one is to be seen by itself."""
        ...


Solve: TypeAlias = Callable[[Image, Trimap, Matte | None], Matte]
"""The matte of a single picture; see ``Matter.step``."""


class SingleFrames:
    """A ``Matter`` that sees every frame by itself.

    Args:
        solve: makes the matte of one picture.
    """

    def __init__(self, solve: Solve) -> None:
        self._solve = solve

    def step(self, image: Image, trimap: Trimap, prior: Matte | None = None) -> Matte:
        """See ``Matter``."""
        return self._solve(image, trimap, prior)

    def reset(self) -> None:
        """See ``Matter``: there is nothing to forget."""
