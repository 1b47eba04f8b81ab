"""The objects cut out of the picture, as PNG files with an alpha channel."""

from pathlib import Path

import numpy as np

from track_anything.export.folders.frame_folder import Frame, FrameFolder, write_png
from track_anything.export.order import Order


class RgbaPng(FrameFolder):
    """An ``Exporter`` of RGBA frames: ``00000.png`` and so on, 8 bits per channel, of source size.

    Args:
        order: what is exported; alpha is that of all its objects together.
        premultiplied: colours are multiplied by alpha; else they are straight, and defined everywhere.
    """

    def __init__(self, order: Order, *, premultiplied: bool) -> None:
        super().__init__(order.path, overwrite=order.overwrite, names=order.names)
        self._order = order
        self._premultiplied = premultiplied

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        cutout = self._order.alphas.cutout(frame.index, frame.image)
        alpha = np.rint(cutout.alpha * 255)[:, :, None]  # (H, W, 1)
        colours = np.rint(cutout.colours * (alpha / 255)) if self._premultiplied else cutout.colours
        pixels = np.concatenate([colours, alpha], axis=2).astype(np.uint8)  # (H, W, 4)
        write_png(self._place(folder, frame.index), pixels)
