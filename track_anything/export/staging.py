"""Outputs that are seen complete or not at all."""

import shutil
from pathlib import Path
from uuid import uuid4

from track_anything.errors import OutputError


class Staging:
    """A hidden path beside the destination, which takes the destination's place in the end.

    Args:
        destination: the file or folder to be made.
        overwrite: whether something that is there already may be replaced, once the new one is complete.
    """

    def __init__(self, destination: Path, *, overwrite: bool) -> None:
        self._destination = destination
        self._overwrite = overwrite
        self._mark = uuid4().hex[:8]
        self.path = self._beside("part")

    def prepare(self) -> None:
        """Make sure that the destination can be written, and make the folder above it.

        Raises:
            OutputError: it cannot, or something is there already and may not be replaced.
        """
        if self._destination.exists() and not self._overwrite:
            raise OutputError(f"{self._destination} exists already: choose another path or allow overwriting")
        try:
            self._destination.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch()  # tells about rights and read-only disks now and not after an hour of work
            self.path.unlink()
        except OSError as error:
            raise unwritable(self._destination, error) from error

    def commit(self) -> None:
        """Put what was staged in its place; what was there goes only when the new one is there.

        Raises:
            OutputError: the place was taken meanwhile, or cannot be written any more.
        """
        if self._destination.exists() and not self._overwrite:
            raise OutputError(
                f"{self._destination} was made by something else meanwhile: choose another path"
            )
        try:
            if self._destination.is_dir():
                self._replace_folder()
            else:
                self.path.replace(self._destination)
        except OSError as error:
            raise unwritable(self._destination, error) from error

    def discard(self) -> None:
        """Remove what was staged."""
        _remove(self.path)

    def _replace_folder(self) -> None:
        """Folders cannot be exchanged in one step: the old one steps aside, and back if the new one fails."""
        replaced = self._beside("old")
        self._destination.rename(replaced)
        try:
            self.path.rename(self._destination)
        except OSError:
            replaced.rename(self._destination)
            raise
        _remove(replaced)

    def _beside(self, role: str) -> Path:
        """The suffix is kept, since container formats are told by it."""
        name = f".{self._destination.stem}.{self._mark}.{role}{self._destination.suffix}"
        return self._destination.with_name(name)


def unwritable(path: Path, error: Exception) -> OutputError:
    """The error that says that ``path`` cannot be written, why, and what to do."""
    reason = getattr(error, "strerror", None) or error
    return OutputError(f"{path} cannot be written ({reason}): free some space or choose another place")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
