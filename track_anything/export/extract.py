"""What of a project is handed out."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from track_anything.errors import InputError, VideoError
from track_anything.export.source_facts import SourceFacts
from track_anything.matting import Matting
from track_anything.project import Project
from track_anything.types import FrameIndex, ObjectId
from track_anything.video import VideoInfo, image_names
from track_anything.video.time_code import later_time_code


@dataclass(frozen=True)
class Extract:
    """What of a project to hand out.

    Attributes:
        objects: which; None = all.
        frames: from the first up to, not including, the second; None = the whole video.
        matting: how alpha is sought along outlines; None = it is how sure the tracker was.
    """

    objects: Collection[ObjectId] | None = None
    frames: tuple[FrameIndex, FrameIndex] | None = None
    matting: Matting | None = None

    def objects_of(self, project: Project) -> dict[ObjectId, str]:
        """The names of the chosen objects, by id; InputError when one is not there, or none is."""
        names = project.state.objects
        chosen = sorted(names if self.objects is None else set(self.objects))
        for object_id in chosen:
            project.check_object(object_id)
        if not chosen:
            raise InputError("there is nothing to export: add an object, click it and track it first")
        return {object_id: names[object_id] for object_id in chosen}

    def frames_of(self, project: Project) -> range:
        """The chosen frames; InputError when the video has no such frames."""
        start, stop = self.frames or (0, project.frame_count)
        project.check_range(start, stop)
        return range(start, stop)

    def settings(self, project: Project, source: Path) -> dict[str, object]:
        """What a manifest says of it, as JSON values: objects, frames, and the source they are of."""
        frames, described = self.frames_of(project), project.description
        return {
            "objects": {str(object_id): name for object_id, name in self.objects_of(project).items()},
            "frames": [frames.start, frames.stop],
            "size": [described.video.width, described.video.height],
            "source": {
                "name": source.name,
                "fingerprint": described.fingerprint,
                **_names_of_source(source, frames, described.video),
            },
        }


def _names_of_source(source: Path, frames: range, info: VideoInfo) -> dict[str, object]:
    """By what people find frames in the source: names of images, or a time code, where these can be had."""
    names = image_names(source)
    if len(names) == info.frame_count:
        return {"images": [names[frame] for frame in frames]}
    try:
        told = SourceFacts.of(source, info).time_code
    except VideoError:
        return {}
    first = later_time_code(told, frames.start, info.average_rate) if told else None
    return {"time_code": first} if first else {}
