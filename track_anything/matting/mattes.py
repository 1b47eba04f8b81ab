"""The mattes of a project's objects, frame after frame: what exports with alpha are made of on demand."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from track_anything.errors import InputError
from track_anything.matting.alpha_source import Alpha, Cutout
from track_anything.matting.build import MATTERS
from track_anything.matting.foreground import estimate_foreground
from track_anything.matting.guidance import guidance
from track_anything.matting.matte import Matte, normalise_alphas
from track_anything.matting.stabiliser import Stabiliser
from track_anything.matting.trimap import Trimap, make_trimap
from track_anything.matting.union import united
from track_anything.project import WIDEST_BAND, Project
from track_anything.types import AnyImage, FrameIndex, Image, Mask, ObjectId
from track_anything.video.bit_depth import to_8_bits
from track_anything.video.motion import Flow, FlowEstimator

_SHUTTER = 0.5  # the part of a frame's time during which film and most video cameras expose it
_OF_FRAME = 1 / 50  # the band's width as a part of the frame's shorter side, unless somebody chose one
_NARROWEST = 4.0  # pixels
_EDGE = 1.0  # pixels: the sigma of an edge in focus
_FASTEST = 2.0  # motion widens the band by this many of its widths at most


@dataclass(frozen=True)
class Matting:
    """How mattes are made.

    Attributes:
        method: a name in ``matting.build.MATTERS``.
        band: width of the unknown band in source pixels; None = what the project has for each object.
        is_stabilised: whether mattes are smoothed along the motion.
    """

    method: str = "closed-form"
    band: float | None = None
    is_stabilised: bool = True

    def __post_init__(self) -> None:
        """Raise InputError for a method that does not exist, or a band that is no width."""
        MATTERS[self.method]  # InputError for a name that is not there
        if self.band is not None and not 1 <= self.band <= WIDEST_BAND:
            raise InputError(
                f"a band cannot be {self.band} pixels wide: give a width from 1 to {WIDEST_BAND}"
            )


class Mattes:
    """An ``AlphaSource`` of mattes.

    Frames are asked for in order. A frame on which an object is known makes a new beginning for it, as does a
    frame that does not follow on the last one.

    Args:
        project: where the masks are.
        objects: whose mattes.
        matting: how they are made.
    """

    def __init__(self, project: Project, objects: Collection[ObjectId], matting: Matting) -> None:
        self._project = project
        self._tracks = {object_id: _MatteTrack(project, object_id, matting) for object_id in objects}
        self._flow = FlowEstimator()
        self._before: tuple[FrameIndex, Image] | None = None

    def alphas(self, frame: FrameIndex, image: Image) -> Iterator[tuple[ObjectId, Alpha]]:
        """See ``AlphaSource``; they sum to at most 1."""
        flow = self._flow_to_before(frame, image)
        seen = guidance(image)
        found = {object_id: track.step(frame, seen, flow) for object_id, track in self._tracks.items()}
        present = normalise_alphas(
            {object_id: matte for object_id, matte in found.items() if matte is not None}
        )
        for object_id in self._tracks:
            yield object_id, present.get(object_id, np.zeros(image.shape[:2], np.float32))

    def together(self, frame: FrameIndex, image: Image) -> Alpha:
        """See ``AlphaSource``."""
        shares = [alpha for _, alpha in self.alphas(frame, image)]
        if not shares:
            return np.zeros(image.shape[:2], np.float32)
        return united(shares, [self._project.mask(frame, object_id) for object_id in self._tracks])

    def cutout(self, frame: FrameIndex, image: AnyImage) -> Cutout:
        """See ``AlphaSource``; the colours are the objects' own, without the background between hairs."""
        alpha = self.together(frame, to_8_bits(image))
        return Cutout(estimate_foreground(image, alpha), alpha)

    def _flow_to_before(self, frame: FrameIndex, image: Image) -> Flow | None:
        """(H, W, 2), or None when the frame before was another one."""
        before, self._before = self._before, (frame, image)
        return self._flow(image, before[1]) if before is not None and before[0] == frame - 1 else None


class _MatteTrack:
    """The mattes of one object."""

    def __init__(self, project: Project, object_id: ObjectId, matting: Matting) -> None:
        self._project = project
        self._object_id = object_id
        self._band = band_of(project, object_id) if matting.band is None else matting.band
        self._matter = MATTERS.build(matting.method)
        self._stabiliser = Stabiliser()
        self._is_stabilised = matting.is_stabilised

    def step(self, frame: FrameIndex, image: Image, flow: Flow | None) -> Matte | None:
        """(H, W), or None when the object is not on the frame."""
        mask = self._project.mask(frame, self._object_id)
        probability = self._project.probability(frame, self._object_id)
        trimap = trimap_of(mask, probability, band=self._band, flow=flow)
        is_absent = not trimap.any()
        is_new_beginning = flow is None or self._project.claim(frame, self._object_id).is_known
        if is_absent or is_new_beginning:
            self._matter.reset()
            self._stabiliser.reset()
        if is_absent:
            return None
        prior = cv2.GaussianBlur(probability, (0, 0), _EDGE)  # a mask that a person gave has no soft edge
        matte = self._matter.step(image, trimap, np.asarray(prior, np.float32))
        return self._stabiliser.step(matte, trimap, flow) if self._is_stabilised else matte


def band_of(project: Project, object_id: ObjectId) -> float:
    """How wide the unknown band of an object is, in pixels: as was chosen, else by the size of the frame."""
    return project.state.bands.get(object_id, max(_NARROWEST, float(round(min(project.size) * _OF_FRAME))))


def trimap_of(mask: Mask, probability: Alpha, *, band: float, flow: Flow | None = None) -> Trimap:
    """The trimap of an object on a frame.

    Args:
        mask: (H, W), of the object.
        probability: (H, W), how sure the tracker was.
        band: width of the unknown band along its outline, in pixels.
        flow: (H, W, 2) to a frame beside it; the band is wider where the object's motion blurs its outline.

    Returns:
        (H, W); all background when the object is not there.
    """
    motion = 0.0
    if flow is not None and mask.any():
        length = float(np.median(np.hypot(flow[mask, 0], flow[mask, 1])))
        motion = min(_SHUTTER * length, _FASTEST * band)
    return make_trimap(mask, width=band, probability=probability, motion=motion)
