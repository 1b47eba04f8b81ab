"""What every export into one video file does alike."""

from abc import abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeVar, cast

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from track_anything.errors import InputError, OutputError
from track_anything.export.source_facts import READING_SOURCE, REMEDY, SourceFacts
from track_anything.export.staged_exporter import StagedExporter
from track_anything.export.videos.encoding import Encoding
from track_anything.export.videos.export_times import ExportTimes
from track_anything.export.videos.sound import Sound
from track_anything.export.videos.sound_copy import copy_sound
from track_anything.types import AnyImage, FrameIndex, LabelMap
from track_anything.video import InProcess, Reader, are_stills
from track_anything.video.converter import ColourTags
from track_anything.video.info import VideoInfo
from track_anything.video.media_path import FILES_ONLY, media_path
from track_anything.video.time_code import later_time_code

SampleT = TypeVar("SampleT", bound=np.uint8 | np.uint16 | np.float32)

_BT_709 = ColourTags(matrix=1, primaries=1, transfer=1)
_MATRICES = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601, 9: Colorspace.BT2020}
"""The H.273 matrices that can be written; sources with another, or with none stated, become BT.709."""

_UNTAGGED = 2  # the H.273 number for what is not stated
_RGB = 0  # the H.273 number for colours that have gone through no matrix

_MAX_RATE_DENOMINATOR = 100_000  # x264 takes 32-bit fractions


