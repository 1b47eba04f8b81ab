"""A video decoded once, in order, into files that any frame can be read from quickly."""

import io
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image

from track_anything.errors import OutputError, VideoError
from track_anything.system.files import put_in_place
from track_anything.system.lifecycle import Closing
from track_anything.types import FrameIndex, Image, OnProgress
from track_anything.video.converter import Converter, fitted
from track_anything.video.decoder import Decoder
from track_anything.video.fingerprint import fingerprint, has_fingerprint
from track_anything.video.info import VideoInfo
from track_anything.video.picture_size import MAX_PIXELS, enough_memory
from track_anything.video.survey import Survey
from track_anything.video.video import check_frame, frame_range

_FORMAT = 2  # of the files in a store; stores of another format are filled anew
_SOURCE_FILE = "source.json"  # written first: whose frames these are
_INFO_FILE = "info.json"  # written last: a store that has it is complete
_LONGEST_JSON = 1 << 26  # bytes
_AS_IT_IS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_JPEG_OPTIONS = (
    cv2.IMWRITE_JPEG_QUALITY, 95,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
)  # fmt: skip


class FrameStore(Closing):
    """A folder of JPEG files (quality 95, full chroma), one per frame, with the facts about their source.

    It is a cache: it may be deleted at any time and serves the models and the screen. Exports decode the
    source again, so that what is exported has never been through JPEG.

    Args:
        folder: a complete store.

    Raises:
        VideoError: there is no complete store in the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        info = _read_info(folder)
        if info is None:
            raise VideoError(f"{folder} holds no complete frame store: fill it from the video again")
        self._info = info

    @classmethod
    def of(cls, source: Path, folder: Path, *, progress: OnProgress | None = None) -> "FrameStore":
        """The store of ``source`` in ``folder``, filled first unless it is complete.

        A fill that was interrupted is continued; a store of another file, or of an earlier state of this
        one, is replaced. An exception raised by ``progress`` interrupts the fill.

        Raises:
            VideoError: the source cannot be read as a video.
            OutputError: the folder cannot be written, or the disk is full.
        """
        is_of_source = _is_of(source, _read_json(folder / _SOURCE_FILE))
        if not (is_of_source and _read_info(folder) is not None):
            with Decoder(source) as decoder:
                if not is_of_source:
                    _begin(folder, {"format": _FORMAT, "fingerprint": fingerprint(source)})
                _fill(folder, decoder, Survey(decoder, source), progress)
        return cls(folder)

    @classmethod
    def found(cls, source: Path, folder: Path) -> "FrameStore | None":
        """The store of ``source`` in ``folder`` if it is complete; nothing is written."""
        is_complete = _is_of(source, _read_json(folder / _SOURCE_FILE)) and _read_info(folder) is not None
        return cls(folder) if is_complete else None

    @property
    def info(self) -> VideoInfo:
        """Facts about the source."""
        return self._info

    def __len__(self) -> int:
        return self._info.frame_count

    def frame(self, index: FrameIndex) -> Image:
        """Frame ``index``; every frame is equally fast. See ``Video.frame``."""
        check_frame(index, len(self))
        return self._read(index)

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """The frames in order, one in memory at a time; see ``Video.frames``."""
        for index in frame_range(start, stop, len(self)):
            yield self._read(index)

    def jpeg(self, index: FrameIndex) -> bytes:
        """Frame ``index`` as the JPEG file that it is kept as; see ``Video.frame`` for what is raised."""
        check_frame(index, len(self))
        path = _frame_path(self._folder, index)
        if (content := _content(path, _most_bytes(self._info.height * self._info.width))) is None:
            raise self._damaged(path)
        return content

    def _read(self, index: FrameIndex) -> Image:
        content = self.jpeg(index)
        size = (self._info.height, self._info.width)
        is_of_size = _jpeg_size(content) == size  # told without decoding what is too large
        if not is_of_size or (image := _decode(content)) is None:
            raise self._damaged(_frame_path(self._folder, index))
        return image

    def _damaged(self, path: Path) -> VideoError:
        return VideoError(f"frame file {path} is missing or damaged: delete {self._folder} to have it remade")


def _is_of(source: Path, origin: object) -> bool:
    """Whether a store says that it is of a source, and in the present format."""
    if not isinstance(origin, dict) or origin.get("format") != _FORMAT:
        return False
    expected = origin.get("fingerprint")
    return isinstance(expected, str) and has_fingerprint(source, expected)


def _begin(folder: Path, origin: dict[str, Any]) -> None:
    """Make an empty store that is known to belong to the source; the mark of completeness goes first."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (_INFO_FILE, _SOURCE_FILE):
            (folder / name).unlink(missing_ok=True)
        for path in folder.glob("*.jpg"):
            path.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error
    _write(folder / _SOURCE_FILE, json.dumps(origin).encode())


def _fill(folder: Path, decoder: Decoder, survey: Survey, progress: OnProgress | None) -> None:
    converter = Converter(decoder.orientation())  # of what size they are is known when all were seen
    for index, frame in enumerate(decoder.frames()):
        survey.add(frame)
        path = _frame_path(folder, index)
        if not path.exists():
            with enough_memory(frame.width, frame.height):
                encoded = _encode(converter.image(frame))
            _write(path, encoded)
        if progress is not None:
            progress(index + 1, decoder.promised_frame_count)
    info = survey.info()
    for path in (_frame_path(folder, index) for index in survey.resized):
        content = _content(path, _most_bytes(MAX_PIXELS))
        if content is not None and (image := _decode(content)) is not None:
            _write(path, _encode(fitted(image, (info.height, info.width))))
        if progress is not None:  # all are done, but who waits for a sign of life gets one
            progress(info.frame_count, info.frame_count)
    _write(folder / _INFO_FILE, json.dumps(info.to_json()).encode())


def _content(path: Path, most: int) -> bytes | None:
    """What a file holds; None unless it is one, no link and no pipe, and of so many bytes at most.

    A store may have been filled by a child that a stranger's video had taken over.
    """
    try:
        descriptor = os.open(path, _AS_IT_IS)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            return file.read() if stat.S_ISREG(found.st_mode) and found.st_size <= most else None
    except OSError:
        return None


def _most_bytes(pixels: int) -> int:
    """That the JPEG of a frame may have: noise takes as many as its three channels."""
    return 4 * pixels + (1 << 16)


def _decode(content: bytes) -> Image | None:
    """The (H, W, 3) image in a file's content; None when that is damaged."""
    bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    return None if bgr is None else np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """(height, width) by the header of a file; None when it is none of ours."""
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            return image.height, image.width
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError):
        return None


def _encode(image: Image) -> bytes:
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), _JPEG_OPTIONS)
    return encoded.tobytes()


def _write(path: Path, content: bytes) -> None:
    """Write a file such that it is never seen half-written; a cache need not survive a power cut."""
    part = path.with_suffix(".part")
    try:
        part.write_bytes(content)
        put_in_place(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _unwritable(path.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"frame store {folder} cannot be written ({error.strerror}): free some space or choose another folder"
    )


def _frame_path(folder: Path, index: FrameIndex) -> Path:
    return folder / f"{index:06d}.jpg"


def _read_info(folder: Path) -> VideoInfo | None:
    fields = _read_json(folder / _INFO_FILE)
    try:
        return None if fields is None else VideoInfo.from_json(fields)
    except (KeyError, TypeError, ValueError):
        return None


def _read_json(path: Path) -> Any:  # noqa: ANN401  (JSON holds anything)
    content = _content(path, _LONGEST_JSON)
    try:
        return None if content is None else json.loads(content)
    except (ValueError, RecursionError):
        return None
