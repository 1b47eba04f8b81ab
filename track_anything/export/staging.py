"""Outputs that are seen complete or not at all."""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from track_anything.errors import OutputError
from track_anything.system.files import put_in_place, remedy

_LOCK = re.compile(r"\.(?P<stem>.+)\.(?P<mark>[0-9a-f]{8})\.lock")


class Staging:
    """A hidden path beside the destination, which takes the destination's place in the end.

    A lock file beside it is held meanwhile: by that the next export tells what a killed process left there,
    and takes it away.

    Args:
        destination: the file or folder to be made.
        overwrite: whether something that is there already may be replaced, once the new one is complete.

    Raises:
        OutputError: the destination is the root of all folders.
    """

    def __init__(self, destination: Path, *, overwrite: bool) -> None:
        self._destination = _named(destination)
        self._overwrite = overwrite
        self._mark = uuid4().hex[:8]
        self.path = self._beside("part")
        self._lock: FileLock | None = None

    def prepare(self) -> None:
        """Make sure that the destination can be written, and make the folder above it.

        Raises:
            OutputError: it cannot, or something is there already and may not be replaced.
        """
        if self._destination.exists() and not self._overwrite:
            raise OutputError(f"{self._destination} exists already: choose another path or allow overwriting")
        try:
            self._destination.parent.mkdir(parents=True, exist_ok=True)
            sweep(self._destination.parent)
            self._lock = _locked(self._destination.with_name(f".{self._destination.stem}.{self._mark}.lock"))
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
                put_in_place(self.path, self._destination)
        except OSError as error:
            raise unwritable(self._destination, error) from error

    def discard(self) -> None:
        """Remove what was staged; also to be called when it is in its place."""
        _remove(self.path)
        if self._lock is not None:
            _unlock(self._lock)
            self._lock = None

    def _replace_folder(self) -> None:
        """Folders cannot be exchanged in one step: the old one steps aside, and back if the new one fails."""
        replaced = self._beside("old")
        put_in_place(self._destination, replaced)
        try:
            put_in_place(self.path, self._destination)
        except OSError:
            put_in_place(replaced, self._destination)
            raise
        _remove(replaced)

    def _beside(self, role: str) -> Path:
        """The suffix is kept, since container formats are told by it."""
        name = f".{self._destination.stem}.{self._mark}.{role}{self._destination.suffix}"
        return self._destination.with_name(name)


def _named(destination: Path) -> Path:
    """The destination by a path that ends in a name, as ``.`` and an empty one do not."""
    path = destination if destination.name not in ("", "..") else Path(os.path.abspath(destination))  # noqa: PTH100
    if not path.name:
        raise OutputError(f"{destination} cannot be replaced: choose a path below it")
    return path


def unwritable(path: Path, error: Exception) -> OutputError:
    """The error that says that ``path`` cannot be written, why, and what to do."""
    reason = getattr(error, "strerror", None) or error
    what = remedy(error) if isinstance(error, OSError) else "free some space"
    elsewhere = "or choose another place"
    remedies = what if what.endswith(elsewhere) else f"{what}, {elsewhere}"
    return OutputError(f"{path} cannot be written ({reason}): {remedies}")


def sweep(folder: Path) -> None:
    """Take away what killed processes have left of outputs in a folder; put an earlier output back.

    What another process is making now is left alone.
    """
    for path in folder.glob(".*.lock"):
        match = _LOCK.fullmatch(path.name)
        if match is None:
            continue
        try:
            lock = _locked(path)
        except (Timeout, OSError):  # it is being made
            continue
        _sweep_output(folder, match["stem"], match["mark"])
        _unlock(lock)


def _sweep_output(folder: Path, stem: str, mark: str) -> None:
    for path in folder.iterdir():
        for role in ("part", "old"):
            beginning = f".{stem}.{mark}.{role}"
            if path.name != beginning and not path.name.startswith(f"{beginning}."):
                continue
            destination = folder / f"{stem}{path.name.removeprefix(beginning)}"
            if role == "old" and not destination.exists():  # killed between stepping aside and the new one
                path.rename(destination)
            else:
                _remove(path)


def _locked(path: Path) -> FileLock:
    lock = FileLock(path, thread_local=False)
    lock.acquire(timeout=0)
    return lock


def _unlock(lock: FileLock) -> None:
    with suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
