"""What a visitor asked to be made, on its way to a file that can be downloaded: exports and removals."""

import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from track_anything.errors import InputError
from track_anything.export import EXPORTERS, Extract, manifest_path
from track_anything.inpaint import FlowInpainter, Removal
from track_anything.session import Session
from track_anything.system.files import put_in_place, unwritable
from track_anything.types import FrameIndex, Image
from track_anything.ui.containment import safe_name
from track_anything.ui.wire import jpeg
from track_anything.ui.work import Stage, number_after
from track_anything.ui.workspace import Entry

MOST_DILATION = 100
MOST_FEATHER = 50
"""Pixels by which the editor grows holes, and over which it fades them, at most."""


class Delivery:
    """One export.

    Args:
        session: what is exported.
        form: one of ``EXPORTERS``; what is a folder is packed into a zip file.
        entry: where the file goes, beside earlier ones, which stay.
        extract: objects, frames and alpha; see ``Extract`` for the defaults.

    Raises:
        InputError: there is no such form, object, range or alpha, or nothing to export.
    """

    def __init__(self, session: Session, form: str, entry: Entry, extract: Extract | None = None) -> None:
        is_folder = not EXPORTERS[form].suffix
        entry.exports.mkdir(exist_ok=True)
        self.file = free_name(
            entry.exports, f"{safe_name(entry.name)}-{form}", EXPORTERS[form].suffix or ".zip"
        )
        self._made = self.file.with_suffix("") if is_folder else self.file
        if is_folder and self._made.exists():  # what an export that was killed while packing left behind
            shutil.rmtree(self._made)
        self._export = session.export(form, self._made, extract=extract)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be carried over as it was."""
        return self._export.notes

    def stages(self) -> Iterator[Stage]:
        """The work of it."""
        yield Stage("exporting", self._export, len(self._export))
        if self._made != self.file:
            files = sorted(path for path in self._made.rglob("*") if path.is_file())
            files.append(manifest_path(self._made))
            yield Stage("packing", self._packed(files), len(files))

    def _packed(self, files: list[Path]) -> Iterator[Path]:
        """Pack the folder beside its place and move the file there when it is whole."""
        partial = self.file.with_suffix(".zip.partial")
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:  # PNG files are compressed
                for path in files:
                    archive.write(path, path.relative_to(self._made.parent))
                    yield path
            put_in_place(partial, self.file)
        finally:
            partial.unlink(missing_ok=True)
            manifest_path(self._made).unlink(missing_ok=True)
            shutil.rmtree(self._made)


class RemovalDelivery:
    """One removal: a video without some objects, whose frames can be looked at while it is made.

    Args:
        session: whose objects are removed.
        inpainter: fills the hole.
        entry: where the file goes, beside earlier ones, which stay.
        extract: objects and frames; see ``Extract`` for the defaults.
        tell: called whenever there is one more frame to look at.

    Attributes:
        file: what is made.
        number: names this removal; a later one has a higher number, also after the server was restarted.
        filled: the frames that can be looked at by now.

    Raises:
        InputError: the hole is too wide, or there is no such object or range.
    """

    def __init__(
        self,
        session: Session,
        inpainter: FlowInpainter,
        entry: Entry,
        extract: Extract | None = None,
        *,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        shape = inpainter.shape
        if shape.dilation > MOST_DILATION or shape.feather > MOST_FEATHER:
            raise InputError(
                f"the editor grows holes by at most {MOST_DILATION} pixels and feathers them by at most "
                f"{MOST_FEATHER}: give less, or use the command line"
            )
        entry.exports.mkdir(exist_ok=True)
        self.file = free_name(entry.exports, f"{safe_name(entry.name)}-removed", ".mp4")
        self.number = number_after()
        self.filled = range(0)
        self._folder = session.project.cache / "removed"
        self._tell = tell
        self._removal = Removal(
            session.project,
            session.source,
            self.file,
            inpainter,
            extract=extract,
            with_shadows=False,  # who asks has said all that goes
            keep=self._keep,
            reader=session.reader,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be carried over as it was."""
        return self._removal.notes

    def stages(self) -> Iterator[Stage]:
        """The work of it; the frames of the removal before are forgotten."""
        try:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder.mkdir(parents=True)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        yield Stage("removing", self._removal, len(self._removal))

    def picture(self, frame: FrameIndex) -> bytes | None:
        """A frame without the objects, as a JPEG; None as long as it was not filled."""
        if frame not in self.filled:
            return None
        try:
            return self._path(frame).read_bytes()
        except FileNotFoundError:  # a later removal has begun, or somebody deleted the cache
            return None

    def _keep(self, frame: FrameIndex, image: Image) -> None:
        try:
            self._path(frame).write_bytes(jpeg(image))
        except OSError as error:
            raise unwritable(self._path(frame), error) from error
        first = self.filled.start if self.filled else frame
        self.filled = range(first, frame + 1)
        self._tell()

    def _path(self, frame: FrameIndex) -> Path:
        return self._folder / f"{frame:06}.jpg"


def exported_files(entry: Entry) -> dict[Path, int]:
    """The files that were exported as a whole, the newest first, with their sizes in bytes."""
    found = []
    for path in entry.exports.glob("*"):
        with suppress(FileNotFoundError):  # a running export moves files and removes others meanwhile
            status = path.stat()
            if S_ISREG(status.st_mode) and ".part" not in path.name:
                found.append((path, status))
    found.sort(key=lambda file: -file[1].st_mtime)
    return {path: status.st_size for path, status in found}


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A path in a folder that nothing lies at: the stem, with a number behind it if need be."""
    candidates = (folder / f"{stem}{'' if n == 1 else f'-{n}'}{suffix}" for n in range(1, 100_000))
    return next(path for path in candidates if not path.exists())
