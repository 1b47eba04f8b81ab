"""Where a video changes from one shot to the next: hard cuts, dissolves and fades, found as frames stream by.

A hard cut is a peak of a distance between neighbouring frames that motion hardly raises, measured against the
steps around it (Yeo and Liu, "Rapid Scene Analysis on Compressed Video", IEEE CSVT 1995). A fade is a run of
blank frames that contrast sinks to and rises from gradually, and a dissolve a stretch whose frames are blends
of its two ends and less sharp than both (Lienhart, "Reliable Transition Detection in Videos: A Survey and
Practitioner's Guide", IJIG 2001).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from track_anything.types import FrameIndex, Image

_Pixel = TypeVar("_Pixel", np.uint8, np.float32)

_FINE, _LAYOUT, _ROUGH = (36, 64), (18, 32), (9, 16)  # rows and columns of the thumbnails of a frame
_REACH = np.ones((5, 5), np.uint8)  # cells of the layout within which something may have moved
_BINS = 8  # per channel, of the joint histogram
_BLOCKS = (3, 4)  # rows and columns of the parts of the layout that are compared
_OVERLAY = 4  # of these parts that a caption or an insert may cover without making a cut

_CUT_FLOOR = 0.03  # distance of neighbouring frames under which there is no cut
_CUT_RATIO = 2.0  # how far a cut stands out above the second-largest step near it
_CUT_NEAR = 4  # frames on either side that count as near: shots of 5 frames stay apart
_FLASH = 3  # frames after which a picture that comes back makes a flash, not a shot
_FLASH_RETURN = 0.045  # distance between the pictures around a flash, and half the step into it, at most

_HALVES = (3, 4, 6, 9, 13, 17)  # half lengths of the stretches that are tried as dissolves
_SIDES_DIFFER = 0.33  # share of colours that the two ends of a dissolve do not have in common, at least
_CALM = 0.8  # change beyond either end of a dissolve as a share of that across it, at most
_BLEND_ERROR = 0.47  # RMS distance of its middle third to the blend of its ends as a share of theirs, at most
_BLEND_SHARPNESS = 0.87  # sharpness of that third as a share of what a mere change of light leaves, at most

_BLANK = 0.15  # contrast of a blank frame as a share of that of the pictures around it, at most
_PICTURE = 12.0  # grey levels of contrast that a picture has at least
_FADE_REACH = 32  # frames before and after a blank run in which the pictures are looked for
_FADE_START = 0.8  # share of its picture's contrast from which on a fade is counted
_FADE_STEP = 0.5  # share of the picture's contrast that one step of a fade takes away at most
_FADE_STEPS = 3  # from a picture to blank at least


class ShotDetector:
    """Finds shot boundaries in frames that are added in order; see ``cuts``.

    It keeps thumbnails of the last 35 frames, whatever their size, and 15 numbers of every frame.
    """

    def __init__(self) -> None:
        self._window: deque[_Signature] = deque(maxlen=2 * _HALVES[-1] + 1)
        self._steps: list[float] = []  # distance to the frame before
        self._returns: list[float] = []  # least distance between the pictures around a flash at this frame
        self._contrasts: list[float] = []
        self._spans: list[list[float]] = []  # per half length, colours that changed in the stretch up to here
        self._blends: list[list[float]] = []  # how much that stretch looks like a dissolve; 0 = not at all

    @property
    def count(self) -> int:
        """Frames that were added."""
        return len(self._steps)

    def add(self, image: Image) -> None:
        """Take the next frame: (H, W, 3) RGB of any size, which may differ from frame to frame."""
        signature = _signature(image)
        self._window.append(signature)
        self._steps.append(_distance(self._window[-2], signature) if len(self._window) > 1 else 0.0)
        self._returns.append(np.inf)
        self._contrasts.append(signature.contrast)
        self._look_for_return()
        self._measure_stretches()

    def cuts(self) -> tuple[FrameIndex, ...]:
        """The first frame of every shot but the first, ascending; of a gradual transition the middle.

        Boundaries of the last frames may change as more are added; the answer for the frames so far is that
        for a clip which ends with them. Changes within a shot do not count: motion of the camera or of
        objects, and flashes of up to 3 frames. Neither does a fade at the beginning or the end of the clip.
        """
        hard = _hard_cuts(np.array(self._steps), np.array(self._returns))
        fades, is_taken = _fades(np.array(self._contrasts), hard)
        for cut in hard:
            is_taken[max(0, cut - _CUT_NEAR) : cut + _CUT_NEAR] = True
        shots = np.searchsorted(np.sort(np.array(hard + fades, np.intp)), np.arange(self.count), side="right")
        candidates = _dissolves(_table(self._spans), _table(self._blends), shots)
        dissolves = []
        for _, start, end in sorted(candidates, reverse=True):
            if not is_taken[start:end].any():
                is_taken[start:end] = True
                dissolves.append((start + end) // 2)
        return tuple(sorted(hard + fades + dissolves))

    def _look_for_return(self) -> None:
        """See whether this frame shows the picture again that a flash of 1 to 3 frames had replaced."""
        now = self.count - 1
        for length in range(1, min(_FLASH, len(self._window) - 2) + 1):
            start = now - length
            if max(self._steps[start], self._steps[now]) > _CUT_FLOOR:
                distance = _distance(self._window[-2 - length], self._window[-1])
                for edge in (start, now):
                    self._returns[edge] = min(self._returns[edge], distance)

    def _measure_stretches(self) -> None:
        """Measure the stretches that end at this frame; what costs time, only where the two ends differ."""
        spans, blends = [0.0] * len(_HALVES), [0.0] * len(_HALVES)
        for column, half in enumerate(_HALVES):
            if 2 * half < len(self._window):
                spans[column] = _colour_distance(self._window[-1 - 2 * half], self._window[-1])
            if spans[column] > _SIDES_DIFFER:
                blends[column] = spans[column] * _blend([*self._window][-1 - 2 * half :])
        self._spans.append(spans)
        self._blends.append(blends)


def find_cuts(frames: Iterable[Image]) -> tuple[FrameIndex, ...]:
    """The shot boundaries of a whole clip of (H, W, 3) RGB frames; see ``ShotDetector.cuts``."""
    detector = ShotDetector()
    for frame in frames:
        detector.add(frame)
    return detector.cuts()


@dataclass(frozen=True, eq=False)
class _Signature:
    """What is kept of a frame for a while.

    Attributes:
        colours: (512,) shares of a joint RGB histogram.
        layout: (18, 32, 3) float32 thumbnail, 0 to 255.
        rough: (432,) float32, a thumbnail so small that motion is blurred away.
        contrast: grey levels between the darkest and the lightest part.
        sharpness: RMS difference of neighbouring pixels of a thumbnail; a blend of two pictures has less.
    """

    colours: NDArray[np.float64]
    layout: NDArray[np.float32]
    rough: NDArray[np.float32]
    contrast: float
    sharpness: float


def _signature(image: Image) -> _Signature:
    # Four pixels per cell and direction are enough to average over, and keep large frames cheap.
    stride = max(1, min(image.shape[0] // (4 * _FINE[0]), image.shape[1] // (4 * _FINE[1])))
    fine = _shrink(np.ascontiguousarray(image[::stride, ::stride]), _FINE)  # (36, 64, 3)
    digits = fine.astype(np.intp) // (256 // _BINS)
    bins = (digits[..., 0] * _BINS + digits[..., 1]) * _BINS + digits[..., 2]
    values = fine.astype(np.float32)
    down, right = np.diff(values, axis=0), np.diff(values, axis=1)
    layout = _shrink(values, _LAYOUT)
    grey = layout.mean(axis=2)
    return _Signature(
        colours=np.bincount(bins.ravel(), minlength=_BINS**3) / bins.size,
        layout=layout,
        rough=_shrink(layout, _ROUGH).ravel(),
        contrast=float(grey.max() - grey.min()),
        sharpness=float(np.sqrt(np.mean(down**2) + np.mean(right**2))),
    )


def _shrink(image: NDArray[_Pixel], size: tuple[int, int]) -> NDArray[_Pixel]:
    shrunk = cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA)
    return shrunk.astype(image.dtype, copy=False)


def _colour_distance(first: _Signature, second: _Signature) -> float:
    """The share of colours that two frames do not have in common, 0 to 1."""
    return max(0.0, 1 - float(np.minimum(first.colours, second.colours).sum()))


def _distance(first: _Signature, second: _Signature) -> float:
    """How different two frames are, 0 to 1: in colours, and in what cannot have moved in from nearby.

    The parts of the frame that differ most do not count, so what pops up over a part of it is no new shot.
    """
    least, most = cv2.erode(first.layout, _REACH), cv2.dilate(first.layout, _REACH)
    outside = np.maximum(np.maximum(second.layout - most, least - second.layout), 0)  # (18, 32, 3)
    (rows, columns), (high, wide) = _BLOCKS, (_LAYOUT[0] // _BLOCKS[0], _LAYOUT[1] // _BLOCKS[1])
    parts = np.sort(outside.reshape(rows, high, columns, wide, 3).mean(axis=(1, 3, 4)), axis=None)  # (12,)
    return float(np.sqrt(_colour_distance(first, second) * parts[:-_OVERLAY].mean() / 255))


def _blend(stretch: list[_Signature]) -> float:
    """How well the frames between the first and the last are blends of the two, 0 to 1; 0 = no dissolve."""
    first, last = stretch[0], stretch[-1]
    # In the middle third: a stretch longer than its dissolve would hide errors behind ends that fit well.
    length = len(stretch) - 1
    indices = range(-(-length // 3), length - length // 3 + 1)
    change = last.rough - first.rough  # (432,)
    inside = np.stack([stretch[index].rough for index in indices]) - first.rough  # (M, 432)
    blends = np.outer(np.array(indices) / length, change)
    error = np.sqrt(np.mean((inside - blends) ** 2) / max(float(np.mean(change**2)), 1e-6))
    shares = np.clip(inside @ change / max(float(change @ change), 1e-6), 0, 1)  # of the last, as they look
    # One picture that becomes lighter or darker keeps its edges; of two pictures, both lose some.
    kept = first.sharpness + shares * (last.sharpness - first.sharpness)
    is_soft = np.mean([stretch[index].sharpness for index in indices]) < _BLEND_SHARPNESS * np.mean(kept)
    return float(1 - error) if error < _BLEND_ERROR and is_soft else 0.0


def _hard_cuts(steps: NDArray[np.float64], returns: NDArray[np.float64]) -> list[FrameIndex]:
    cuts: list[FrameIndex] = []
    for index in map(int, np.flatnonzero(steps > _CUT_FLOOR)):
        near = np.delete(steps[max(0, index - _CUT_NEAR) : index + _CUT_NEAR + 1], min(index, _CUT_NEAR))
        second, largest = np.sort(np.append(near, [0.0, 0.0]))[-2:]
        # The second-largest: one frame beside a cut may be a flash, or a blend of both shots.
        stands_out = steps[index] >= largest and steps[index] > _CUT_RATIO * second
        is_flash = returns[index] < min(_FLASH_RETURN, steps[index] / 2)
        is_counted = bool(cuts) and index - cuts[-1] <= _CUT_NEAR
        if stands_out and not is_flash and not is_counted:
            cuts.append(index)
    return cuts


def _fades(
    contrasts: NDArray[np.float64], hard: list[FrameIndex]
) -> tuple[list[FrameIndex], NDArray[np.bool_]]:
    """The middles of the fades through blank frames, and (T,) which frames are part of a fade or half one."""
    count = len(contrasts)
    is_faded = np.zeros(count, np.bool_)
    peaks = sliding_window_view(np.pad(contrasts, _FADE_REACH), _FADE_REACH).max(axis=1)  # (T + reach + 1,)
    pictures = np.minimum(peaks[:count], peaks[_FADE_REACH + 1 :])  # the weaker of what is before and after
    is_blank = contrasts < np.maximum(_PICTURE, _BLANK * pictures)
    edges = np.flatnonzero(np.diff(np.pad(is_blank, 1)))
    middles = []
    for start, stop in zip(map(int, edges[::2]), map(int, edges[1::2]), strict=True):
        first = max([0, start - _FADE_REACH, *(cut for cut in hard if cut <= start)])
        end = min([count, stop + _FADE_REACH, *(cut for cut in hard if cut > start)])
        out, back = _sinking(contrasts[first : start + 1]), _sinking(contrasts[stop - 1 : end][::-1])
        is_faded[start - out : stop + back] = True
        if out and back:
            middles.append((start + stop) // 2)
    return middles, is_faded


def _table(rows: list[list[float]]) -> NDArray[np.float64]:
    return np.array(rows, np.float64).reshape(-1, len(_HALVES))


def _sinking(contrasts: NDArray[np.float64]) -> int:
    """The steps in which contrast sinks from a picture's to the last of (T,) values; 0 unless gradually."""
    picture = float(contrasts.max(initial=0.0))
    if picture < _PICTURE:
        return 0
    sinking = contrasts[np.flatnonzero(contrasts >= _FADE_START * picture)[-1] :]
    is_gradual = len(sinking) > _FADE_STEPS and -np.diff(sinking).min() <= _FADE_STEP * picture
    return len(sinking) - 1 if is_gradual else 0


def _dissolves(
    spans: NDArray[np.float64], blends: NDArray[np.float64], shots: NDArray[np.intp]
) -> list[tuple[float, FrameIndex, FrameIndex]]:
    """Score, first and last frame of the stretches that look like dissolves; many overlap.

    Args:
        spans: (T, 6), see ``ShotDetector``.
        blends: (T, 6), likewise.
        shots: (T,) number of the shot of each frame, as far as hard cuts and fades tell.
    """
    found: list[tuple[float, FrameIndex, FrameIndex]] = []
    for column, half in enumerate(_HALVES):
        length = 2 * half
        is_whole = shots[length:] == shots[:-length]  # of the stretches that start at each frame
        across = spans[length:, column] * is_whole
        beyond = np.pad(across, length)
        is_peak = np.maximum(beyond[: len(across)], beyond[2 * length :]) < _CALM * across
        scores = blends[length:, column] * is_peak
        found += [(float(scores[start]), int(start), int(start) + length) for start in np.flatnonzero(scores)]
    return found
