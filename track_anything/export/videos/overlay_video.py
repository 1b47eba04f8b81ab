"""The source with its objects painted over it, as a video that plays everywhere."""

from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.export.videos.encoding import Encoding
from track_anything.export.videos.video_container import MP4
from track_anything.export.videos.video_file import VideoFile
from track_anything.masks.overlay import OBJECT_PALETTE, OPACITY, paint
from track_anything.types import AnyImage, FrameIndex, LabelMap
from track_anything.video import Reader
from track_anything.video.bit_depth import to_8_bits
from track_anything.video.info import VideoInfo

_MAX_CRF = 51


class OverlayVideo(VideoFile):
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
        reader: reads the source; None = this process does.
    """

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        *,
        source: Path | None = None,
        opacity: float = OPACITY,
        contour: bool = True,
        palette: NDArray[np.uint8] = OBJECT_PALETTE,
        crf: int = 18,
        overwrite: bool = False,
        reader: Reader | None = None,
    ) -> None:
        if not 0 <= crf <= _MAX_CRF:
            raise InputError(f"a crf of {crf} is not possible: give 0 (lossless) to {_MAX_CRF} (worst)")
        encoding = Encoding(
            title="overlay video",
            container=MP4,
            encoder="libx264",
            pixel_format="yuv420p",
            options={"crf": str(crf), "preset": "veryfast"},
            needs_even_sizes=True,
        )
        super().__init__(path, info, source=source, encoding=encoding, overwrite=overwrite, reader=reader)
        self._opacity = opacity
        self._contour = contour
        self._palette = palette
        self._reformatter = VideoReformatter()

    def _picture(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> VideoFrame:  # noqa: ARG002 - VideoFile's
        """The painted image in 4:2:0, by the matrix that the tags state."""
        painted = paint(
            to_8_bits(image), label_map, palette=self._palette, opacity=self._opacity, contour=self._contour
        )
        rgb = VideoFrame.from_ndarray(self._padded(painted), format="rgb24")
        # One thread: several write into each other's lines, and the same frame is coded in two ways.
        return self._reformatter.reformat(
            rgb, format="yuv420p", dst_colorspace=self._matrix, dst_color_range=ColorRange.MPEG, threads=1
        )
