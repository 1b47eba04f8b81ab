"""The objects cut out of the picture, as OpenEXR files of linear light for compositing programs."""

from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from track_anything.export.folders.exr_file import PICTURES, of_16_bits
from track_anything.export.folders.frame_folder import Frame, FrameFolder
from track_anything.export.folders.linear_light import UNTAGGED, linear_levels
from track_anything.export.order import Order
from track_anything.export.source_facts import SourceFacts

_AS_BT_709 = (1, UNTAGGED)

_OPTIONS = {"format": "half", "compression": "zip16"}  # lossless, and every program reads it


class RgbaExr(FrameFolder):
    """An ``Exporter`` of OpenEXR frames: ``00000.exr`` and so on, RGBA in half floats, of source size.

    As programs expect of OpenEXR, colours are linear light, 0 to 1, and premultiplied by alpha: 0 where alpha
    is 0. The curve that the source states is undone; images of a folder are taken as sRGB, and videos that
    state none as BT.709. HDR is refused. Primaries stay those of the source; where they are not those of
    BT.709, which readers take for granted, ``notes`` says so. The shape of pixels is in the files.

    Args:
        order: what is exported; alpha is that of all its objects together.
    """

    suffix = ".exr"
    _failures: ClassVar[tuple[type[Exception], ...]] = (FFmpegError, OSError)

    def __init__(self, order: Order) -> None:
        super().__init__(order.path, overwrite=order.overwrite, names=order.names)
        self._order = order
        self._tags = PICTURES
        self._pixel_aspect = Fraction(1)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not carried over as it was, one line each."""
        if self._tags.primaries in _AS_BT_709:
            return ()
        return (
            f"the source has the primaries number {self._tags.primaries} of ITU-T H.273, which these OpenEXR "
            "files do not say: tell it to the program that reads them, which takes them for BT.709",
        )

    def __enter__(self) -> Self:
        """See ``Exporter``; a source that cannot be opened or made linear is an ``InputError``."""
        facts = SourceFacts.of(self._order.source, self._order.info, self._order.reader)
        self._tags, self._pixel_aspect = facts.tags or PICTURES, facts.pixel_aspect
        self._levels = linear_levels(self._tags.transfer)  # (65536,)
        return super().__enter__()

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        cutout = self._order.alphas.cutout(frame.index, frame.image)
        alpha = cutout.alpha[:, :, None]  # (H, W, 1)
        light = self._levels[of_16_bits(cutout.colours)]  # (H, W, 3)
        pixels = np.concatenate([light * alpha, alpha], axis=2)  # (H, W, 4)
        self._place(folder, frame.index).write_bytes(_encoded(pixels, self._pixel_aspect))


def _encoded(pixels: NDArray[np.float32], pixel_aspect: Fraction) -> bytes:
    """The OpenEXR file of (H, W, 4) RGBA."""
    # FFmpeg cuts off what half floats cannot hold; here it is rounded
    rounded = pixels.astype(np.float16).astype(np.float32)
    encoder = VideoCodecContext.create("exr", "w")
    encoder.height, encoder.width = pixels.shape[:2]
    encoder.pix_fmt = "gbrapf32le"
    encoder.time_base = Fraction(1)  # it wants one, and the files know no time
    encoder.sample_aspect_ratio = pixel_aspect
    encoder.options = dict(_OPTIONS)
    frame = VideoFrame.from_ndarray(rounded, format="gbrapf32le")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode()])
