"""A video file read through decord, only where it proves to read what PyAV reads."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import VideoError
from track_anything.system.lifecycle import Closing
from track_anything.types import FrameIndex, Image
from track_anything.video.info import VideoInfo
from track_anything.video.media_path import media_path
from track_anything.video.pyav_video import PyAVVideo
from track_anything.video.video import check_frame, frame_range

_TRIAL_FRAMES = 5
_TRIAL_SECONDS = 120  # decord is known to hang on some files
_MAX_MEAN_DIFFERENCE = 3.0  # of 255: the two may round colours differently, but not show another frame


class DecordVideo(Closing):
    """A video file; the numbers and the timestamps of its frames are those of PyAV.

    decord is known to hang, to repeat frames and to abort the process on some files. So it first reads
    five random frames in a process of its own, and is accepted if its count and these frames are PyAV's.

    Args:
        path: the file.
        info: what an earlier decode of the same file through PyAV has found.

    Raises:
        VideoError: the file cannot be read as a video, decord is not installed, or the two disagree.
    """

    def __init__(self, path: Path, *, info: VideoInfo | None = None) -> None:
        with PyAVVideo(path, info=info) as reference:
            self._info = reference.info
            _check_agreement(path, reference)
        self._reader: Any = _open_reader(path)

    @property
    def info(self) -> VideoInfo:
        """Size, timestamps and what could not be read, as found by PyAV."""
        return self._info

    def __len__(self) -> int:
        return self._info.frame_count

    def frame(self, index: FrameIndex) -> Image:
        """Frame ``index``; see ``Video.frame``."""
        check_frame(index, len(self))
        return _read(self._reader, index)

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """The frames in order; see ``Video.frames``."""
        for index in frame_range(start, stop, len(self)):
            yield _read(self._reader, index)


def decode_sample(path: Path, indices: list[FrameIndex]) -> tuple[int, NDArray[np.uint8]]:
    """What decord says of a file: the frame count and the frames at ``indices`` as (N, H, W, 3).

    Raises:
        VideoError: decord is not installed or cannot read the file.
    """
    reader = _open_reader(path)
    if len(reader) <= max(indices):
        return len(reader), np.empty((0, 0, 0, 3), np.uint8)
    return len(reader), np.stack([_read(reader, index) for index in indices])  # (N, H, W, 3)


def _check_agreement(path: Path, reference: PyAVVideo) -> None:
    randomness = np.random.default_rng(len(reference))
    indices = randomness.permutation(len(reference))[:_TRIAL_FRAMES].tolist()
    frame_count, frames = _trial(path, indices)
    if frame_count != len(reference):
        raise _refused(path, f"it counts {frame_count} frames where PyAV decodes {len(reference)}")
    for index, frame in zip(indices, frames, strict=True):
        expected = reference.frame(index)
        is_same = frame.shape == expected.shape and _mean_difference(frame, expected) <= _MAX_MEAN_DIFFERENCE
        if not is_same:
            raise _refused(path, f"its frame {index} is not that of PyAV")


def _trial(path: Path, indices: list[FrameIndex]) -> tuple[int, NDArray[np.uint8]]:
    """``decode_sample`` in another process, which may hang or abort without harm."""
    with TemporaryDirectory(prefix="decord_trial_") as folder:
        answer = Path(folder) / "answer.npz"
        module = "track_anything.video.decord_trial"
        command = [sys.executable, "-m", module, str(path), str(answer), *map(str, indices)]
        try:
            trial = subprocess.run(  # noqa: S603  (our own module, no shell)
                command, capture_output=True, text=True, timeout=_TRIAL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise _refused(path, f"it hung for {_TRIAL_SECONDS} s") from None
        if trial.returncode != 0:
            lines = trial.stderr.strip().splitlines() or ["no message"]
            raise _refused(path, f"it failed with {lines[-1]}")
        with np.load(answer) as arrays:
            return int(arrays["frame_count"]), np.asarray(arrays["frames"], np.uint8)


def _open_reader(path: Path) -> Any:  # noqa: ANN401  (decord has no types)
    try:
        from decord import VideoReader, cpu
    except ImportError as error:
        raise _refused(path, f"it is not installed for this machine: {error}") from error
    return VideoReader(media_path(path), ctx=cpu(0))


def _read(reader: Any, index: FrameIndex) -> Image:  # noqa: ANN401  (decord has no types)
    return np.asarray(reader[index].asnumpy(), np.uint8)  # (H, W, 3)


def _mean_difference(image: Image, other: Image) -> float:
    return float(np.abs(image.astype(np.int16) - other).mean())


def _refused(path: Path, reason: str) -> VideoError:
    return VideoError(f"decord cannot be trusted with {path} ({reason}): use the pyav backend")
