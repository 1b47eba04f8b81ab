"""Fill and matte as two sequences, for programs that take colour and alpha from files of their own."""

from pathlib import Path

import numpy as np

from track_anything.export.folders.exr_file import of_16_bits
from track_anything.export.folders.frame_folder import Frame, FrameFolder, write_png
from track_anything.export.order import Order


class FillAndMatte(FrameFolder):
    """An ``Exporter`` of pairs of PNG files of source size: ``fill/00000.png`` and ``matte/00000.png``.

    The fill has 16 bits and straight colours, not multiplied by alpha, the matte is 16-bit grey: white where
    the objects are.

    Args:
        order: what is exported; alpha is that of all its objects together.
    """

    usual = "{object}/{frame}"
    objects = "fill|matte"
    keeps_depth = True

    def __init__(self, order: Order) -> None:
        super().__init__(order.path, overwrite=order.overwrite, names=order.names)
        self._order = order

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        cutout = self._order.alphas.cutout(frame.index, frame.image)
        write_png(self._place(folder, frame.index, "fill"), of_16_bits(cutout.colours))
        matte = np.rint(cutout.alpha * np.float64(65535)).astype(np.uint16)
        write_png(self._place(folder, frame.index, "matte"), matte)
