"""What scripts and agents are told, as JSON values."""

import base64
from typing import Any

from track_anything.masks import box_of
from track_anything.masks.overlay import paint
from track_anything.review.report import report
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.exports import exported_files
from track_anything.ui.open_project import OpenProject
from track_anything.ui.wire import jpeg, shrunk

PICTURE = "picture"
"""The key of a JPEG in base64."""


def standing_of(opened: OpenProject) -> dict[str, Any]:
    """A project and its job; while the video is being read, of the project only that it is not ready."""
    told: dict[str, Any] = {"ready": opened.is_ready, "job": opened.describe_job()}
    if not opened.is_ready:
        return told
    session = opened.session
    project, info = session.project, session.project.description.video
    question = opened.cut_question
    return told | {
        "name": opened.entry.name,
        "video": {
            "width": info.width,
            "height": info.height,
            "frames": info.frame_count,
            "rate": float(info.average_rate),
        },
        "objects": [
            {"id": o, "name": name, "known_frames": sorted(project.state.frames_known(o))}
            for o, name in sorted(project.state.objects.items())
        ],
        "cuts": list(opened.cuts) if opened.cuts is not None else None,
        "asked_at_cut": None if question is None else {"frame": question.frame, "stop": question.stop},
        "in_doubt": len(session.frames_in_doubt()),
        "exports": [path.name for path in exported_files(opened.entry)],
        "notes": [opened.entry.without_paths(note) for note in project.notes],
    }


def picture_of(
    opened: OpenProject, frame: FrameIndex, *, masks: bool = True, height: int = 0
) -> dict[str, Any]:
    """A frame with its masks tinted over it, and where the masks are.

    Args:
        opened: the project.
        frame: the frame.
        masks: whether they are shown.
        height: of the picture, 0 = that of the video; ``scale`` says how much smaller it is.
    """
    session = opened.session
    session.project.check_frame(frame)
    image = session.video.frame(frame)
    label_map = session.label_map(frame)
    shown = paint(image, label_map, palette=session.palette) if masks else image
    small = shrunk(shown, height) if height > 0 else shown
    boxes = {o: box_of(label_map == o) for o in sorted(session.project.state.objects)}
    return {
        "frame": frame,
        "boxes": {
            str(o): [int(edge) for edge in box] if box is not None else None for o, box in boxes.items()
        },
        "scale": small.shape[0] / image.shape[0],
        PICTURE: base64.b64encode(jpeg(small)).decode(),
    }


def doubtful_frame(
    opened: OpenProject, frame: FrameIndex, object_id: ObjectId, *, is_shown: bool
) -> dict[str, Any]:
    """A frame in doubt: of which object, whether it was found there, how sure that is, why, and a picture."""
    line = next(report(opened.session.project, [frame], [object_id]))
    told = {
        "frame": frame,
        "object_id": object_id,
        "name": opened.session.project.state.objects[object_id],
        "status": line.status.value,
        "confidence": line.confidence,
        "reason": line.reason,
    }
    return picture_of(opened, frame) | told if is_shown else told
