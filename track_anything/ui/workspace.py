"""The folder in which the server keeps the projects of its visitors."""

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from track_anything.errors import ProjectError
from track_anything.system.files import write_durably
from track_anything.ui.model_choice import ModelChoice
from track_anything.ui.placeless import placeless

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
"""Modes of what only the account that runs the server may read."""

_ENTRY_FILE = "entry.json"
_ID_BYTES = 6  # names a project in addresses; what opens it is the token
UNPACKED_SUFFIX = ".images"
"""Of the folder that a zip file is unpacked to."""

_TOKEN_BYTES = 16  # 128 bits


@dataclass(frozen=True)
class Entry:
    """One project of the workspace.

    Attributes:
        id: names it in addresses.
        folder: where all that belongs to it lies.
        name: shown to people.
        source: the video, image folder or project that it was made from.
        project: its project folder; outside of ``folder`` for a project that was there before.
        token_hashes: SHA-256 of the tokens that open it.
        models: the networks that were chosen for it; None = those of the server.
    """

    id: str
    folder: Path
    name: str
    source: Path
    project: Path
    token_hashes: tuple[str, ...] = field(default=(), repr=False)
    models: ModelChoice | None = None

    @property
    def exports(self) -> Path:
        """The folder of what was exported."""
        return self.folder / "exports"

    @property
    def source_name(self) -> str:
        """What a visitor calls the source: a zip file is unpacked to a folder of another name."""
        was_unpacked = self.source.is_relative_to(self.folder) and self.source.suffix == UNPACKED_SUFFIX
        return f"{self.source.stem}.zip" if was_unpacked else self.source.name

    def without_paths(self, text: str) -> str:
        """A text for visitors: names instead of paths, which say where things lie on this machine."""
        names = {self.source: self.source_name, self.project: self.name, self.folder: self.name}
        for path, name in names.items():
            text = text.replace(str(path), name)
        return placeless(text, self.source.parent, self.project.parent)

    def forget_frames(self) -> None:
        """Remove what was read in of a video; of a project from elsewhere, nothing."""
        if self.project.is_relative_to(self.folder):
            shutil.rmtree(self.project / "cache", ignore_errors=True)

    def is_opened_by(self, token: str) -> bool:
        """Whether a token opens it; takes the same time for every wrong token."""
        given = _hash(token)
        return sum(secrets.compare_digest(given, known) for known in self.token_hashes) > 0


class Workspace:
    """Projects by id, each in a folder of its own, and the tokens that open them.

    Only hashes of tokens are kept: who reads the disk cannot pose as a visitor.

    Args:
        folder: made when it is needed first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folder, and make sure that it can be written.

        Raises:
            ProjectError: it cannot.
        """
        with self._explained():
            self._make(self.folder)
            probe = self.folder / f".{secrets.token_hex(_ID_BYTES)}"
            probe.touch(mode=PRIVATE_FILE)
            probe.unlink()

    def __iter__(self) -> Iterator[Entry]:
        for path in sorted(self.folder.glob(f"*/{_ENTRY_FILE}"), key=_modified, reverse=True):
            entry = self.find(path.parent.name)
            if entry is not None:
                yield entry

    def reserve(self) -> tuple[str, Path]:
        """An id that nobody has, and its empty folder."""
        with self._explained():
            self._make(self.folder)
            while True:
                project_id = secrets.token_hex(_ID_BYTES)
                with suppress(FileExistsError):
                    (self.folder / project_id).mkdir(PRIVATE_FOLDER)
                    return project_id, self.folder / project_id

    def add(self, project_id: str, name: str, source: Path, project: Path | None = None) -> tuple[Entry, str]:
        """Keep a project under a reserved id; returns it and the token that opens it."""
        folder = self.folder / project_id
        entry = Entry(project_id, folder, name, source, project or folder / "project")
        return self.admit(entry)

    def admit(self, entry: Entry) -> tuple[Entry, str]:
        """Issue one more token for a project."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        admitted = replace(entry, token_hashes=(*entry.token_hashes, _hash(token)))
        self._write(admitted)
        return admitted, token

    def keep_choice(self, entry: Entry, models: ModelChoice) -> Entry:
        """Keep which networks were chosen for a project."""
        chosen = replace(self.find(entry.id) or entry, models=models)
        self._write(chosen)
        return chosen

    def find(self, project_id: str) -> Entry | None:
        """The project with an id, or None."""
        is_id = len(project_id) == 2 * _ID_BYTES and set(project_id) <= set("0123456789abcdef")
        folder = self.folder / project_id
        record = _read(folder / _ENTRY_FILE) if is_id else None
        if record is None:
            return None
        return Entry(
            project_id,
            folder,
            record["name"],
            Path(record["source"]),
            Path(record["project"]),
            tuple(record["token_hashes"]),
            ModelChoice.of_record(record.get("models")),
        )

    def forget(self, project_id: str) -> None:
        """Let nobody find a project any more; its folder is still there."""
        (self.folder / project_id / _ENTRY_FILE).unlink(missing_ok=True)

    def discard(self, project_id: str) -> None:
        """Remove a project and all that was made for it; a project or video from elsewhere stays there."""
        shutil.rmtree(self.folder / project_id, ignore_errors=True)

    def _write(self, entry: Entry) -> None:
        record: dict[str, object] = {
            "name": entry.name,
            "source": str(entry.source),
            "project": str(entry.project),
            "token_hashes": entry.token_hashes,
        }
        if entry.models is not None:
            record["models"] = asdict(entry.models)
        with self._explained():
            write_durably(entry.folder / _ENTRY_FILE, json.dumps(record).encode())
            (entry.folder / _ENTRY_FILE).chmod(PRIVATE_FILE)

    def _make(self, folder: Path) -> None:
        """Make a folder that no other account of the machine may look into."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(PRIVATE_FOLDER)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        with suppress(PermissionError):  # it belongs to somebody else, who has let us in
            folder.chmod(PRIVATE_FOLDER)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what to do when the folder cannot be written."""
        try:
            yield
        except OSError as error:
            raise ProjectError(
                f"{self.folder} cannot be written ({error.strerror}): free some space there, or start the "
                "server with another --workspace"
            ) from error


def default_workspace() -> Path:
    """Where projects go by default: the user's folder for data of programs."""
    return user_data_path("track-anything") / "projects"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    is_whole = isinstance(record, dict) and {"name", "source", "project", "token_hashes"} <= record.keys()
    return record if is_whole else None


def _modified(path: Path) -> float:
    """When a file was written last; long ago for one that was removed meanwhile."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
