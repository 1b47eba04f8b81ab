"""A person says that masks are right: they are locked."""

from track_anything.errors import InputError
from track_anything.project import Project
from track_anything.project.edits import Lock
from track_anything.tracking.plan import has_open_frames
from track_anything.types import FrameIndex


def review_project(name: str, project: Project, frames: tuple[FrameIndex, FrameIndex] | None = None) -> None:
    """Lock the masks of all objects, as one step to undo.

    Args:
        name: of the video.
        project: of the video, open for editing.
        frames: from the first up to, not including, the second; None = all that are to be labelled.

    Raises:
        InputError: it has no objects yet, no such frames, or frames without a mask.
    """
    whole = project.state.chosen_range or range(project.frame_count)
    span = range(*(frames or (whole.start, whole.stop)))
    project.check_range(span.start, span.stop)
    if not project.state.objects:
        raise without_objects(name)
    if has_open_frames(project):
        _check_tracked(name, project, span)
    with project.one_step():
        for object_id in project.state.objects:
            project.edit(Lock(object_id, span.start, span.stop))


def without_objects(name: str) -> InputError:
    """What is wrong with a video that nobody has labelled."""
    return InputError(f"{name} has no objects yet: label it first")


def _check_tracked(name: str, project: Project, span: range) -> None:
    for object_id in project.state.objects:
        for frame in span:
            claim = project.claim(frame, object_id)
            if not claim.is_known and not claim.parts:
                raise InputError(f"frame {frame} of {name} has no mask yet: track it first")
