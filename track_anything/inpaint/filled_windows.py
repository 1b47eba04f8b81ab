"""Windows that were filled, on disk: a removal that was cut off goes on where it was."""

import errno
import hashlib
import io
import shutil
import zipfile
import zlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile

from track_anything.inpaint.window import WindowFrame
from track_anything.masks import box_of, padded
from track_anything.system.files import unwritable, write_durably
from track_anything.types import AnyImage, Mask

_UNUSABLE = (EOFError, KeyError, OSError, ValueError, zipfile.BadZipFile, zlib.error)
"""What reading a file raises that is missing or damaged: it is filled anew."""


_ONLY_READABLE = (errno.EROFS, errno.EACCES, errno.EPERM)
"""What a project says that can only be looked at: nothing is kept then, and a removal begins anew."""


class FilledWindows:
    """What was filled, by all that it depends on: pictures, holes and settings. Only holes take space.

    Args:
        folder: of its own; made when something is put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, settings: str, frames: Sequence[WindowFrame], count: int) -> list[WindowFrame] | None:
        """The first ``count`` of these frames as they were filled, bit for bit; None when they were not.

        Args:
            settings: everything but the frames that decides how they are filled.
            frames: of the window, those that are only looked at included.
            count: how many of them are filled.
        """
        try:
            data = self._path(settings, frames, count).read_bytes()
            with np.load(io.BytesIO(data)) as kept:
                return [_restored(frame, kept, at) for at, frame in enumerate(frames[:count])]
        except _UNUSABLE:
            return None

    def put(self, settings: str, frames: Sequence[WindowFrame], filled: Sequence[WindowFrame]) -> None:
        """Keep what ``get`` is to give back.

        Raises:
            ProjectError: the disk is full, or the folder cannot be written.
        """
        kept: dict[str, AnyImage | Mask] = {}
        for at, (frame, done) in enumerate(zip(frames, filled, strict=False)):
            if box := box_of(frame.share > 0):
                kept[f"picture {at}"] = done.image[padded(box, 0)]
                kept[f"made up {at}"] = np.asarray(done.is_made_up)
        path = self._path(settings, frames, len(filled))
        data = io.BytesIO()
        np.savez_compressed(data, allow_pickle=False, **kept)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, data.getvalue())
        except OSError as error:
            if error.errno in _ONLY_READABLE:
                return
            raise unwritable(path, error) from error

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, settings: str, frames: Sequence[WindowFrame], count: int) -> Path:
        digest = hashlib.blake2b(f"{version('track-anything')} {settings} {count}".encode(), digest_size=16)
        for frame in frames:
            digest.update(frame.digest)
        return self._folder / f"{digest.hexdigest()}.npz"


def _restored(frame: WindowFrame, kept: NpzFile, at: int) -> WindowFrame:
    box = box_of(frame.share > 0)
    if box is None:
        return frame
    image = frame.image.copy()
    image[padded(box, 0)] = kept[f"picture {at}"]
    return frame.filled(image, kept[f"made up {at}"])
