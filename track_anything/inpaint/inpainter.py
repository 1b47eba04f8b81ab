"""What every way to remove an object offers, and ours: the background is carried in from other frames."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

from track_anything.errors import InputError
from track_anything.inpaint.filled_windows import FilledWindows
from track_anything.inpaint.hole import HoleShape
from track_anything.inpaint.still import STILL_METHODS, Paint
from track_anything.inpaint.window import Window, WindowFrame
from track_anything.types import AnyImage, Mask
from track_anything.video.motion import DenseInverseSearch, EstimateFlow, FlowMethod


class Inpainter(Protocol):
    """Fills the holes of a clip, frame by frame, as far as it has to look ahead for that."""

    def inpaint(self, clip: Iterable[tuple[AnyImage, Mask]]) -> Iterator[AnyImage]:
        """The frames without what the masks cover.

        Args:
            clip: (H, W, 3) images and (H, W) masks, all of one size; what comes out has as many levels.

        Returns:
            One (H, W, 3) image per frame, bit for bit the given one outside of the grown mask.

        Raises:
            InputError: sizes differ, or there is nothing from which a hole could be filled.
        """
        ...


@dataclass(frozen=True)
class FlowInpainter:
    """An ``Inpainter`` that follows the background's motion to frames in which it can be seen.

    Memory holds a window of frames: those that are being filled, those ahead in which their background may be
    seen, and the last one that was filled, from which the next window goes on so that no seam shows.

    Attributes:
        shape: how holes are made of masks.
        still: a name in ``STILL_METHODS``, for what no frame shows.
        core: frames that are filled together.
        ahead: frames after them that are looked at.
        longest_side: of the grid on which motion is sought, in pixels; colours are the source's own.
        motion: how it is sought.
    """

    shape: HoleShape = field(default_factory=HoleShape)
    still: str = "telea"
    core: int = 30
    ahead: int = 30
    longest_side: int = 854
    motion: FlowMethod = field(default_factory=DenseInverseSearch)

    def __post_init__(self) -> None:
        """Raise InputError for a window without frames, a grid without pixels, or no such way."""
        STILL_METHODS[self.still]  # InputError for a name that is not there
        if self.core < 1 or self.ahead < 0 or self.longest_side < 1:
            raise InputError(
                f"a window of {self.core} frames and {self.ahead} ahead, on a grid of {self.longest_side} "
                "pixels, fills nothing: give at least 1 frame, 0 ahead and 1 pixel"
            )

    def inpaint(
        self, clip: Iterable[tuple[AnyImage, Mask]], before: FilledWindows | None = None
    ) -> Iterator[AnyImage]:
        """See ``Inpainter``; an error at once when ``still`` or ``motion`` cannot be had.

        Args:
            clip: as there.
            before: windows that were filled before; they are taken as they are, and others added.
        """
        flow = self.motion.estimator(self.longest_side)
        return self._filled(clip, flow, STILL_METHODS.build(self.still), before)

    def _filled(
        self,
        clip: Iterable[tuple[AnyImage, Mask]],
        flow: EstimateFlow,
        paint: Paint,
        before: FilledWindows | None,
    ) -> Iterator[AnyImage]:
        waiting: list[WindowFrame] = []
        carried: list[WindowFrame] = []
        has_background = False
        end = object()
        for item in chain(self._read(clip), [end]):
            is_end = item is end
            if isinstance(item, WindowFrame):
                has_background |= not bool(item.region.hole.all())
                waiting.append(item)
            while waiting and (is_end or len(waiting) == self.core + self.ahead):
                if not has_background:
                    raise InputError(
                        f"the hole covers the whole of frames {waiting[0].index} to {waiting[-1].index}: "
                        "nothing is left to fill it from; choose a smaller mask"
                    )
                count = min(self.core, len(waiting))
                start = len(carried)
                filled = self._fill(Window([*carried, *waiting], flow, paint), start + count, before)[start:]
                carried, waiting = filled[-1:], waiting[count:]
                while filled:  # each is let go when it is handed over, but for the one that is carried
                    yield filled.pop(0).image

    def _fill(self, window: Window, count: int, before: FilledWindows | None) -> list[WindowFrame]:
        has_holes = any(frame.share.any() for frame in window.frames[:count])
        if before is None or not has_holes:
            return window.fill(count)
        filled = before.get(repr(self), window.frames, count)
        if filled is None:
            filled = window.fill(count)
            before.put(repr(self), window.frames, filled)
        return filled

    def _read(self, clip: Iterable[tuple[AnyImage, Mask]]) -> Iterator[WindowFrame]:
        size: tuple[int, ...] | None = None
        for index, (image, mask) in enumerate(clip):
            size = size or mask.shape
            if image.shape != (*size, 3) or mask.shape != size:
                raise InputError(
                    f"frame {index} has shape {image.shape} and its mask {mask.shape}, but the clip {size}: "
                    "give all in one size"
                )
            yield WindowFrame.of(index, image, self.shape.of(mask), self.longest_side)
