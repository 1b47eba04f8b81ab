"""Doing one row after the other with networks that are loaded once."""

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from filelock import FileLock, Timeout

from track_anything.collection.batch.finished import Finished
from track_anything.collection.batch.outcome import Outcome, OutcomeKind
from track_anything.collection.batch.row_name import result_name, row_identity
from track_anything.collection.batch.settings import BatchSettings, NetworksError
from track_anything.collection.batch.tracked_row import TrackedRow
from track_anything.collection.place import fetch
from track_anything.collection.row import Row
from track_anything.errors import InputError
from track_anything.models import Models
from track_anything.models.locators import TextLocator
from track_anything.system.files import remedy

Tell: TypeAlias = Callable[[int], None]
"""Called with the number of frames tracked so far, now and then."""

LOG = "begun.log"  # in the work folder: a line for every row that was begun, by its name
_PATIENCE = 10.0  # seconds that another process, which may be ending just now, has to let a row go


class RowWorker:
    """Does rows: fetches the source, tracks, exports, publishes.

    What it has begun stays in the work folder until the row is done, so that whoever does the row next goes
    on from the frame at which this one was killed.

    Args:
        finished: where results go.
        settings: of the batch.
        work: a folder of this machine.
    """

    def __init__(self, finished: Finished, settings: BatchSettings, work: Path) -> None:
        self._finished = finished
        self._settings = settings
        self._work = work

    @cached_property
    def _models(self) -> Models:
        return self._settings.networks.load()

    @cached_property
    def _locator(self) -> TextLocator:
        return self._settings.networks.load_locator()

    def do(self, row: Row, key: str, tell: Tell | None = None) -> Outcome:
        """Do a row, unless it is done; an error becomes its outcome and record.

        Args:
            row: what to do.
            key: ``row_key`` of it.
            tell: is told of progress.

        Raises:
            NetworksError: there is nothing to track with, for this row or any other.
        """
        began = time.monotonic()
        try:
            if row.fault:
                raise InputError(row.fault)
            outcome = self._do(row, key, tell or _no_one)
        except NetworksError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it stops this row and none of the others
            reason = _reason(error)
            self._finished.fail(key, {"id": row.id, "video": row.video, "reason": reason})
            outcome = Outcome(row.number, OutcomeKind.FAILED, reason=reason)
        return replace(outcome, seconds=time.monotonic() - began)

    def _do(self, row: Row, key: str, tell: Tell) -> Outcome:
        fetched = self._work / f"{key}.sources"
        try:
            video = fetch(row.video, fetched / "video")
            others = {row.annotation, *(each.mask for each in row.objects)} - {""}
            files = {
                each: fetch(each, fetched / hashlib.sha256(each.encode()).hexdigest()[:8]) for each in others
            }
            identity = row_identity(row, video, files, self._settings)
            name = result_name(identity)
            self._work.mkdir(parents=True, exist_ok=True)
            with FileLock(self._work / f"{name}.lock").acquire(timeout=_PATIENCE):
                if self._finished.is_whole(name):
                    outcome = Outcome(row.number, OutcomeKind.KEPT, name)
                else:
                    outcome = self._make(row, name, identity, video, files, tell)
            (self._work / f"{name}.lock").unlink(missing_ok=True)
        except Timeout:
            return Outcome(row.number, OutcomeKind.ELSEWHERE)
        finally:
            shutil.rmtree(fetched, ignore_errors=True)
        self._finished.remember(key, name)
        return outcome

    def _make(
        self,
        row: Row,
        name: str,
        identity: Mapping[str, Any],
        video: Path,
        files: Mapping[str, Path],
        tell: Tell,
    ) -> Outcome:
        folder = self._work / name
        with (self._work / LOG).open("a", encoding="utf-8") as log:
            log.write(f"{name}\n")
        with TrackedRow(
            row, video, files, folder / "project", lambda: self._models, lambda: self._locator
        ) as tracked:
            frames = tracked.track(tell)
            made = folder / "made"
            shutil.rmtree(made, ignore_errors=True)
            facts = tracked.hand_out(made, self._settings.forms)
        listed = {
            path.relative_to(made).as_posix(): _facts_of(path)
            for path in sorted(made.rglob("*"))
            if path.is_file()
        }
        self._finished.publish(name, made, {**identity, **facts, "files": listed})
        shutil.rmtree(folder, ignore_errors=True)
        return Outcome(row.number, OutcomeKind.DONE, name, frames=frames)


def _facts_of(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
            "bytes": path.stat().st_size,
        }


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        what = f"{error.filename}: " if error.filename else ""
        return f"{what}{error.strerror or error}: {remedy(error)}"
    text = " ".join(str(error).split())
    return text or type(error).__name__


def _no_one(frames: int) -> None:
    """Nobody wants to know."""
