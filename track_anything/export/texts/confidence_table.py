"""How every mask of a project stands, as a CSV file."""

import csv
from collections.abc import Iterator
from pathlib import Path

from track_anything.errors import InputError
from track_anything.export.extract import Extract
from track_anything.export.manifest import write_manifest
from track_anything.export.staging import Staging, unwritable
from track_anything.lifecycle import Running
from track_anything.project import Project
from track_anything.review import MaskReport
from track_anything.review.report import report
from track_anything.types import FrameIndex

COLUMNS = ("frame", "seconds", "object_id", "name", "status", "confidence", "reason", "refined")


class ConfidenceTable(Running):
    """A CSV file with one line per frame and object; iterate to make it, frame by frame.

    Args:
        project: what it is about.
        source: the video file or image folder.
        path: the file to be made.
        overwrite: replace a file that is there already.
        extract: objects and frames; None = all objects between the in and out points.

    Raises:
        InputError: there is no such object or range, or nothing to report on.
    """

    def __init__(
        self,
        project: Project,
        source: Path,
        path: Path,
        *,
        overwrite: bool = False,
        extract: Extract | None = None,
    ) -> None:
        extract = extract or Extract()
        self._objects, self._frames = extract.objects_of(project), extract.frames_of(project)
        if extract.matting is not None:
            raise InputError("a table of confidence has no alpha that mattes could be put into")
        self._notes = extract.range_notes(project)
        self._project = project
        self._path = path
        self._settings = {"form": "confidence", **extract.settings(project, source)}
        self._staging = Staging(path, overwrite=overwrite)

    @property
    def notes(self) -> tuple[str, ...]:
        """Which frames are left out; what masks are missing is what the table is about."""
        return self._notes

    def __len__(self) -> int:
        """Frames to write."""
        return len(self._frames)

    def __iter__(self) -> Iterator[FrameIndex]:
        """Make the table; OutputError when it cannot be written, and then nothing is left of it."""
        self._staging.prepare()
        try:
            with self._staging.path.open("w", encoding="utf-8", newline="") as file:
                table = csv.writer(file)
                table.writerow(COLUMNS)
                for frame in self._frames:
                    lines = report(self._project, [frame], self._objects)
                    table.writerows(self._row(line) for line in lines)
                    yield frame
            self._staging.commit()
            write_manifest(self._path, self._settings | {"notes": list(self._notes)})
        except OSError as error:
            raise unwritable(self._path, error) from error
        finally:
            self._staging.discard()

    def _row(self, line: MaskReport) -> tuple[object, ...]:
        return (
            line.frame,
            f"{self._project.description.video.seconds(line.frame):.3f}",
            line.object_id,
            self._objects[line.object_id],
            line.status.value,
            "" if line.confidence is None else f"{line.confidence:.4f}",
            line.reason,
            int(line.is_refined),
        )
