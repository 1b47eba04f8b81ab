"""A COCO file of boxes that a visitor gave to a project, for any of its frames."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from track_anything.errors import InputError
from track_anything.prompting.finding.detections import DetectionsFile
from track_anything.ui.containment import contained, safe_name
from track_anything.ui.workspace import PRIVATE_FOLDER, Entry

_MOST_MIB = 64  # of a file; what is read of it takes ten times as much memory
_INCOMING = "incoming"


class GivenBoxes:
    """The file that was given last; one that holds no boxes never takes its place.

    Args:
        entry: the project.
    """

    def __init__(self, entry: Entry) -> None:
        self._folder = entry.folder / "boxes"

    def check_size(self, size: int) -> None:
        """Raise InputError for a file of so many bytes that it is not read here."""
        if size > _MOST_MIB << 20:
            raise InputError(f"a file of boxes may have {_MOST_MIB} MiB: give the boxes of this video alone")

    @contextmanager
    def receiving(self, name: str) -> Iterator[Path]:
        """Where a file goes that is sent under a name, until it is kept; gone afterwards."""
        folder = self._folder / _INCOMING
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        place = contained(folder / safe_name(name), [folder])
        try:
            yield place
        finally:
            place.unlink(missing_ok=True)

    def keep(self, place: Path) -> None:
        """Let a file that was sent take the place of the one before.

        Raises:
            InputError: it is too large, or holds no boxes.
        """
        self.check_size(place.stat().st_size)
        _read(place)
        for earlier in self._files():
            earlier.unlink()
        place.replace(self._folder / place.name)

    def read(self) -> DetectionsFile:
        """What was given last; InputError when nothing was."""
        files = self._files()
        if not files:
            raise InputError("no boxes were given yet: choose a COCO file of detections")
        return _read(files[0])

    def _files(self) -> list[Path]:
        return [path for path in self._folder.glob("*") if path.is_file()]


def _read(path: Path) -> DetectionsFile:
    """The boxes of a file; errors name it, and not where it lies."""
    try:
        return DetectionsFile.read(path)
    except InputError as error:
        raise InputError(str(error).replace(str(path), path.name)) from error
