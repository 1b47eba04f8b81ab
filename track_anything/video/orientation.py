"""Which way up the stored pictures of a video are meant to be shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from numpy.typing import NDArray


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways in which a rectangle can be turned and mirrored: first transposed, then flipped.

    Attributes:
        is_transposed: rows become columns.
        is_flipped_down: the first row becomes the last.
        is_flipped_across: the first column becomes the last.
    """

    is_transposed: bool = False
    is_flipped_down: bool = False
    is_flipped_across: bool = False

    @property
    def is_mirrored(self) -> bool:
        """Whether writing would be shown in mirror writing; no turning undoes that."""
        return self.is_transposed ^ self.is_flipped_down ^ self.is_flipped_across

    @property
    def rotation(self) -> int:
        """Degrees counter-clockwise of the turn; of a mirrored picture, after columns were exchanged."""
        if self.is_transposed:
            return 90 if self.is_flipped_down ^ self.is_mirrored else -90
        return 180 if self.is_flipped_across ^ self.is_mirrored else 0

    def upright(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """A (H, W, ...) picture as it is meant to be shown; a view."""
        turned = pixels.swapaxes(0, 1) if self.is_transposed else pixels
        rows = -1 if self.is_flipped_down else 1
        columns = -1 if self.is_flipped_across else 1
        return turned[::rows, ::columns]

    @classmethod
    def of(cls, rotation: int, *, is_mirrored: bool) -> "Orientation":
        """The one of a turn by quarters, after columns were exchanged if it is mirrored."""
        is_transposed = rotation % 180 != 0
        is_far = rotation in (90, 180)  # the turns that move the first row to the other side, or would
        if is_transposed:
            return cls(is_transposed, is_far ^ is_mirrored, not is_far)
        return cls(is_transposed, is_far, is_far ^ is_mirrored)

    def size_of(self, frame: VideoFrame) -> tuple[int, int]:
        """(height, width) of a frame as it is meant to be shown."""
        return (frame.width, frame.height) if self.is_transposed else (frame.height, frame.width)


UPRIGHT = Orientation()


def side_data_of(frame: VideoFrame) -> dict[Type, bytes]:
    """What is told of a frame beside its pixels, by kind."""
    return {held.type: bytes(held) for held in cast(Iterable[SideData], frame.side_data)}


def orientation_of(matrix: bytes | None) -> Orientation:
    """What a display matrix says; upright without one.

    The matrix (ISO/IEC 14496-12, 6.2.2) takes a stored place to the one where it is shown; turns by odd
    angles are rounded to quarters.
    """
    if matrix is None:
        return UPRIGHT
    x_to_x, x_to_y, _, y_to_x, y_to_y, *_ = map(int, np.frombuffer(matrix, np.int32))
    is_transposed = abs(x_to_y) > abs(x_to_x)
    if is_transposed:
        return Orientation(is_transposed, is_flipped_down=x_to_y < 0, is_flipped_across=y_to_x < 0)
    return Orientation(is_transposed, is_flipped_down=y_to_y < 0, is_flipped_across=x_to_x < 0)
