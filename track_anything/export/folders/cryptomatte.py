"""Cryptomatte: which object covers how much of every pixel, as ids that compositing programs pick by name.

Friedman and Jones, "Fully automatic ID mattes with support for motion blur and transparency", SIGGRAPH 2015,
and Psyop's Cryptomatte specification, version 1.2.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from track_anything.export.folders.exr_file import SourceLight, write_exr
from track_anything.export.folders.frame_folder import Frame, FrameFolder
from track_anything.export.folders.murmur import murmur3_32
from track_anything.export.folders.ranks import Ranks
from track_anything.export.order import Order
from track_anything.types import ObjectId
from track_anything.video.bit_depth import to_8_bits

LAYER = "CryptoObject"
_RANKS = 6  # objects that a pixel can tell; three files of two, as all programs write it
_TOLD = 1e-3  # of a pixel
_KEY = 7  # hexadecimal digits of the name's hash that the attributes are found by


class Cryptomatte(FrameFolder):
    """An ``Exporter`` of OpenEXR frames with the picture (``R G B``, half, linear) and a Cryptomatte.

    Ids are MurmurHash3_32 of the objects' names, as they are, in UTF-8; of objects of one name or of one hash
    all but the first have their number behind it. Coverage is alpha; of a pixel on which more than six
    objects have a part the smallest parts are left out. ``notes`` tells both.

    Args:
        order: what is exported.
    """

    suffix = ".exr"
    keeps_depth = True

    def __init__(self, order: Order) -> None:
        super().__init__(order.path, overwrite=order.overwrite, names=order.names)
        self._order = order
        self._object_names = distinct_names(order.objects)
        self._lost = 0.0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not carried over as it was, one line each."""
        notes = [
            f"object {object_id} is called {self._object_names[object_id]!r} in the files, since another is "
            f"called {name!r} or has the same id"
            for object_id, name in self._order.objects.items()
            if self._object_names[object_id] != name
        ]
        if self._lost >= _TOLD:
            notes.append(f"up to {self._lost:.3f} of a pixel is of a seventh object or more and left out")
        return tuple(notes)

    @property
    def facts(self) -> Mapping[str, object]:
        """What the manifest says of the files."""
        return {
            "colour_space": "scene-linear",
            "cryptomatte": {LAYER: manifest_of(self._object_names.values())},
        }

    def __enter__(self) -> Self:
        """See ``Exporter``; a source that cannot be opened or made linear is an ``InputError``."""
        self._light = SourceLight.of(self._order)
        return super().__enter__()

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        height, width = frame.label_map.shape
        ranks = Ranks((height, width), _RANKS)
        for object_id, alpha in self._order.alphas.alphas(frame.index, to_8_bits(frame.image)):
            ranks.add(object_hash(self._object_names[object_id]), alpha)
        ranked, lost = ranks.ranked()  # (2 * ranks, H, W)
        self._lost = max(self._lost, lost)
        picture = self._light.light(frame.image).astype(np.float16)
        channels: dict[str, NDArray[np.float16] | NDArray[np.float32]] = {
            name: picture[:, :, place] for place, name in enumerate("RGB")
        }
        for place in range(2 * _RANKS):
            channels[f"{LAYER}{place // 4:02}.{'RGBA'[place % 4]}"] = ranked[place]
        key = f"cryptomatte/{murmur3_32(LAYER.encode()):08x}"[: len("cryptomatte/") + _KEY]
        header = self._light.header((height, width)) | {
            f"{key}/name": LAYER,
            f"{key}/hash": "MurmurHash3_32",
            f"{key}/conversion": "uint32_to_float32",
            f"{key}/manifest": json.dumps(manifest_of(self._object_names.values()), ensure_ascii=True),
        }
        write_exr(self._place(folder, frame.index), header, channels)


def object_hash(name: str) -> np.float32:
    """The id of a name: its hash as a float that is neither infinite, nor no number, nor denormal."""
    bits = murmur3_32(name.encode(errors="replace"))
    exponent = bits >> 23 & 255
    if exponent in (0, 255):
        bits ^= 1 << 23
    return np.float32(struct.unpack("<f", struct.pack("<I", bits))[0])


def manifest_of(names: Iterable[str]) -> dict[str, str]:
    """The ids of names, as eight hexadecimal digits of the float's bits."""
    return {name: f"{int(object_hash(name).view(np.uint32)):08x}" for name in names}


def distinct_names(objects: Mapping[ObjectId, str]) -> dict[ObjectId, str]:
    """The names of objects, each once and each of an id of its own; a name that is told once stays."""
    told = set(objects.values())
    found: dict[ObjectId, str] = {}
    ids: set[np.float32] = set()
    for object_id, name in objects.items():
        wanted = name
        while wanted in found.values() or object_hash(wanted) in ids or (wanted != name and wanted in told):
            wanted = f"{wanted} {object_id}"
        found[object_id] = wanted
        ids.add(object_hash(wanted))
    return found
