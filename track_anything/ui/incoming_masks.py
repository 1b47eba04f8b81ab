"""Masks of other programs that a visitor sent: looked at first, then taken in as one step."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from track_anything.errors import InputError
from track_anything.importing import HowToRead, Import, inspect_masks
from track_anything.session import Session
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.containment import contained, safe_name
from track_anything.ui.workspace import Entry

_MOST_FILES = 100_000

Choices = Mapping[int, ObjectId | None]
"""What the objects of the masks become, by their ids there; None = a new object."""


class IncomingMasks:
    """What was sent for one project; only the last thing that was sent is kept.

    Args:
        entry: the project.
    """

    def __init__(self, entry: Entry) -> None:
        self._folder = entry.folder / "incoming"
        self._sent = 0

    def clear(self) -> None:
        """Forget what was sent before."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._sent = 0

    def place_for(self, name: str) -> Path:
        """Where a file goes that is sent under a name, with the folders of it that a visitor chose.

        Raises:
            InputError: too many files were sent.
        """
        self._sent += 1
        if self._sent > _MOST_FILES:
            raise InputError(f"more than {_MOST_FILES} files cannot be sent at a time: send a zip of them")
        parts = [safe_name(part) for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
        place = contained(self._folder.joinpath(*parts or ["masks"]), [self._folder])
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    @property
    def path(self) -> Path:
        """The file or folder that was sent.

        Raises:
            InputError: nothing was.
        """
        sent = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        if not sent:
            raise InputError("no masks were sent yet: choose a file or a folder of them")
        return sent[0] if len(sent) == 1 else self._folder

    def without_paths(self, text: str) -> str:
        """A text that names files and does not say where they lie."""
        return text.replace(f"{self._folder}/", "").replace(str(self._folder), "the masks")

    def describe(self, session: Session, how: HowToRead) -> dict[str, Any]:
        """What taking them in would do, as JSON values; nothing is changed."""
        found = inspect_masks(session.project, self.path, how=how, reader=session.reader)
        frames = sorted(found.names)
        return {
            "name": self.path.name,
            "kind": found.kind,
            "meaning": found.meaning,
            "match": found.match,
            "frames": len(frames),
            "first": {"frame": frames[0], "name": found.names[frames[0]]},
            "last": {"frame": frames[-1], "name": found.names[frames[-1]]},
            "objects": [
                {"foreign": one.foreign, "name": one.name, "frames": one.frames, "becomes": one.becomes}
                for one in found.objects
            ],
            "notes": [self.without_paths(note) for note in found.notes],
        }


class TakingMasks:
    """An import with the choices of a visitor; iterate to make it, frame by frame.

    Args:
        session: where the masks go.
        path: what was sent.
        how: what the visitor says about the masks.
        choices: what the objects of the masks become; those that are not told become what they look like.

    Raises:
        InputError: as for ``Import``; nothing is changed then.
    """

    def __init__(self, session: Session, path: Path, how: HowToRead, choices: Choices) -> None:
        self._project = session.project
        self._path, self._how = path, how
        self._remap = {foreign: chosen for foreign, chosen in choices.items() if chosen is not None}
        self._reader = session.reader
        with Import(self._project, path, self._remap, how, reader=self._reader) as checked:
            self._length = len(checked)
        objects = {one.foreign: one for one in checked.inspection.objects}
        wanted_new = [foreign for foreign, chosen in choices.items() if chosen is None]
        # one whose number the project has would become that object: a new one has to be there before
        self._to_add = {
            foreign: objects[foreign].name
            for foreign in wanted_new
            if foreign in objects and objects[foreign].becomes is not None
        }

    def __len__(self) -> int:
        """Frames that have masks."""
        return self._length

    def __iter__(self) -> Iterator[FrameIndex]:
        with self._project.one_step():
            added = {foreign: self._project.add_object(name) for foreign, name in self._to_add.items()}
            remap = self._remap | added
            yield from Import(self._project, self._path, remap, self._how, reader=self._reader)
