"""The objects over one colour, as a video that plays everywhere and that a keyer can take."""

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

from track_anything.export.order import Order
from track_anything.export.videos.encoding import Encoding
from track_anything.export.videos.video_container import MP4
from track_anything.export.videos.video_file import VideoFile
from track_anything.types import AnyImage, FrameIndex, LabelMap
from track_anything.video.bit_depth import to_8_bits

_ENCODING = Encoding(
    title="foreground video",
    container=MP4,
    encoder="libx264",
    pixel_format="yuv420p",
    options={"crf": "14", "preset": "medium"},  # an edge over a plain colour shows every loss
    needs_even_sizes=True,
)


class ForegroundVideo(VideoFile):
    """An ``Exporter`` of an H.264 MP4: all objects cut out over a colour, with the source's times and sound.

    Colours are mixed by alpha in their coded values, as players do it.

    Args:
        order: what is exported, and over which colour.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(
            order.path,
            order.info,
            source=order.source,
            encoding=_ENCODING,
            overwrite=order.overwrite,
            reader=order.reader,
        )
        self._cut = order.alphas.cutout
        self._background = np.array(order.background, np.float32)  # (3,)
        self._reformatter = VideoReformatter()

    def _picture(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> VideoFrame:  # noqa: ARG002 - VideoFile's
        cutout = self._cut(index, image)
        alpha = cutout.alpha[..., None]  # (H, W, 1)
        mixed = self._background + alpha * (to_8_bits(cutout.colours) - self._background)
        rgb = VideoFrame.from_ndarray(self._padded(np.rint(mixed).astype(np.uint8)), format="rgb24")
        return self._reformatter.reformat(
            rgb,
            format=_ENCODING.pixel_format,
            dst_colorspace=self._matrix,
            dst_color_range=ColorRange.MPEG,
            threads=1,  # several write into each other's lines
        )
