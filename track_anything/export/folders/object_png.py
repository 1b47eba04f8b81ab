"""A folder of grey PNG files for every object, named after it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from track_anything.export.folders.frame_folder import (
    Frame,
    FrameFolder,
    object_folder,
    write_png,
)
from track_anything.export.order import Order
from track_anything.types import ObjectId
from track_anything.video.bit_depth import to_8_bits

Depth: TypeAlias = Literal["binary", "8-bit", "16-bit"]


class ObjectPng(FrameFolder):
    """An ``Exporter`` of one mask per object and frame: ``001-earth/00000.png``, of source size.

    Masks that overlap stay whole, unlike in a label map.

    Args:
        order: what is exported.
        depth: ``binary`` for masks, 0 or 255; else alpha, 0 to 255 or 65535.
    """

    usual = "{object}/{frame}"

    def __init__(self, order: Order, depth: Depth) -> None:
        super().__init__(order.path, overwrite=order.overwrite, names=order.names)
        self._order = order
        self._depth = depth

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        for object_id, pixels in self._pixels(frame):
            of = object_folder(object_id, self._order.objects[object_id])
            write_png(self._place(folder, frame.index, of), pixels)

    def _pixels(self, frame: Frame) -> Iterator[tuple[ObjectId, NDArray[Any]]]:
        if self._depth == "binary":
            for object_id in self._order.objects:
                mask = self._order.masks.mask(frame.index, object_id)
                yield object_id, np.where(mask, np.uint8(255), np.uint8(0))
            return
        most, dtype = (255, np.uint8) if self._depth == "8-bit" else (65535, np.uint16)
        for object_id, alpha in self._order.alphas.alphas(frame.index, to_8_bits(frame.image)):
            yield object_id, np.asarray(np.rint(alpha * float(most)), dtype)
