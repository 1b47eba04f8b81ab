"""Masks as other programs keep them: label maps in a folder, arrays, COCO files."""

import json
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from track_anything.errors import InputError
from track_anything.masks import read_label_map
from track_anything.rle import decode_rle
from track_anything.types import FrameIndex, LabelMap, Mask

_NUMBER = re.compile(r"(\d+)\D*$")
_IMAGES = {".png", ".bmp", ".tif", ".tiff"}


class ForeignMasks(ABC):
    """Masks by frame and by the id that the other program gave the object.

    Attributes:
        path: where they are.
        frames: those that have masks, in order.
    """

    path: Path
    frames: list[FrameIndex]

    @abstractmethod
    def read(self, frame: FrameIndex) -> dict[int, Mask]:
        """The (H, W) masks of a frame that are not empty, by id; InputError when they cannot be read."""

    def name(self, foreign: int) -> str:
        """What the other program calls an object."""
        return f"object {foreign}"


def open_masks(path: Path) -> ForeignMasks:
    """Masks at a path.

    Args:
        path: a folder of label maps (indexed or 8-bit grey images, named by frame number), an ``.npy`` array
            of object ids, (T, H, W) or (H, W), or of booleans (object 1), or a COCO ``.json``.

    Raises:
        InputError: there is nothing of the kind, or it is damaged.
    """
    if path.is_dir():
        return LabelMapFolder(path)
    if path.suffix.lower() == ".npy" and path.is_file():
        return LabelMapArray(path)
    if path.suffix.lower() == ".json" and path.is_file():
        return CocoMasks(path)
    raise InputError(
        f"{path} is no folder of label maps, .npy or .json file: give one of these to import masks from"
    )


class LabelMapFolder(ForeignMasks):
    """A folder of label maps; the last number in a file's name is the frame."""

    def __init__(self, path: Path) -> None:
        self.path = path
        files = sorted(one for one in path.iterdir() if one.suffix.lower() in _IMAGES)
        self._files: dict[FrameIndex, Path] = {}
        for file in files:
            number = _NUMBER.search(file.stem)
            if number is None or int(number[1]) in self._files:
                problem = "has no frame number" if number is None else "has the frame number of another file"
                raise InputError(f"{file} {problem}: name label maps by frame, as in 00012.png")
            self._files[int(number[1])] = file
        self.frames = sorted(self._files)

    def read(self, frame: FrameIndex) -> dict[int, Mask]:
        """See ``ForeignMasks``."""
        return _split(read_label_map(self._files[frame]))


class LabelMapArray(ForeignMasks):
    """An ``.npy`` file of label maps, read frame by frame."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise InputError(f"{path} cannot be read ({error}): save it by numpy.save") from error
        if array.ndim not in (2, 3) or array.dtype.kind not in "bui":
            raise InputError(
                f"{path} has shape {array.shape} of {array.dtype}: give object ids, (T, H, W) or (H, W)"
            )
        self._maps = array[None] if array.ndim == 2 else array  # (T, H, W)
        self.frames = list(range(len(self._maps)))

    def read(self, frame: FrameIndex) -> dict[int, Mask]:
        """See ``ForeignMasks``."""
        label_map = self._maps[frame]
        if label_map.size and not 0 <= int(label_map.min()) <= int(label_map.max()) <= 255:
            raise InputError(f"{self.path} holds ids outside of 0 to 255 on frame {frame}: renumber them")
        return _split(label_map.astype(np.uint8))


class CocoMasks(ForeignMasks):
    """The run lengths of a COCO file. Categories are objects; frames are told by the names of files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            content = json.loads(path.read_bytes())
            frames = {image["id"]: _frame_of(image) for image in content["images"]}
            self._names = {one["id"]: str(one["name"]) for one in content.get("categories", ())}
            self._annotations: dict[FrameIndex, list[Mapping[str, Any]]] = defaultdict(list)
            for annotation in content["annotations"]:
                self._annotations[frames[annotation["image_id"]]].append(annotation)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path} is no COCO file of masks ({error!r}): export one with annotations"
            ) from error
        self.frames = sorted(self._annotations)

    def read(self, frame: FrameIndex) -> dict[int, Mask]:
        """See ``ForeignMasks``; several annotations of a category are one mask."""
        masks: dict[int, Mask] = {}
        for annotation in self._annotations[frame]:
            mask = self._mask(annotation)
            earlier = masks.get(annotation["category_id"])
            masks[annotation["category_id"]] = mask if earlier is None else earlier | mask
        return {foreign: mask for foreign, mask in masks.items() if mask.any()}

    def name(self, foreign: int) -> str:
        """See ``ForeignMasks``."""
        return self._names.get(foreign, super().name(foreign))

    def _mask(self, annotation: Mapping[str, Any]) -> Mask:
        try:
            segmentation = annotation["segmentation"]
            height, width = segmentation["size"]
            return decode_rle(segmentation["counts"], (height, width))
        except (TypeError, KeyError, ValueError) as error:
            raise InputError(
                f"annotation {annotation.get('id')} of {self.path} has no mask in run lengths ({error!r}): "
                "polygons are not read, export run lengths"
            ) from error


def _frame_of(image: Mapping[str, Any]) -> FrameIndex:
    number = _NUMBER.search(Path(image["file_name"]).stem)
    return int(number[1]) if number else int(image["id"]) - 1


def _split(label_map: LabelMap) -> dict[int, Mask]:
    return {int(one): label_map == one for one in np.unique(label_map) if one}
