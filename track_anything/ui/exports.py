"""An export that a visitor asked for, on its way to a file that can be downloaded."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from track_anything.errors import InputError
from track_anything.export import EXPORTERS, manifest_path
from track_anything.extract import Extract
from track_anything.session import Session
from track_anything.ui.containment import safe_name
from track_anything.ui.work import Stage
from track_anything.ui.workspace import Entry

SUFFIXES = {name: form.suffix for name, form in EXPORTERS.items()} | {"confidence": ".csv"}
"""The forms that the editor offers; the empty suffix is a folder, which is packed into a zip file."""

WITH_ALPHA = [name for name, form in EXPORTERS.items() if form.has_alpha]
"""Those of them that mattes make a difference to."""


class Delivery:
    """One export.

    Args:
        session: what is exported.
        form: one of ``SUFFIXES``.
        entry: where the file goes, beside earlier ones, which stay.
        extract: objects, frames and alpha; None = all, as it was tracked.

    Raises:
        InputError: there is no such form, object, range or alpha, or nothing to export.
    """

    def __init__(self, session: Session, form: str, entry: Entry, extract: Extract | None = None) -> None:
        if form not in SUFFIXES:
            raise InputError(f"there is no export form {form!r}: choose one of {', '.join(SUFFIXES)}")
        entry.exports.mkdir(exist_ok=True)
        is_folder = not SUFFIXES[form]
        self.file = _free_name(entry.exports, f"{safe_name(entry.name)}-{form}", SUFFIXES[form] or ".zip")
        self._made = self.file.with_suffix("") if is_folder else self.file
        if is_folder and self._made.exists():  # what an export that was killed while packing left behind
            shutil.rmtree(self._made)
        self._export = session.export(form, self._made, extract=extract)
        self.is_done = False

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
        self.is_done = True

    def _packed(self, files: list[Path]) -> Iterator[Path]:
        """Pack the folder beside its place and move the file there when it is whole."""
        partial = self.file.with_suffix(".zip.partial")
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:  # PNG files are compressed
                for path in files:
                    archive.write(path, path.relative_to(self._made.parent))
                    yield path
            partial.replace(self.file)
        finally:
            partial.unlink(missing_ok=True)
            manifest_path(self._made).unlink(missing_ok=True)
            shutil.rmtree(self._made)


def _free_name(folder: Path, stem: str, suffix: str) -> Path:
    candidates = (folder / f"{stem}{'' if n == 1 else f'-{n}'}{suffix}" for n in range(1, 100_000))
    return next(path for path in candidates if not path.exists())
