"""Running an export: every frame of a project through an exporter."""

from collections.abc import Iterator
from pathlib import Path

from track_anything.export import Exporter
from track_anything.project import Project
from track_anything.types import FrameIndex
from track_anything.video import open_video


class Export:
    """An export about to be made; iterate to make it. What was begun and not finished leaves nothing behind.

    The source is decoded again, so that exported pixels have never been through the cache's JPEG.

    Args:
        project: where the masks are.
        source: the video file or image folder.
        exporter: the form to write.
    """

    def __init__(self, project: Project, source: Path, exporter: Exporter) -> None:
        self._project = project
        self._source = source
        self._exporter = exporter

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be carried over as it was, one line each; complete when the export is done."""
        return self._exporter.notes

    def __len__(self) -> int:
        """Frames to write."""
        return self._project.frame_count

    def __iter__(self) -> Iterator[FrameIndex]:
        info = self._project.description.video
        with self._exporter, open_video(self._source, info=info) as video:
            for frame, image in enumerate(video.frames()):
                self._exporter.write(frame, image, self._project.label_map(frame))
                yield frame

    def run(self) -> None:
        """Make the export to its end."""
        for _ in self:
            continue
