"""Write-once mask files: one per frame and edit, holding the objects that the edit wrote."""

import os
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from track_anything.errors import InputError, ProjectError
from track_anything.masks import encode_label_map, read_label_map
from track_anything.system.files import (
    check_still_there,
    free_name,
    make_folder,
    sweep,
    unreadable,
    unwritable,
    write_durably,
)
from track_anything.types import FrameIndex, LabelMap

_KEPT = 4  # layers; more than the edits that most frames have masks of
_NAME = re.compile(r"(\d+)\.(\d+)\.png")


class LostLayerError(ProjectError):
    """A layer that was there, but cannot be read any more; the folder counts it as not there from then on."""


class Layers:
    """The folder of mask files, ``000012.0007.png`` being what edit 7 wrote for frame 12.

    A layer holds only the objects of its edit, so nothing that is written for one object can touch another's.
    A file is never changed; undo leaves it where it is and merely stops looking at it. One that turns out to
    be damaged is as good as not there: that costs this frame alone.

    Args:
        folder: where they are; made with the first one.
        size: (height, width) of every layer.

    Raises:
        ProjectError: the folder cannot be looked into.

    Attributes:
        lost: files that were found to be damaged, by frame and edit.
    """

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.lost: dict[tuple[FrameIndex, int], Path] = {}
        self._folder = folder
        self._size = size
        self._kept = lru_cache(_KEPT)(self._load)
        self._edits: dict[FrameIndex, set[int]] = defaultdict(set)
        self._frames: dict[int, set[FrameIndex]] = defaultdict(set)
        for name in _names_in(folder):
            if match := _NAME.fullmatch(name):
                self._index(int(match[1]), int(match[2]))

    def edits_of(self, frame: FrameIndex) -> frozenset[int]:
        """Numbers of the edits that wrote something for a frame."""
        return frozenset(self._edits.get(frame, ()))

    def frames_of(self, edit: int) -> frozenset[FrameIndex]:
        """Frames for which an edit wrote something."""
        return frozenset(self._frames.get(edit, ()))

    def lost_on(self, frame: FrameIndex) -> frozenset[int]:
        """Edits that wrote something for a frame which turned out to be damaged."""
        return frozenset(edit for lost_frame, edit in self.lost if lost_frame == frame)

    def read(self, frame: FrameIndex, edit: int) -> LabelMap:
        """The (H, W) layer that an edit wrote for a frame; not to be written to.

        The last few are kept: an export asks for the label map of a frame and for the mask of every object.

        Raises:
            LostLayerError: it is not there, damaged, or of another size.
        """
        try:
            return self._kept(frame, edit)
        except InputError as error:
            path = self._path(frame, edit)
            self.lost[frame, edit] = path
            self._forget(frame, edit)
            raise LostLayerError(f"{error}") from error

    def write(self, frame: FrameIndex, edit: int, layer: LabelMap) -> None:
        """Write a layer and wait until it is on disk.

        Raises:
            ProjectError: the disk is full, the folder cannot be written, or the project is no longer there;
                nothing is left of the layer.
        """
        path = self._path(frame, edit)
        check_still_there(self._folder.parent)
        try:
            make_folder(self._folder)
            if path.is_dir():
                path.rename(free_name(path))
            write_durably(path, encode_label_map(layer))
        except OSError as error:
            raise unwritable(path, error) from error
        self._kept.cache_clear()
        self.lost.pop((frame, edit), None)
        self._index(frame, edit)

    def remove(self, edit: int) -> None:
        """Delete what an edit wrote that was never acknowledged in the journal."""
        self._kept.cache_clear()  # the number may be given again
        for frame in self._frames.pop(edit, set()):
            self._edits[frame].discard(edit)
            self._path(frame, edit).unlink(missing_ok=True)

    def sweep_after(self, last_edit: int) -> None:
        """Delete what a crash kept from being acknowledged: layers of later edits, whose numbers are free."""
        for edit in [edit for edit in self._frames if edit > last_edit]:
            self.remove(edit)
        sweep(self._folder)

    def _load(self, frame: FrameIndex, edit: int) -> LabelMap:
        path = self._path(frame, edit)
        layer = read_label_map(path)
        if layer.shape != self._size:
            raise InputError(f"{path} is {layer.shape[1]} x {layer.shape[0]} pixels, which no frame is")
        layer.flags.writeable = False
        return layer

    def _index(self, frame: FrameIndex, edit: int) -> None:
        self._edits[frame].add(edit)
        self._frames[edit].add(frame)

    def _forget(self, frame: FrameIndex, edit: int) -> None:
        self._edits[frame].discard(edit)
        self._frames[edit].discard(frame)

    def _path(self, frame: FrameIndex, edit: int) -> Path:
        return self._folder / f"{frame:06d}.{edit:04d}.png"


def _names_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise unreadable(folder, error) from error
