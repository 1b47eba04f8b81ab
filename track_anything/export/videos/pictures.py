"""Frames as they are handed in, without masks: what is left when an object was removed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.export.exporter import Exporter
from track_anything.export.folders.frame_folder import Frame, FrameFolder, write_png
from track_anything.export.source_facts import READING_SOURCE, REMEDY
from track_anything.export.videos.encoding import Encoding
from track_anything.export.videos.video_container import MATROSKA, MP4
from track_anything.export.videos.video_file import VideoFile
from track_anything.types import AnyImage, FrameIndex, LabelMap
from track_anything.video import InProcess, Reader, is_deep_source
from track_anything.video.info import VideoInfo

_H264 = Encoding(
    title="H.264 video",
    container=MP4,
    encoder="libx264",
    pixel_format="yuv420p",
    options={"crf": "12", "preset": "medium"},  # what is exact outside the hole should look so, too
    needs_even_sizes=True,
)
_FFV1 = Encoding(
    title="FFV1 video",
    container=MATROSKA,
    encoder="ffv1",
    pixel_format="bgr0",  # FFV1 has no planar RGB of 8 bits
    options={"level": "3", "slicecrc": "1"},
    keeps_rgb=True,
)


_DEEP_FFV1 = replace(_FFV1, pixel_format="gbrp16le")


class PlainVideo(VideoFile):
    """An ``Exporter`` of the frames as a video, with the source's times, colour tags and sound.

    Args:
        path: the file to be made.
        info: facts about the source, whose timestamps the frames take.
        source: the file that sound and colour tags come from; image folders have neither.
        encoding: how the pictures are coded.
        overwrite: replace a file that is there already.
    """

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        *,
        source: Path | None,
        encoding: Encoding,
        overwrite: bool = False,
        reader: Reader | None = None,
    ) -> None:
        super().__init__(path, info, source=source, encoding=encoding, overwrite=overwrite, reader=reader)
        self._reformatter = VideoReformatter()

    def _picture(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> VideoFrame:  # noqa: ARG002 - VideoFile's
        is_deep = image.dtype == np.uint16
        padded: NDArray[Any] = self._padded(image)
        rgb = VideoFrame.from_ndarray(padded, format="rgb48le" if is_deep else "rgb24")
        pixel_format = self._encoding.pixel_format
        if self._encoding.keeps_rgb:
            return self._reformatter.reformat(rgb, format=pixel_format)
        return self._reformatter.reformat(
            rgb, format=pixel_format, dst_colorspace=self._matrix, dst_color_range=ColorRange.MPEG
        )


class PlainPng(FrameFolder):
    """An ``Exporter`` of RGB frames: ``00000.png`` and so on, of source size and depth."""

    keeps_depth = True

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        write_png(self._place(folder, frame.index), frame.image)


_Builder: TypeAlias = Callable[[Path, VideoInfo, Path, bool, Reader], Exporter]


def _video(encoding: Encoding) -> _Builder:
    def build(path: Path, info: VideoInfo, source: Path, overwrite: bool, reader: Reader) -> Exporter:
        return PlainVideo(path, info, source=source, encoding=encoding, overwrite=overwrite, reader=reader)

    return build


def _lossless(path: Path, info: VideoInfo, source: Path, overwrite: bool, reader: Reader) -> Exporter:
    encoding = _DEEP_FFV1 if _is_deep(source, reader) else _FFV1
    return PlainVideo(path, info, source=source, encoding=encoding, overwrite=overwrite, reader=reader)


def _is_deep(source: Path, reader: Reader) -> bool:
    """``is_deep_source``, in a child where the reader wants that."""
    if (begin := reader.child(READING_SOURCE, REMEDY)) is None:
        return is_deep_source(source)
    with begin(source) as worker:
        return bool(worker.ask(do="depth", source=str(source)).get("is_deep"))


PICTURES: Mapping[str, _Builder] = {
    ".mp4": _video(_H264),
    ".mkv": _lossless,
    "": lambda path, _info, _source, overwrite, _reader: PlainPng(path, overwrite=overwrite),
}
"""By the suffix of what is made: MP4 to look at and edit in 8 bits, lossless FFV1, or a folder of PNG files;
these two as deep as the source."""


def keeps_depth(path: Path) -> bool:
    """Whether what a path asks for by its suffix has more than 8 bits where the source has."""
    return path.suffix.lower() != ".mp4"


def picture_exporter(
    path: Path, info: VideoInfo, source: Path, *, overwrite: bool = False, reader: Reader | None = None
) -> Exporter:
    """The exporter for frames that a path asks for by its suffix; InputError when there is none for it."""
    if path.suffix.lower() not in PICTURES:
        raise InputError(
            f"{path.name} cannot be made: name it .mp4, .mkv for lossless video, or without a suffix for a "
            "folder of PNG files"
        )
    return PICTURES[path.suffix.lower()](path, info, source, overwrite, reader or InProcess())
