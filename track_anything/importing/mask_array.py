"""Masks as arrays of NumPy: ids, booleans or probabilities."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.importing.foreign_masks import ForeignMasks, HowToRead, MeantFor
from track_anything.masks.pixels import Pixels, rule_for
from track_anything.types import Mask

_LOOKED_AT = 48
_NUMBERS = "buif"
_UNREADABLE = (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile)


class MaskArray(ForeignMasks):
    """An ``.npy`` file, read frame by frame, or the only array in an ``.npz`` file.

    Args:
        path: the file; (T, H, W), (H, W, T) or (H, W), with an axis of length 1 anywhere, (T, K, H, W) or
            (K, T, H, W) of K objects, or (T, H, W, 3) colours.
        video: whose size and frames axes are told by.
        how: what a person says about it.

    Raises:
        InputError: it is no such array.
    """

    kind = "an array"

    def __init__(self, path: Path, video: MeantFor, how: HowToRead) -> None:
        self.path = path
        array = _loaded(path)
        self._maps = _of_frames(path, array, video)  # (T, H, W), (T, K, H, W) or (T, H, W, C)
        self._has_objects = self._maps.ndim == 4 and self._maps.shape[2:] == video.size
        self.names = tuple(str(place) for place in range(len(self._maps)))
        self.starts_at = 0
        places = np.unique(np.linspace(0, len(self._maps) - 1, _LOOKED_AT).astype(int))
        if self._has_objects:
            samples = [one for place in places for one in self._planes(place)]
        else:
            samples = [Pixels(np.asarray(self._maps[place])).simplified() for place in places]
        try:
            self._rule = rule_for(samples, how.reading)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        self.meaning = self._rule.meaning

    def read(self, place: int) -> dict[int, Mask]:
        """See ``ForeignMasks``."""
        if not self._has_objects:
            return self._rule.masks(Pixels(np.asarray(self._maps[place])).simplified())
        found = {}
        for number, plane in enumerate(self._planes(place), start=1):
            masks = list(self._rule.masks(plane).values())
            if masks:
                found[number] = np.asarray(np.any(masks, axis=0), np.bool_)
        return found

    def _planes(self, place: int) -> list[Pixels]:
        return [Pixels(np.asarray(plane)) for plane in self._maps[place]]


def _loaded(path: Path) -> NDArray[Any]:
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
        if isinstance(found, np.ndarray):
            return found
        with found:
            if len(found.files) != 1:
                raise InputError(f"{path} holds {len(found.files)} arrays: save one, by numpy.save")
            return np.asarray(found[found.files[0]])
    except _UNREADABLE as error:
        raise InputError(f"{path} cannot be read ({error}): save it by numpy.save") from error


def _of_frames(path: Path, array: NDArray[Any], video: MeantFor) -> NDArray[Any]:
    """The array with frames in front, by where the size and the length of the video stand in its shape."""
    size = video.size
    shown = f"{path} has shape {array.shape} of {array.dtype}"
    if array.dtype.kind not in _NUMBERS or array.ndim < 2:
        raise InputError(f"{shown}: give object ids, booleans or probabilities, (T, H, W) or (H, W)")
    shape = array.shape
    if array.ndim == 2:
        return array[None]
    if array.ndim == 3:
        is_one_picture = shape[:2] == size and shape[2] in (1, 3, 4) and shape[1:] != size
        if shape[:2] == size and shape[1:] != size and not is_one_picture:  # as MATLAB stacks pictures
            return np.moveaxis(array, 2, 0)
        pictures = array[None] if is_one_picture else array
        return np.asarray(pictures[..., 0]) if pictures.ndim == 4 and shape[2] == 1 else pictures
    if array.ndim == 4:
        if shape[1] == 1:
            return np.asarray(array[:, 0])
        if shape[3] == 1:
            return np.asarray(array[..., 0])
        if shape[0] == 1 and shape[3] not in (3, 4):
            return np.asarray(array[0])
        if shape[2:] == size and shape[0] != video.frame_count == shape[1]:
            return np.swapaxes(array, 0, 1)  # an array for each object
        if shape[2:] == size or shape[3] in (3, 4):
            return array
    raise InputError(f"{shown}, but frames of {size[1]} x {size[0]} are sought: give (T, H, W) or (H, W)")
