"""The codings of video with alpha, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from av.video.format import VideoFormat

from track_anything.export.videos.alpha_frame import AlphaFrame, MatteFrame, RgbaFrame, YuvaFrame
from track_anything.export.videos.encoding import Encoding
from track_anything.export.videos.video_container import MATROSKA, MP4, QUICKTIME, WEBM
from track_anything.video.converter import is_deep


@dataclass(frozen=True)
class AlphaCodec:
    """One coding of video with alpha.

    Attributes:
        encoding: how the encoder is set up.
        frame: makes what the encoder takes.
        has_colours: whether the pictures are there and not alpha alone.
        alpha_error: levels of 255 by which alpha may come back changed; a test holds it.
    """

    encoding: Encoding
    frame: AlphaFrame
    has_colours: bool = True
    alpha_error: int = 0

    @property
    def is_deep(self) -> bool:
        """Whether it has more than 8 bits per sample, so that a ``DeepImage`` gains by it."""
        return is_deep(VideoFormat(self.encoding.pixel_format))


ALPHA_CODECS: Mapping[str, AlphaCodec] = {
    # prores_ks is slower than prores_aw, but prores_aw writes alpha as 10 bits shifted into 16: its opaque
    # reads back as 0.999
    "prores": AlphaCodec(
        Encoding("ProRes video", QUICKTIME, "prores_ks", "yuva444p10le", {"alpha_bits": "16"}),
        YuvaFrame("yuva444p10le", bits=10),
    ),
    "png-mov": AlphaCodec(
        Encoding("PNG video", QUICKTIME, "png", "rgba64be", keeps_rgb=True), RgbaFrame("rgba64be")
    ),
    "ffv1": AlphaCodec(
        Encoding(
            "FFV1 video",
            MATROSKA,
            "ffv1",
            "gbrap16le",
            {"level": "3", "slicecrc": "1"},  # checksums let a reader tell where a file is damaged
            keeps_rgb=True,
        ),
        RgbaFrame("gbrap16le"),
    ),
    "vp9": AlphaCodec(
        Encoding(
            "VP9 video",
            WEBM,
            "libvpx-vp9",
            "yuva420p",
            {"crf": "8", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
        ),
        YuvaFrame("yuva420p", bits=8),
        alpha_error=10,
    ),
    "matte": AlphaCodec(
        Encoding(
            "matte video",
            MP4,
            "libx264",
            "yuv420p",
            {"crf": "1", "preset": "veryfast", "tune": "psnr"},  # true values, not pleasing ones
            needs_even_sizes=True,
        ),
        MatteFrame(),
        has_colours=False,
        alpha_error=4,
    ),
}