class VideoFile(StagedExporter):
    """An ``Exporter`` of one video file, with the source's times, colour tags, pixel shape, time code, sound.

    A subclass makes the pictures. Where ``encoding`` wants even sizes they are made so by repeating the last
    row and column. Sound is copied without being encoded anew, except where the container cannot hold it.

    Args:
        path: the file to be made, named with the suffix of the container.
        info: facts about the source, whose timestamps the frames take.
        source: the file that sound and colour tags come from; image folders and arrays (None) have neither.
        encoding: how the pictures are coded.
        overwrite: replace a file that is there already.
        reader: reads the source; None = this process does.
    """

    _failures = (FFmpegError, OSError)

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        *,
        source: Path | None,
        encoding: Encoding,
        overwrite: bool,
        reader: Reader | None = None,
    ) -> None:
        super().__init__(path, overwrite=overwrite)
        self._info = info
        self._source = None if source is not None and are_stills(source) else source
        self._encoding = encoding
        self._reader = reader or InProcess()
        self._last_index = -1
        self._times = ExportTimes(info)
        self._facts = SourceFacts()
        self._sound: Sound | None = None
        self._time_code: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not carried over as it was, one line each; complete after the export."""
        container, info, facts = self._encoding.container, self._info, self._facts
        tell = f"which this {container.name} file does not say: tell it to the program that reads it"
        notes = []
        if container.rounds(info.timestamps, info.time_base):
            notes.append(f"{container.name} keeps times in steps of 1/{container.ticks} s: they were rounded")
        if facts.pixel_aspect != 1 and not container.keeps_pixel_shape:
            notes.append(f"pixels are {facts.pixel_aspect} as wide as high, {tell}")
        if facts.interlacing and not container.keeps_field_order:
            notes.append(f"the source is interlaced, {facts.interlacing}, {tell}")
        if facts.tags is not None and facts.tags.matrix not in (*_MATRICES, _UNTAGGED, _RGB):
            notes.append(f"colours by the matrix number {facts.tags.matrix} of ITU-T H.273 became BT.709")
        if facts.has_display_facts:
            notes.append("what the source says of the HDR display that it was graded on is not carried over")
        if facts.time_code is not None and self._time_code is None:
            notes.append(f"the time code {facts.time_code} cannot be counted on from: it is gone")
        return (*notes, *(self._sound.notes if self._sound is not None else ()))

    def __enter__(self) -> Self:
        """See ``Exporter``; a source that cannot be opened is a ``VideoError``."""
        self._check_path()
        self._staging.prepare()
        options = self._encoding.container.muxer_options(self._times.time_base)
        with self._writing():
            self._container = av.open(media_path(self._staging.path), "w", options=options | FILES_ONLY)
        try:
            self._open_streams()
        except BaseException:
            self._abandon()
            raise
        return self

    def write(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> None:
        """Add frame ``index``; see ``Exporter``."""
        self._check_frame(index, image)
        frame = self._picture(index, image, label_map)
        if not self._has_frames:
            self._begin(index)
        self._last_index, self._has_frames = index, True
        frame.pts = self._times.pts(index)
        frame.time_base = self._times.time_base
        self._tag(frame)
        with self._writing():
            if self._sound is not None:
                self._sound.advance(self._times.source_seconds(index))
            self._container.mux(self._stream.encode(frame))

    @abstractmethod
    def _picture(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> VideoFrame:
        """What is encoded for frame ``index``: in the pixel format and at the size of the stream."""

    def _padded(self, picture: NDArray[SampleT]) -> NDArray[SampleT]:
        """(H, W, 3) or (H, W) at the size of the stream, by repeating the last row and column."""
        height, width = self._coded_size()
        bottom, right = height - picture.shape[0], width - picture.shape[1]
        padded = cv2.copyMakeBorder(picture, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
        return np.asarray(padded, picture.dtype)

    def _coded_size(self) -> tuple[int, int]:
        """(height, width) of the stream."""
        height, width = self._info.height, self._info.width
        if not self._encoding.needs_even_sizes:
            return height, width
        return height + height % 2, width + width % 2

    def _tag(self, frame: VideoFrame) -> None:
        """Some encoders write the colour tags of the frame, others those of the stream."""
        codec = self._stream.codec_context
        frame.colorspace, frame.color_range = codec.colorspace, codec.color_range
        frame.color_primaries, frame.color_trc = codec.color_primaries, codec.color_trc

    def _open_streams(self) -> None:
        info, encoding = self._info, self._encoding
        self._facts = SourceFacts.of(self._source, info, self._reader)
        is_known = self._facts.tags is not None and self._facts.tags.matrix in _MATRICES
        tags = self._facts.tags if self._facts.tags is not None and is_known else _BT_709
        self._matrix = _MATRICES[tags.matrix]

        rate = info.average_rate.limit_denominator(_MAX_RATE_DENOMINATOR)
        stream = self._container.add_stream(encoding.encoder, rate=rate, options=dict(encoding.options))
        self._stream = cast(VideoStream, stream)
        self._stream.height, self._stream.width = self._coded_size()
        self._stream.pix_fmt = encoding.pixel_format
        codec = self._stream.codec_context
        codec.time_base = self._times.time_base
        codec.colorspace = _RGB if encoding.keeps_rgb else tags.matrix
        codec.color_primaries, codec.color_trc = tags.primaries, tags.transfer
        codec.color_range = ColorRange.JPEG if encoding.keeps_rgb else ColorRange.MPEG
        codec.sample_aspect_ratio = self._facts.pixel_aspect
        if self._facts.interlacing and encoding.container.keeps_field_order:
            codec.field_order = self._facts.field_order
        if self._source is not None:
            self._sound = self._sound_of(self._source)

    def _sound_of(self, source: Path) -> Sound | None:
        """The sound of the source; a child first copies that of a stranger's into a file of its own."""
        container = self._encoding.container
        begin = self._reader.child(READING_SOURCE, REMEDY)
        if begin is None:
            return Sound(source, self._container, container)
        if not self._info.has_audio:
            return None
        with begin(source) as worker:
            said = copy_sound(source, self._sound_copy, container, worker)
        return None if said is None else Sound(self._sound_copy, self._container, container, said)

    @property
    def _sound_copy(self) -> Path:
        """Beside what is staged, by a name that is swept with it."""
        staged = self._staging.path
        return staged.with_name(f"{staged.stem}.sound{staged.suffix}")

    def _begin(self, index: FrameIndex) -> None:
        """Set what depends on the frame that comes first, before anything is written to the file."""
        self._times = self._times.beginning_with(index)
        if self._sound is not None:
            self._sound.begin(self._times.source_seconds(index) if index > 0 else None, self._times.shift)
        told = self._facts.time_code
        self._time_code = None if told is None else later_time_code(told, index, self._info.average_rate)
        if self._time_code is not None:
            self._stream.metadata["timecode"] = self._time_code
            self._container.metadata["timecode"] = self._time_code

    def _finish(self) -> None:
        self._container.mux(self._stream.encode())
        if self._sound is not None:
            is_whole = self._last_index == self._info.frame_count - 1
            end = None if is_whole else self._times.source_seconds(self._last_index + 1)
            self._sound.advance(end)
            self._sound.finish()
        self._container.close()

    def _abandon(self) -> None:
        """Close everything and remove what is not in its place; harmless after a finished export."""
        if self._sound is not None:
            self._sound.close()
        self._sound_copy.unlink(missing_ok=True)
        with suppress(FFmpegError, OSError):  # a full disk fails again here, and has been told already
            self._container.close()
        super()._abandon()

    def _check_path(self) -> None:
        title, container = self._encoding.title, self._encoding.container
        if self._path.suffix.lower() != container.suffix:
            raise OutputError(
                f"{self._path} is not named {container.suffix}: {title}s are {container.name} files, "
                "name it so"
            )
        if self._path.is_dir():
            raise OutputError(f"{self._path} is a folder: choose a file name for the video")
        is_source = self._source is not None and self._path.exists() and self._path.samefile(self._source)
        if is_source:
            raise OutputError(f"{self._path} is the source itself: choose another path for the {title}")

    def _check_frame(self, index: FrameIndex, image: AnyImage) -> None:
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
