"""Masks of other programs, made known in a project."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from track_anything.errors import InputError
from track_anything.importing.foreign_masks import ForeignMasks, open_masks
from track_anything.lifecycle import Running
from track_anything.project import Project
from track_anything.project.edits import GiveMask
from track_anything.types import MAX_OBJECT_ID, FrameIndex, ObjectId


class Import(Running):
    """An import about to be made; iterate to make it, frame by frame. It is one step to undo.

    Everything is read and checked before anything is changed. Ids that the project does not have become new
    objects, unless told otherwise.

    Args:
        project: where the masks go.
        path: what ``foreign_masks.open_masks`` reads.
        remap: ids of the project by ids of the masks, for those that differ.

    Raises:
        InputError: the masks cannot be read, are of another size or longer than the video, or are to become
            an object that is not there.
    """

    def __init__(self, project: Project, path: Path, remap: Mapping[int, ObjectId] | None = None) -> None:
        self._project = project
        self._masks: ForeignMasks = open_masks(path)
        self._remap = dict(remap or {})
        for object_id in self._remap.values():
            project.check_object(object_id)
        self._new = self._check()

    def __len__(self) -> int:
        """Frames that have masks."""
        return len(self._masks.frames)

    def __iter__(self) -> Iterator[FrameIndex]:
        with self._project.one_step():
            new = {foreign: self._project.add_object(name) for foreign, name in self._new.items()}
            ids = self._remap | new
            for frame in self._masks.frames:
                for foreign, mask in self._masks.read(frame).items():
                    self._project.give_mask(GiveMask(frame, ids.get(foreign, foreign)), mask)
                yield frame

    def _check(self) -> dict[int, str]:
        """Read everything once; names of the objects that have to be added, by their ids in the masks."""
        if not self._masks.frames:
            raise InputError(f"{self._masks.path} holds no masks: give label maps named by frame number")
        foreign: set[int] = set()
        for frame in self._masks.frames:
            self._project.check_frame(frame)
            for object_id, mask in self._masks.read(frame).items():
                self._check_size(frame, (mask.shape[0], mask.shape[1]))
                foreign.add(object_id)
        objects = self._project.state.objects
        taken = set(self._remap.values())  # an object is not the one of its number, too, once it is named
        unknown = sorted(o for o in foreign if o not in self._remap and (o not in objects or o in taken))
        if len(objects) + len(unknown) > MAX_OBJECT_ID:
            raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: remap some of {unknown}")
        return {one: self._masks.name(one) for one in unknown}

    def _check_size(self, frame: FrameIndex, size: tuple[int, int]) -> None:
        if size != self._project.size:
            (height, width), (rows, columns) = self._project.size, size
            raise InputError(
                f"the mask of frame {frame} in {self._masks.path} has {columns} x {rows} pixels but the "
                f"video {width} x {height}: export the masks at the size of the video"
            )
