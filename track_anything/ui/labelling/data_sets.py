"""The masks of a collection as data sets that can be downloaded."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from track_anything.collection.desk import Collection
from track_anything.collection.desk.edit_log import write_edit_log
from track_anything.collection.desk.handing_out import data_set_of, split
from track_anything.errors import InputError, unknown
from track_anything.masks.data_sets import FORMATS, write_data_set
from track_anything.system.files import make_folder, unwritable
from track_anything.system.lifecycle import Job
from track_anything.ui.containment import contained, safe_name
from track_anything.ui.exports import free_name
from track_anything.ui.task import NotReadyError

_FOLDER = "exports"


class DataSets:
    """What was made of a collection, beside its projects, and what is being made.

    Args:
        collection: the videos.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._folder = collection.folder / _FOLDER
        self._job: Job | None = None
        self._form = ""
        self._file = ""
        self._notes: list[str] = []

    def begin(self, form: str, validation: float, *, only_finished: bool) -> None:
        """Begin to write the collection in a form, see ``data_set_of`` and ``split``; one at a time.

        Raises:
            InputError: there is no such form or share, or nothing to hand out.
            NotReadyError: another one is being written.
        """
        if form not in FORMATS:
            raise unknown("form of data set", form, FORMATS)
        if not 0 <= validation < 1:
            raise InputError(f"{validation} is no share of the videos: give one from 0 to below 1, as 0.2")
        if self._job is not None and not self._job.has_ended:
            raise NotReadyError("another data set is being written: wait for it")
        self._form, self._file, self._notes = form, "", []
        work = self._write(form, validation, only_finished=only_finished)
        self._job = Job(work, total=0, name="data set").start()

    def describe(self) -> dict[str, Any] | None:
        """How the newest one is doing, as JSON values; None when none was asked for."""
        if (job := self._job) is None:
            return None
        error = job.error
        return {
            "form": self._form,
            "status": job.progress.status.value,
            "error": str(error) if error is not None else None,
            "notes": list(self._notes),
            "file": self._file,
        }

    def files(self) -> list[dict[str, Any]]:
        """What was made, the newest first: name and size in bytes."""
        paths = [path for path in self._folder.glob("[!.]*") if path.is_file()]
        paths.sort(key=lambda path: -path.stat().st_mtime)
        return [{"name": path.name, "size": path.stat().st_size} for path in paths]

    def path(self, name: str) -> Path | None:
        """One of the files; None when there is none of that name."""
        if name not in {each["name"] for each in self.files()}:
            return None
        return contained(self._folder / name, [self._folder])

    def edit_log(self) -> Path:
        """Write every edit of all videos as CSV; see ``write_edit_log``."""
        self._make_folder()
        path = self._folder / f".{safe_name(self._collection.name)}-edits.csv"
        write_edit_log(self._collection.videos.values(), path)
        return path

    def wait(self, seconds: float) -> bool:
        """Whether nothing is being written any more after at most so many seconds."""
        return self._job is None or self._job.wait(seconds)

    def _write(self, form: str, validation: float, *, only_finished: bool) -> Iterator[None]:
        data = data_set_of(self._collection, only_finished=only_finished)
        yield
        self._make_folder()
        suffix = FORMATS[form].suffix
        is_one_file = bool(suffix) and not validation
        stem = f"{safe_name(Path(self._collection.name).stem)}-{form}"
        target = free_name(self._folder, stem, suffix if is_one_file else ".zip")
        if is_one_file:
            self._notes += write_data_set(data, target, form)
        else:
            training, validating = split(data, validation)
            parts = {f"train{suffix}": training, f"val{suffix}": validating} if validation else {"": data}
            staged = self._folder / f".{target.stem}"
            try:
                for name, part in parts.items():
                    self._notes += write_data_set(part, staged / stem / name, form, overwrite=True)
                    yield
                yield from _packed(staged, target)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
        self._notes = list(dict.fromkeys(self._notes))
        self._file = target.name

    def _make_folder(self) -> None:
        try:
            make_folder(self._folder)
        except OSError as error:
            raise unwritable(self._folder, error) from error


def _packed(folder: Path, target: Path) -> Iterator[None]:
    """Pack a folder beside its place and move the file there when it is whole."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(each for each in folder.rglob("*") if each.is_file()):
                archive.write(path, path.relative_to(folder))
                yield
        partial.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        partial.unlink(missing_ok=True)
