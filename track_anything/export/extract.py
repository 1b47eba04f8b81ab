"""What of a project is handed out."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from track_anything.errors import InputError, VideoError
from track_anything.export.gaps import gaps
from track_anything.export.naming import Naming
from track_anything.export.order import Colour
from track_anything.export.source_facts import SourceFacts
from track_anything.matting import Matting
from track_anything.matting.edge_colours import EDGE_COLOURS
from track_anything.project import Project
from track_anything.types import FrameIndex, ObjectId
from track_anything.video import Reader, VideoInfo, image_names
from track_anything.video.time_code import later_time_code


@dataclass(frozen=True)
class Extract:
    """What of a project to hand out.

    Attributes:
        objects: which; None = all.
        frames: from the first up to, not including, the second; "all" = the whole video; None = what lies
            between the in and out points, the whole video without them.
        matting: how alpha is sought along outlines; None = it is how sure the tracker was.
        background: the colour that objects are laid over; None = green, in forms that have one.
        handles: frames to hand out before and after those chosen, as far as the video has them.
        naming: what files of frames are called, in forms that are folders of our own.
        edge_colours: a name in ``EDGE_COLOURS``; None = "own" with mattes, "picture" without.
    """

    objects: Collection[ObjectId] | None = None
    frames: tuple[FrameIndex, FrameIndex] | Literal["all"] | None = None
    matting: Matting | None = None
    background: Colour | None = None
    handles: int = 0
    naming: Naming = field(default_factory=Naming)
    edge_colours: str | None = None

    def __post_init__(self) -> None:
        """Raise InputError for what is no colour, or no number of frames."""
        if self.handles < 0:
            raise InputError(f"there can be no {self.handles} frames of handles: give 0 or more")
        if self.edge_colours is not None:
            EDGE_COLOURS.check(self.edge_colours)
        if self.background is not None and not all(0 <= level <= 255 for level in self.background):
            raise InputError(f"{self.background} is no colour: give red, green and blue, each from 0 to 255")

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
        """The chosen frames with their handles; InputError when the video has no such frames."""
        chosen = self._chosen(project)
        return range(
            max(chosen.start - self.handles, 0), min(chosen.stop + self.handles, project.frame_count)
        )

    def _chosen(self, project: Project) -> range:
        whole = range(project.frame_count)
        if self.frames is None:
            return project.state.chosen_range or whole
        if self.frames == "all":
            return whole
        project.check_range(*self.frames)
        return range(*self.frames)

    def notes(self, project: Project) -> tuple[str, ...]:
        """What to know before it is handed out, one line each: frames left out, and masks that lack."""
        frames = self.frames_of(project)
        lacking = [str(gap) for gap in gaps(project, self.objects_of(project), frames)]
        return (*self.range_notes(project), *lacking)

    def range_notes(self, project: Project) -> tuple[str, ...]:
        """A line where the in and out points leave frames out and nobody asked for it."""
        frames = self.frames_of(project)
        is_asked_for, is_whole = self.frames is not None, len(frames) == project.frame_count
        chosen = self._chosen(project)
        before, after = chosen.start - frames.start, frames.stop - chosen.stop
        cut = before < self.handles or after < self.handles
        short = f"of {self.handles} frames of handles the video has {before} before and {after} after"
        handles = (short,) if cut else ()
        if is_asked_for or is_whole:
            return handles
        return (
            *handles,
            f"frames {frames.start} to {frames.stop - 1} of {project.frame_count} alone, as the in and out "
            'points say: ask for the frames "all" to have the whole video',
        )

    def settings(self, project: Project, source: Path, reader: Reader) -> dict[str, object]:
        """What a manifest says of it, as JSON values: objects, frames, and the source they are of."""
        frames, described = self.frames_of(project), project.description
        chosen = self._chosen(project)
        handles = [chosen.start - frames.start, frames.stop - chosen.stop]
        return {
            **({"handles": handles} if self.handles else {}),
            **({} if self.naming.start is None else {"first_number": self.naming.start}),
            "objects": {str(object_id): name for object_id, name in self.objects_of(project).items()},
            "frames": [frames.start, frames.stop],
            "size": [described.video.width, described.video.height],
            "tracked_with": _origins(project),
            "source": {
                "name": source.name,
                "fingerprint": described.fingerprint,
                **_names_of_source(source, frames, described.video, reader),
            },
        }


def _origins(project: Project) -> list[dict[str, str]]:
    """What the passes of a project were computed by, each combination once, in the order of the passes."""
    told = [origin for number in project.state.passes for origin in project.origins(number)]
    return [origin for place, origin in enumerate(told) if origin not in told[:place]]


def _names_of_source(source: Path, frames: range, info: VideoInfo, reader: Reader) -> dict[str, object]:
    """By what people find frames in the source: names of images, or a time code, where these can be had."""
    names = image_names(source)
    if len(names) == info.frame_count:
        return {"images": [names[frame] for frame in frames]}
    try:
        told = SourceFacts.of(source, info, reader).time_code
    except VideoError:
        return {}
    first = later_time_code(told, frames.start, info.average_rate) if told else None
    return {"time_code": first} if first else {}
