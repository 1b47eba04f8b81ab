"""A folder of grey PNG files for every object, named after it."""

from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from track_anything.export.frame_folder import (
    FRAME_PNG,
    OBJECT_FOLDER,
    Frame,
    FrameFolder,
    object_folder,
    write_png,
)
from track_anything.export.order import Order
from track_anything.types import FrameIndex, ObjectId

Depth: TypeAlias = Literal["binary", "8-bit", "16-bit"]


class ObjectPng(FrameFolder):
    """An ``Exporter`` of one mask per object and frame: ``001-earth/00000.png``, of source size.

    Masks that overlap stay whole, unlike in a label map.

    Args:
        order: what is exported.
        depth: ``binary`` for masks, 0 or 255; else how sure the tracker was of each pixel, 0 to 255 or 65535.
    """

    own_files = f"{OBJECT_FOLDER}/{FRAME_PNG}"

    def __init__(self, order: Order, depth: Depth) -> None:
        super().__init__(order.path, overwrite=order.overwrite)
        self._order = order
        self._depth = depth

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        for object_id, name in self._order.objects.items():
            place = folder / object_folder(object_id, name)
            place.mkdir(exist_ok=True)
            write_png(place / f"{frame.index:05d}.png", self._pixels(frame.index, object_id))

    def _pixels(self, index: FrameIndex, object_id: ObjectId) -> NDArray[Any]:
        if self._depth == "binary":
            return np.where(self._order.masks.mask(index, object_id), np.uint8(255), np.uint8(0))
        probability = self._order.masks.probability(index, object_id)
        most, dtype = (255, np.uint8) if self._depth == "8-bit" else (65535, np.uint16)
        return np.asarray(np.rint(probability * float(most)), dtype)
