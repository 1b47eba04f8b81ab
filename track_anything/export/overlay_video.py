"""The source with its objects painted over it, as a video that plays everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from track_anything.errors import InputError, OutputError
from track_anything.export.sound import Sound
from track_anything.export.staging import Staging, unwritable
from track_anything.masks import DAVIS_PALETTE
from track_anything.overlay import paint
from track_anything.types import FrameIndex, Image, LabelMap
from track_anything.video.converter import ColourTags
from track_anything.video.decoder import Decoder
from track_anything.video.info import VideoInfo

_BT_709 = ColourTags(matrix=1, primaries=1, transfer=1)
_MATRICES = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601, 9: Colorspace.BT2020}
"""The H.273 matrices that can be written; sources with another, or with none stated, become BT.709."""

_LATEST_START = 10
"""Seconds. Times are exactly those of the source, unless its clock starts later than this, as that of a
camcorder may by hours: then the first frame is shown at 0, since players would wait."""

_MAX_RATE_DENOMINATOR = 100_000  # x264 takes 32-bit fractions
_MAX_CRF = 51
_MIN_TICKS = 10_000  # per second; the muxer refines coarser clocks of tracks in the same way


class OverlayVideo:
    """An ``Exporter`` of an H.264 MP4: tints and contours over the frames, with the source's times and sound.

    The picture is 4:2:0 with the source's colour tags, or BT.709 where it states none. Sizes are made even,
    as H.264 wants, by repeating the last row and column. Sound is copied without being encoded anew, except
    where MP4 cannot hold it; ``notes`` says so after the export.

    Args:
        path: the file to be made, named ``.mp4``.
        info: facts about the source, whose timestamps the frames take.
        source: the file that sound and colour tags come from; image folders and arrays (None) have neither.
        opacity: of the tint, 0 to 1.
        contour: whether objects are outlined.
        palette: (256, 3) uint8 RGB colour of every object id.
        crf: quality of the encoding, 0 (lossless) to 51 (worst).
        overwrite: replace a file that is there already.
    """

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        *,
        source: Path | None = None,
        opacity: float = 0.5,
        contour: bool = True,
        palette: NDArray[np.uint8] = DAVIS_PALETTE,
        crf: int = 18,
        overwrite: bool = False,
    ) -> None:
        if not 0 <= crf <= _MAX_CRF:
            raise InputError(f"a crf of {crf} is not possible: give 0 (lossless) to {_MAX_CRF} (worst)")
        self._path = path
        self._info = info
        self._source = None if source is not None and source.is_dir() else source
        self._opacity = opacity
        self._contour = contour
        self._palette = palette
        self._crf = crf
        self._staging = Staging(path, overwrite=overwrite)
        self._reformatter = VideoReformatter()
        self._last_index = -1
        self._first_timestamp = 0
        self._sound: Sound | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not carried over as it was, one line each; complete after the export."""
        return self._sound.notes if self._sound is not None else ()

    def __enter__(self) -> Self:
        """See ``Exporter``; a source that cannot be opened is a ``VideoError``."""
        self._check_path()
        self._staging.prepare()
        with self._writing():
            self._container = av.open(str(self._staging.path), "w", options=self._muxer_options())
        try:
            self._open_streams()
        except BaseException:
            self._abandon()
            raise
        return self

    def write(self, index: FrameIndex, image: Image, label_map: LabelMap) -> None:
        """Add frame ``index``; see ``Exporter``."""
        self._check_frame(index, image)
        self._last_index = index
        timestamp = self._info.timestamps[index]
        painted = paint(image, label_map, palette=self._palette, opacity=self._opacity, contour=self._contour)
        frame = self._encodable(painted)
        frame.pts = timestamp - self._first_timestamp
        frame.time_base = self._info.time_base
        with self._writing():
            if self._sound is not None:
                self._sound.advance(timestamp * self._info.time_base)
            self._container.mux(self._stream.encode(frame))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """See ``Exporter``."""
        try:
            if kind is not None:
                return
            if self._last_index < 0:
                raise InputError(f"no frame was given to export into {self._path}: track an object first")
            with self._writing():
                self._finish()
            self._staging.commit()
        finally:
            self._abandon()

    def _muxer_options(self) -> dict[str, str]:
        """The index goes to the front, for browsers; a late start is written in ticks, not milliseconds."""
        ticks = self._info.time_base.denominator
        while ticks < _MIN_TICKS:
            ticks *= 2
        return {"movflags": "+faststart", "movie_timescale": str(ticks)}

    def _open_streams(self) -> None:
        info = self._info
        tags, aspect, shift = _BT_709, Fraction(1), Fraction(0)
        if self._source is not None:
            with Decoder(self._source) as decoder:
                tags = decoder.colour_tags if decoder.colour_tags.matrix in _MATRICES else _BT_709
                aspect = decoder.pixel_aspect
        starts_late = info.timestamps[0] * info.time_base > _LATEST_START
        if starts_late:
            self._first_timestamp = info.timestamps[0]
            shift = self._first_timestamp * info.time_base
        self._matrix = _MATRICES[tags.matrix]

        options = {"crf": str(self._crf), "preset": "veryfast"}
        rate = info.average_rate.limit_denominator(_MAX_RATE_DENOMINATOR)
        self._stream = self._container.add_stream("libx264", rate=rate, options=options)
        self._stream.height = info.height + info.height % 2
        self._stream.width = info.width + info.width % 2
        self._stream.pix_fmt = "yuv420p"
        codec = self._stream.codec_context
        codec.time_base = info.time_base
        codec.colorspace, codec.color_primaries, codec.color_trc = tags.matrix, tags.primaries, tags.transfer
        codec.color_range = ColorRange.MPEG
        is_turned = info.rotation % 180 != 0
        codec.sample_aspect_ratio = 1 / aspect if is_turned else aspect
        if self._source is not None:
            self._sound = Sound(self._source, self._container, shift)

    def _encodable(self, image: Image) -> VideoFrame:
        """The image at even size in 4:2:0, by the matrix that the tags state."""
        missing = self._stream.height - image.shape[0], self._stream.width - image.shape[1]
        even = cv2.copyMakeBorder(image, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)  # (H, W, 3)
        rgb = VideoFrame.from_ndarray(np.asarray(even, np.uint8), format="rgb24")
        return self._reformatter.reformat(
            rgb, format="yuv420p", dst_colorspace=self._matrix, dst_color_range=ColorRange.MPEG
        )

    def _finish(self) -> None:
        self._container.mux(self._stream.encode())
        if self._sound is not None:
            is_whole = self._last_index == self._info.frame_count - 1
            end = None if is_whole else self._info.timestamps[self._last_index + 1] * self._info.time_base
            self._sound.advance(end)
            self._sound.finish()
        self._container.close()

    def _abandon(self) -> None:
        """Close everything and remove what is not in its place; harmless after a finished export."""
        if self._sound is not None:
            self._sound.close()
        with suppress(FFmpegError, OSError):  # a full disk fails again here, and has been told already
            self._container.close()
        self._staging.discard()

    def _check_path(self) -> None:
        if self._path.suffix.lower() != ".mp4":
            raise OutputError(f"{self._path} is not named .mp4: overlay videos are MP4 files, name it so")
        if self._path.is_dir():
            raise OutputError(f"{self._path} is a folder: choose a file name for the video")
        is_source = self._source is not None and self._path.exists() and self._path.samefile(self._source)
        if is_source:
            raise OutputError(f"{self._path} is the source itself: choose another path for the overlay video")

    def _check_frame(self, index: FrameIndex, image: Image) -> None:
        if not self._last_index < index < self._info.frame_count:
            raise InputError(
                f"frame {index} cannot follow frame {self._last_index}: export frames in order, up to "
                f"{self._info.frame_count - 1}"
            )
        if image.shape != (self._info.height, self._info.width, 3):
            raise InputError(
                f"frame {index} has shape {image.shape}: export frames of the source's size, "
                f"{self._info.width} x {self._info.height}"
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (FFmpegError, OSError) as error:
            raise unwritable(self._path, error) from error
