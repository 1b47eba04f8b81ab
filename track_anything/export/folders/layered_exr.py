"""The picture and every object as named layers of one OpenEXR file per frame, for compositing programs."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from track_anything.export.folders.exr_file import SourceLight, write_exr
from track_anything.export.folders.frame_folder import Frame, FrameFolder
from track_anything.export.order import Order
from track_anything.types import ObjectId
from track_anything.video.bit_depth import to_8_bits

_COLOURS = "RGB"
_MATTE = "matte"
_LONGEST = 60  # characters of a layer; channels have 255 in all


class LayeredExr(FrameFolder):
    """An ``Exporter`` of OpenEXR frames in half floats and linear light, of source size, with these channels.

    ``R G B`` is the picture as it is. Each object has a layer named after it: ``R G B A``, premultiplied,
    with the colours chosen for edges, and ``confidence``, how sure the tracker was of each pixel. ``matte.A``
    is the alpha of all objects together. Layers are named in letters, digits and ``_``; which object each is,
    and how far its mask can be trusted, stands in the attributes ``trackAnything/...``.

    Args:
        order: what is exported.
    """

    suffix = ".exr"
    keeps_depth = True

    def __init__(self, order: Order) -> None:
        super().__init__(order.path, overwrite=order.overwrite, names=order.names)
        self._order = order
        self._layers = layer_names(order.objects)
        self._named_layers = {layer: order.objects[o] for o, layer in self._layers.items()}

    @property
    def facts(self) -> Mapping[str, object]:
        """What the manifest says of the files."""
        return {
            "colour_space": "scene-linear; primaries are in each file",
            "premultiplied": "object layers are, the picture is not",
            "layers": self._named_layers,
        }

    def __enter__(self) -> Self:
        """See ``Exporter``; a source that cannot be opened or made linear is an ``InputError``."""
        self._light = SourceLight.of(self._order)
        return super().__enter__()

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        size, small = frame.label_map.shape, to_8_bits(frame.image)
        picture = self._light.light(frame.image)  # (H, W, 3)
        channels = {name: _half(picture[:, :, place]) for place, name in enumerate(_COLOURS)}
        trust: dict[str, float | None] = {}
        together = np.zeros(size, np.float32)
        for object_id, alpha in self._order.alphas.alphas(frame.index, small):
            layer = self._layers[object_id]
            light = self._light.light(self._order.edge_colours(frame.image, alpha)) * alpha[:, :, None]
            channels |= {f"{layer}.{name}": _half(light[:, :, at]) for at, name in enumerate(_COLOURS)}
            channels[f"{layer}.A"] = _half(alpha)
            channels[f"{layer}.confidence"] = _half(self._order.masks.probability(frame.index, object_id))
            trust[layer] = self._order.masks.standing(frame.index, object_id).confidence
            together += alpha
        channels[f"{_MATTE}.A"] = _half(np.clip(together, 0, 1))
        header = self._light.header((size[0], size[1])) | {
            "trackAnything/objects": _json(
                {layer: self._order.objects[o] for o, layer in self._layers.items()}
            ),
            "trackAnything/confidence": _json(trust),
            "trackAnything/premultiplied": "object layers",
            "trackAnything/colourSpace": "scene-linear, primaries as in chromaticities",
            "trackAnything/frame": str(frame.index),
        }
        write_exr(self._place(folder, frame.index), header, channels)


def layer_names(objects: Mapping[ObjectId, str]) -> dict[ObjectId, str]:
    """Names of layers that every program takes, each once: those of the objects as far as that goes."""
    found: dict[ObjectId, str] = {}
    for object_id, name in objects.items():
        plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:_LONGEST]
        is_usable = bool(plain) and plain.isascii()
        wanted = plain if is_usable else f"object_{object_id}"
        wanted = f"_{wanted}" if wanted[0].isdigit() else wanted
        taken = {each.lower() for each in found.values()} | {_MATTE, "rgb", "rgba"}
        found[object_id] = wanted if wanted.lower() not in taken else _free(wanted, object_id, taken)
    return found


def _free(name: str, object_id: ObjectId, taken: Iterable[str]) -> str:
    tried = f"{name}_{object_id}"
    return tried if tried.lower() not in taken else _free(tried, object_id, taken)


def _half(pixels: NDArray[np.float32]) -> NDArray[np.float16]:
    return pixels.astype(np.float16)


def _json(value: Any) -> str:  # noqa: ANN401 - JSON values
    return json.dumps(value, ensure_ascii=False)
