"""Who may edit a project: one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from track_anything.errors import ProjectError
from track_anything.system.files import make_folder, remedy, unwritable

LOCK_FILE = "lock"


class InUseError(ProjectError):
    """Another process is editing the project."""


def lock_project(folder: Path) -> FileLock:
    """Take the right to edit what is in a folder; ``release`` gives it back.

    Raises:
        ProjectError: another process has it, or nothing can be written there.
    """
    lock = FileLock(folder / LOCK_FILE, thread_local=False)  # any thread may close what one opened
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InUseError(
            f"{folder} is open in another process: close it there, or wait until it is done"
        ) from None
    except OSError as error:
        raise ProjectError(
            f"{folder} cannot be changed ({error.strerror}): {remedy(error)}; looking and exporting work"
        ) from error
    return lock


@contextmanager
def reserved(folder: Path) -> Iterator[FileLock]:
    """A folder for a new project, made where it is missing: of several processes that want it, one gets it.

    The lock stays held when the block ends well. When it does not, the folder is left as it was found.

    Raises:
        ProjectError: another process has it, or it cannot be made.
    """
    is_new = not folder.exists()
    try:
        make_folder(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    lock = lock_project(folder)
    try:
        yield lock
    except BaseException:
        _give_back(folder, lock, is_new=is_new)
        raise


def _give_back(folder: Path, lock: FileLock, *, is_new: bool) -> None:
    with suppress(OSError):  # before it is released, so that nobody takes a lock on a file that goes
        (folder / LOCK_FILE).unlink(missing_ok=True)
    lock.release()
    if is_new:
        with suppress(OSError):  # Windows deletes no open file; who has taken it meanwhile has it open
            (folder / LOCK_FILE).unlink(missing_ok=True)
        with suppress(OSError):
            folder.rmdir()
