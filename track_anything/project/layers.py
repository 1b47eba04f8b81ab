"""Write-once mask files: one per frame and edit, holding the objects that the edit wrote."""

import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from track_anything.files import unwritable, write_durably
from track_anything.masks import encode_label_map, read_label_map
from track_anything.types import FrameIndex, LabelMap

_KEPT = 4  # layers; more than the edits that most frames have masks of
_NAME = re.compile(r"(\d+)\.(\d+)\.png")


class Layers:
    """The folder of mask files, ``000012.0007.png`` being what edit 7 wrote for frame 12.

    A layer holds only the objects of its edit, so nothing that is written for one object can touch another's.
    A file is never changed; undo leaves it where it is and merely stops looking at it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = lru_cache(_KEPT)(self._load)
        self._edits: dict[FrameIndex, set[int]] = defaultdict(set)
        self._frames: dict[int, set[FrameIndex]] = defaultdict(set)
        for path in folder.glob("*.png"):
            if match := _NAME.fullmatch(path.name):
                self._index(int(match[1]), int(match[2]))

    def edits_of(self, frame: FrameIndex) -> frozenset[int]:
        """Numbers of the edits that wrote something for a frame."""
        return frozenset(self._edits.get(frame, ()))

    def frames_of(self, edit: int) -> frozenset[FrameIndex]:
        """Frames for which an edit wrote something."""
        return frozenset(self._frames.get(edit, ()))

    def read(self, frame: FrameIndex, edit: int) -> LabelMap:
        """The (H, W) layer that an edit wrote for a frame; not to be written to.

        The last few are kept: an export asks for the label map of a frame and for the mask of every object.
        """
        return self._kept(frame, edit)

    def write(self, frame: FrameIndex, edit: int, layer: LabelMap) -> None:
        """Write a layer and wait until it is on disk.

        Raises:
            ProjectError: the disk is full or the folder cannot be written; nothing is left of the layer.
        """
        path = self._path(frame, edit)
        try:
            self._folder.mkdir(exist_ok=True)
            write_durably(path, encode_label_map(layer))
        except OSError as error:
            raise unwritable(path, error) from error
        self._kept.cache_clear()
        self._index(frame, edit)

    def remove(self, edit: int) -> None:
        """Delete what an edit wrote that was never acknowledged in the journal."""
        self._kept.cache_clear()  # the number may be given again
        for frame in self._frames.pop(edit, set()):
            self._edits[frame].discard(edit)
            self._path(frame, edit).unlink(missing_ok=True)

    def remove_after(self, last_edit: int) -> None:
        """Delete the layers of edits that a crash kept from being acknowledged: their numbers are free."""
        for edit in [edit for edit in self._frames if edit > last_edit]:
            self.remove(edit)

    def _load(self, frame: FrameIndex, edit: int) -> LabelMap:
        layer = read_label_map(self._path(frame, edit))
        layer.flags.writeable = False
        return layer

    def _index(self, frame: FrameIndex, edit: int) -> None:
        self._edits[frame].add(edit)
        self._frames[edit].add(frame)

    def _path(self, frame: FrameIndex, edit: int) -> Path:
        return self._folder / f"{frame:06d}.{edit:04d}.png"
