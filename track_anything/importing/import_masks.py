"""Masks of other programs, made known in a project."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from track_anything.errors import InputError
from track_anything.importing.child_masks import open_with
from track_anything.importing.foreign_masks import (
    AS_IT_LOOKS,
    ForeignMasks,
    HowToRead,
    MeantFor,
    too_many_objects,
)
from track_anything.importing.frame_matching import FrameMatch, SourceFrames, match_frames
from track_anything.importing.inspection import ForeignObject, Inspection
from track_anything.project import Project
from track_anything.project.edits import GiveMask
from track_anything.system.lifecycle import Closing, Running
from track_anything.types import MAX_OBJECT_ID, FrameIndex, ObjectId
from track_anything.video import InProcess, Reader, image_names


class Import(Running, Closing):
    """An import about to be made; iterate to make it, frame by frame. It is one step to undo.

    Everything is read and checked before anything is changed. Ids that the project does not have become new
    objects by default.

    Args:
        project: where the masks go.
        path: what ``open_masks`` reads.
        remap: ids of the project by ids of the masks, for those that differ.
        how: what a person says about the masks.
        reader: reads them; None = this process does.

    Attributes:
        inspection: what will be done, to be shown first.

    Raises:
        InputError: the masks cannot be read, are of another size or longer than the video, or are to become
            an object that is not there.
    """

    def __init__(
        self,
        project: Project,
        path: Path,
        remap: Mapping[int, ObjectId] | None = None,
        how: HowToRead = AS_IT_LOOKS,
        *,
        reader: Reader | None = None,
    ) -> None:
        self._project = project
        source = project.description.source
        self._remap = dict(remap or {})
        for object_id in self._remap.values():
            project.check_object(object_id)
        video = MeantFor(project.size, project.frame_count, source.stem)
        self._masks: ForeignMasks = open_with(reader or InProcess(), path, video, how)
        try:
            match = self._matched(how, source)
            self._frames = sorted(zip(match.frames, range(len(match.frames)), strict=True))
            self._new, self.inspection = self._check(match)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        """Frames that have masks."""
        return len(self._frames)

    def __iter__(self) -> Iterator[FrameIndex]:
        with self, self._project.one_step():
            new = {foreign: self._project.add_object(name) for foreign, name in self._new.items()}
            ids = self._remap | new
            for frame, place in self._frames:
                for foreign, mask in self._masks.read(place).items():
                    self._project.give_mask(GiveMask(frame, ids.get(foreign, foreign)), mask)
                yield frame

    def close(self) -> None:
        """Let go of the masks; iterating opens them again."""
        self._masks.close()

    def _matched(self, how: HowToRead, source: Path) -> FrameMatch:
        masks, count = self._masks, self._project.frame_count
        if not masks.names:
            raise InputError(f"{masks.path} holds no masks: give pictures named by frame")
        if masks.starts_at is not None:
            first = masks.starts_at if how.first_number is None else -how.first_number
            frames = tuple(range(first, first + len(masks.names)))
            if frames[-1] >= count:
                raise InputError(
                    f"{masks.path} holds masks for frame {frames[-1]}, but the video has frames 0 to "
                    f"{count - 1}: cut it to the video"
                )
            return FrameMatch(frames, "by order")
        return match_frames(
            masks.names,
            SourceFrames(count, image_names(source)),
            first_number=how.first_number,
            is_indexed=masks.is_indexed,
        )

    def _check(self, match: FrameMatch) -> tuple[dict[int, str], Inspection]:
        """Read everything once; names of the objects that have to be added, by their ids in the masks."""
        counts: Counter[int] = Counter()
        for frame, place in self._frames:
            self._project.check_frame(frame)
            for foreign, mask in self._masks.read(place).items():
                self._check_size(frame, (mask.shape[0], mask.shape[1]))
                counts[foreign] += 1
        objects = self._project.state.objects
        taken = set(self._remap.values())  # an object is not the one of its number, too, once it is named
        unknown = sorted(o for o in counts if o not in self._remap and (o not in objects or o in taken))
        if len(objects) + len(unknown) > MAX_OBJECT_ID:
            raise too_many_objects(len(counts))
        new = {one: self._masks.name(one) for one in unknown}
        found = tuple(
            ForeignObject(
                one, self._masks.name(one), counts[one], None if one in new else self._remap.get(one, one)
            )
            for one in sorted(counts)
        )
        names = {frame: self._masks.names[place] for frame, place in self._frames}
        kind, meaning = self._masks.kind, self._masks.meaning
        return new, Inspection(kind, meaning, match.how, names, found, self._masks.notes)

    def _check_size(self, frame: FrameIndex, size: tuple[int, int]) -> None:
        if size != self._project.size:
            (height, width), (rows, columns) = self._project.size, size
            raise InputError(
                f"the mask of frame {frame} in {self._masks.path} has {columns} x {rows} pixels but the "
                f"video {width} x {height}: export the masks at the size of the video"
            )


def inspect_masks(
    project: Project,
    path: Path,
    remap: Mapping[int, ObjectId] | None = None,
    how: HowToRead = AS_IT_LOOKS,
    *,
    reader: Reader | None = None,
) -> Inspection:
    """What importing masks would do; nothing is changed. See ``Import`` for what is given and raised."""
    with Import(project, path, remap, how, reader=reader) as masks:
        return masks.inspection
