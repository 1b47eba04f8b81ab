"""Frames and masks for the canvas, thumbnails for the timeline."""

from typing import Annotated, Any, TypeAlias

import numpy as np
from fastapi import APIRouter, Query
from fastapi.responses import Response
from numpy.typing import NDArray

from track_anything.export import ProjectMasks
from track_anything.matting import AlphaSource, Mattes, Matting, SoftAlpha
from track_anything.matting.mattes import trimap_of
from track_anything.project.clean_up import CleanUp
from track_anything.types import MAX_OBJECT_ID, FrameIndex, ObjectId
from track_anything.ui.describe import describe_frame
from track_anything.ui.open_project import OpenProject
from track_anything.ui.routes.access import OwnProject
from track_anything.ui.wire import gzipped, jpeg, png, shrunk
from track_anything.video import FrameStore
from track_anything.video.bit_depth import to_8_bits

router = APIRouter(prefix="/api/projects/{project_id}")

_THUMBNAIL_HEIGHT = 108  # pixels; twice what the filmstrip shows, for screens of double density
_THUMBNAIL_QUALITY = 80
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # a frame of a project never changes
_LONGEST_LIST = 4 * MAX_OBJECT_ID  # characters that name every object there can be
_NEVER = {"Cache-Control": "no-store"}

Listed: TypeAlias = Annotated[str, Query(pattern=r"^[\d,]*$", max_length=_LONGEST_LIST)]
"""Ids of objects, with commas between them."""


@router.get("/frames/{frame}")
def frame_picture(project: OwnProject, frame: FrameIndex) -> Response:
    """A frame as a JPEG of the source's size."""
    video = project.session.video
    project.session.project.check_frame(frame)
    picture = video.jpeg(frame) if isinstance(video, FrameStore) else jpeg(video.frame(frame))
    return Response(picture, media_type="image/jpeg", headers=_FOREVER)


@router.get("/thumbs/{frame}")
def thumbnail(project: OwnProject, frame: FrameIndex) -> Response:
    """A frame as a small JPEG."""
    project.session.project.check_frame(frame)
    image = shrunk(project.session.video.frame(frame), _THUMBNAIL_HEIGHT)
    return Response(jpeg(image, _THUMBNAIL_QUALITY), media_type="image/jpeg", headers=_FOREVER)


@router.get("/masks/{frame}")
def label_map(project: OwnProject, frame: FrameIndex, before: bool = False) -> Response:
    """The object id of every pixel, one byte each; ``before`` the last step, to be compared."""
    read = project.session.project.label_map_before if before else project.session.label_map
    return _pixels(read(frame))


@router.get("/soft/{frame}")
def soft(project: OwnProject, frame: FrameIndex, objects: Listed, matte: str | None = None) -> Response:
    """How much of every pixel is one of the objects, 0 to 255, one byte each.

    That is the alpha that exports have: as the tracker had it, or a ``matte`` sought by one of
    ``matting.build.MATTERS``, but not smoothed over the frames before.
    """
    source = _alphas(project, frame, objects, matte)
    return _pixels(_as_bytes(source.together(frame, project.session.video.frame(frame))))


@router.get("/cutout/{frame}")
def cutout(project: OwnProject, frame: FrameIndex, objects: Listed, matte: str | None = None) -> Response:
    """The objects cut out of the picture as exports have them, a PNG with the alpha of ``soft``."""
    source = _alphas(project, frame, objects, matte)
    cut = source.cutout(frame, project.session.video.frame(frame))
    pixels = np.dstack((to_8_bits(cut.colours), _as_bytes(cut.alpha)))  # (H, W, 4)
    return Response(png(pixels), media_type="image/png", headers=_NEVER)


@router.get("/trimap/{frame}")
def trimap(project: OwnProject, frame: FrameIndex, object_id: ObjectId, band: float) -> Response:
    """What a band of so many pixels leaves unknown along an outline: 0, 128 and 255, one byte per pixel."""
    masks = project.session.project
    masks.check_frame(frame)
    masks.check_object(object_id)
    mask, probability = masks.mask(frame, object_id), masks.probability(frame, object_id)
    return _pixels(trimap_of(mask, probability, band=band))


# Clean-up, for a page with sliders. A project tells each object's values as ``objects[].clean_up`` with
# ``holes``, ``islands`` (areas in pixels, whole numbers up to 1,000,000), ``smooth`` (0 to 100 pixels) and
# ``grow`` (-100 to 100 pixels). While a slider moves, the page shows what this route answers in place of
# ``masks/{frame}``; on release it posts ``{"kind": "set_clean_up", "object_id": ..., "holes": ...,
# "islands": ..., "smooth": ..., "grow": ...}`` (what is left out is 0) to ``edits``: one step to undo, after
# which ``masks/{frame}`` and every export hold the cleaned masks.
@router.get("/clean-up/{frame}")
def cleaned(
    project: OwnProject,
    frame: FrameIndex,
    object_id: ObjectId,
    holes: int = 0,
    islands: int = 0,
    smooth: float = 0.0,
    grow: float = 0.0,
) -> Response:
    """The label map as it would be with these values for one object: ids, one byte per pixel."""
    masks = project.session.project
    masks.check_object(object_id)
    asked = CleanUp(holes, islands, smooth, grow)
    return _pixels(masks.label_map(frame, clean_ups={**masks.state.clean_ups, object_id: asked}))


@router.get("/about/{frame}")
def about(project: OwnProject, frame: FrameIndex) -> dict[str, Any]:
    """How each object stands on a frame, and the clicks and boxes there."""
    return describe_frame(project, frame)


def _alphas(project: OpenProject, frame: FrameIndex, objects: str, matte: str | None) -> AlphaSource:
    """Where the alpha of some objects comes from; InputError where one of them or the frame is missing."""
    masks = project.session.project
    masks.check_frame(frame)
    chosen: list[ObjectId] = [int(text) for text in objects.split(",") if text]
    for object_id in chosen:
        masks.check_object(object_id)
    if matte is None:
        return SoftAlpha(ProjectMasks(masks), chosen)
    return Mattes(masks, chosen, Matting(matte))


def _as_bytes(alpha: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (alpha * 255).round().astype(np.uint8)


def _pixels(array: NDArray[np.uint8]) -> Response:
    headers = _NEVER | {"Content-Encoding": "gzip"}
    return Response(gzipped(array), media_type="application/octet-stream", headers=headers)
