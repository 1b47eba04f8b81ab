"""How much visitors may ask of the machine that serves the editor."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from track_anything.errors import TrackAnythingError

GIB = 1 << 30


class LimitError(TrackAnythingError):
    """A visitor asks for more than this server gives."""


@dataclass(frozen=True)
class Limits:
    """What the server gives at most.

    Attributes:
        upload: bytes of one uploaded file, and of what a zip unpacks to.
        disk: bytes that all projects together may take, source videos outside the workspace not counted.
        spare_disk: bytes that are left free on the disk whatever happens.
        open_projects: projects open at the same time; each holds some memory and one video.
        uploads: files that one visitor may be sending at the same time.
        idle: seconds without a request after which a project is closed; it is kept and opens again by itself.
    """

    upload: int = 4 * GIB
    disk: int = 100 * GIB
    spare_disk: int = GIB
    open_projects: int = 8
    uploads: int = 4
    idle: float = 1800.0

    def check_upload(self, size: int) -> None:
        """Raise LimitError when an upload of so many bytes is too big."""
        if size > self.upload:
            raise LimitError(
                f"the file is larger than the {shown(self.upload)} that this server takes: open it by its "
                "path on the server's machine, or start the server with a higher --upload-limit"
            )

    def check_room(self, folder: Path, wanted: int = 0) -> int:
        """The bytes that the workspace takes; LimitError when so many more do not fit."""
        if shutil.disk_usage(nearest_folder(folder)).free - wanted < self.spare_disk:
            raise LimitError(
                f"the disk of the server is nearly full (less than {shown(self.spare_disk)} would be left): "
                "free some space there and try again"
            )
        used = _taken(folder)
        if used + wanted > self.disk:
            raise LimitError(
                f"all projects together take {shown(used)} of the {shown(self.disk)} that this server gives "
                "them: delete projects that are done, or start the server with a higher --disk-limit"
            )
        return used

    @property
    def seats_of_one(self) -> int:
        """Projects that one visitor may have open at the same time: others find a seat too."""
        return max(1, self.open_projects * 3 // 4)


def nearest_folder(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _taken(folder: Path) -> int:
    """Bytes of the files in a folder, links not followed; other threads may remove some meanwhile."""
    taken = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                taken += Path(parent, name).lstat().st_size
    return taken


def shown(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / GIB:.1f} GiB" if size >= GIB else f"{size / (1 << 20):.0f} MiB"
