"""The files that visitors are sending: whose they are, and the room that is kept for them."""

from pathlib import Path

from track_anything.ui.containment import safe_name
from track_anything.ui.limits import LimitError
from track_anything.ui.room import Room
from track_anything.ui.workspace import PRIVATE_FOLDER, Workspace


class Uploads:
    """Uploads on their way; the caller sees to it that one thread at a time asks.

    Args:
        workspace: where they go.
        room: of the disk.
    """

    def __init__(self, workspace: Workspace, room: Room) -> None:
        self._workspace = workspace
        self._room = room
        self._coming: dict[str, tuple[str | None, int]] = {}  # by project: whose, how many bytes

    def reserve(self, name: str, size: int, visitor: str | None, most: int) -> tuple[str, Path]:
        """An id, and the file that an upload of so many bytes goes to.

        Raises:
            LimitError: the visitor is sending ``most`` files already, or the disk is full.
        """
        sending = sum(visitor is not None and whose == visitor for whose, _ in self._coming.values())
        if sending >= most:
            raise LimitError(f"you are sending {sending} files already: wait until one of them is here")
        self._room.promise(size)
        try:
            project_id, folder = self._workspace.reserve()
        except BaseException:
            self._room.release(size)
            raise
        self._coming[project_id] = visitor, size
        place = folder / "upload"  # of its own: the file may be called like one of the workspace's
        place.mkdir(PRIVATE_FOLDER)
        return project_id, place / safe_name(name)

    def end(self, project_id: str) -> None:
        """The file of a reserved upload is here, or is not coming any more."""
        _, size = self._coming.pop(project_id, (None, 0))
        self._room.release(size)
