"""The fakes we ship: a clip with exact ground truth, a segmenter and a propagator that need no weights.

They obey the same contracts as the real ones and run in milliseconds, so the whole product can be tested,
demonstrated and developed on them.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.canvas import LOGITS_SIZE
from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.masks import box_of
from track_anything.models import CachedSegmenter, Models
from track_anything.project import Description, Project, is_project
from track_anything.session import Session
from track_anything.system.lifecycle import Closing
from track_anything.types import Image, LabelMap, Mask, ObjectId
from track_anything.video.info import VideoInfo
from tracker.errors import SnapshotError, TrackerError
from tracker.memory_use import MemoryUse
from tracker.propagator import Propagated

_COLOURS = np.array([(220, 60, 50), (60, 200, 80), (70, 90, 230), (230, 200, 60)], np.uint8)
_TOLERANCE = 24  # distance per channel up to which two pixels have the same colour


@dataclass(frozen=True)
class MovingShapes(Closing):
    """A video of coloured discs that move over a grey texture, with the exact label map of every frame.

    Frames are drawn when asked for, so a clip of any length takes no memory.

    Attributes:
        frame_count: number of frames.
        height: rows.
        width: columns.
        shapes: number of objects, 1 to 4; object 1 is red, then green, blue and yellow.
    """

    frame_count: int = 12
    height: int = 72
    width: int = 96
    shapes: int = 1

    @property
    def info(self) -> VideoInfo:
        """A clip of 25 frames per second without sound."""
        return VideoInfo.of_constant_rate(self.frame_count, self.height, self.width, Fraction(25))

    def __len__(self) -> int:
        return self.frame_count

    def frame(self, index: int) -> Image:
        """The (H, W, 3) picture of a frame."""
        rows, columns = np.ogrid[: self.height, : self.width]
        grey = (110 + (rows // 8 + columns // 8) % 2 * 16).astype(np.uint8)  # (H, W)
        image = np.repeat(grey[:, :, None], 3, axis=2)  # (H, W, 3)
        label_map = self.label_map(index)
        for object_id in range(1, self.shapes + 1):
            image[label_map == object_id] = _COLOURS[object_id - 1]
        return image

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Image]:
        """The pictures from ``start`` up to, not including, ``stop``."""
        return (self.frame(index) for index in range(start, self.frame_count if stop is None else stop))

    def label_map(self, index: int) -> LabelMap:
        """The (H, W) ground truth of a frame."""
        label_map = np.zeros((self.height, self.width), np.uint8)
        for object_id in range(1, self.shapes + 1):
            x, y = self.centre(index, object_id)
            cv2.circle(label_map, (x, y), self.radius, object_id, thickness=-1)
        return label_map

    def centre(self, index: int, object_id: ObjectId = 1) -> tuple[int, int]:
        """The pixel ``(x, y)`` in the middle of an object on a frame."""
        lane = self.height * object_id // (self.shapes + 1)
        travel = max(1, self.width - 2 * self.radius - 2)
        step = (index + 7 * (object_id - 1)) % (2 * travel)
        return self.radius + 1 + min(step, 2 * travel - step), lane

    @property
    def radius(self) -> int:
        """Radius of every disc in pixels."""
        return max(2, self.height // (2 * self.shapes + 4))


class ColourSegmenter:
    """A segmenter for flat colours: the region that has the colour of the click and touches it.

    Attributes:
        encoder_passes: how often ``embed`` was called, for tests that count.
    """

    def __init__(self) -> None:
        self.encoder_passes = 0

    def embed(self, image: Image) -> Image:
        """The image itself."""
        self.encoder_passes += 1
        return image

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        """Answer a prompt; a lone click gets the region, the region grown, and everything of its colour."""
        height, width = embedding.shape[:2]
        prompt.check_inside(height, width)
        seeds = self._seeds(embedding, prompt)
        region = np.zeros((height, width), np.bool_)  # (H, W)
        for seed in seeds:
            region |= _region_at(embedding, seed)
        for x, y in prompt.points[prompt.labels == 0].round().astype(int):
            region &= ~_region_at(embedding, (x, y))
        if not prompt.is_ambiguous or not seeds:
            return _candidates([region], [0.98])
        grown = cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        alike = np.logical_or.reduce([_same_colour(embedding, seed) for seed in seeds])  # (H, W)
        for x, y in prompt.points[prompt.labels == 0].round().astype(int):
            alike &= ~_same_colour(embedding, (x, y))
        return _candidates([region, grown, alike], [0.98, 0.7, 0.6])

    def _seeds(self, image: Image, prompt: Prompt) -> list[tuple[int, int]]:
        positive = [(int(x), int(y)) for x, y in prompt.points[prompt.labels == 1].round()]
        if positive:
            return positive
        if prompt.logits is not None:
            return _logit_peak(prompt.logits, image.shape[:2])
        if prompt.box is not None:
            x0, y0, x1, y1 = prompt.box
            return [(int((x0 + x1) / 2), int((y0 + y1) / 2))]
        return []


class ShiftingPropagator:
    """A propagator that shifts each remembered mask by as much as its colour has moved.

    Its masks depend on all frames since the last ``remember``, as those of a real memory do, so that tests of
    pausing, saving and resuming mean something.
    """

    def __init__(self) -> None:
        self._masks: dict[ObjectId, Mask] = {}
        self._earlier: dict[ObjectId, Mask] = {}  # before the last step
        self._colours: dict[ObjectId, NDArray[np.float64]] = {}

    def remember(self, image: Image, label_map: LabelMap, *, permanent: bool = True) -> None:
        """Take over the masks of a frame."""
        del permanent  # one mask per object is all the memory there is
        if image.shape[:2] != label_map.shape:
            raise TrackerError(f"image {image.shape[:2]} and label map {label_map.shape} differ in size")
        present = {int(object_id) for object_id in np.unique(label_map)} - {0}
        if not present and not self._masks:
            raise TrackerError("no object was ever given: the label map is empty")
        for object_id in present | self._masks.keys():
            mask = label_map == object_id
            self._masks[object_id] = mask
            if mask.any():
                self._colours[object_id] = np.median(image[mask], axis=0)

    def step(self, image: Image) -> Propagated:
        """Shift every mask to where its colour is now."""
        if not self._masks:
            raise TrackerError("nothing is remembered yet: call remember before step")
        self._earlier = dict(self._masks)
        object_ids = tuple(sorted(self._masks))
        label_map = np.zeros(image.shape[:2], np.uint8)  # (H, W)
        for object_id in object_ids:
            self._masks[object_id] = self._shifted(image, object_id)
            label_map[self._masks[object_id]] = object_id
        probabilities = np.stack([label_map == object_id for object_id in (0, *object_ids)]).astype(
            np.float32
        )
        confidence = {object_id: float((label_map == object_id).any()) for object_id in object_ids}
        familiarity = np.ones(label_map.shape, np.float32)  # (H, W)
        return Propagated(label_map, probabilities, object_ids, confidence, familiarity)

    def withhold(self, object_ids: Collection[ObjectId]) -> None:
        """Go on from the masks before the last step."""
        self._masks.update({o: mask for o, mask in self._earlier.items() if o in object_ids})

    def memory_use(self) -> MemoryUse:
        """One whole frame, once something is remembered."""
        count = int(bool(self._masks))
        return MemoryUse(count, 0, 0, 0, 0, sum(mask.nbytes for mask in self._masks.values()))

    def forget(self, object_id: ObjectId) -> None:
        """Drop one object."""
        if object_id not in self._masks:
            raise TrackerError(f"object {object_id} is not remembered")
        del self._masks[object_id], self._colours[object_id]
        self._earlier.pop(object_id, None)

    def reset(self) -> None:
        """Drop every object."""
        self._masks.clear()
        self._earlier.clear()
        self._colours.clear()

    def save(self, path: Path) -> None:
        """Write the masks and colours."""
        arrays: dict[str, Any] = {f"mask{object_id}": mask for object_id, mask in self._masks.items()}
        arrays |= {f"colour{object_id}": colour for object_id, colour in self._colours.items()}
        with path.open("wb") as file:
            np.savez(file, **arrays)

    def load(self, path: Path) -> None:
        """Read what ``save`` wrote."""
        try:
            with np.load(path) as arrays:
                saved = dict(arrays)
        except (OSError, ValueError) as error:
            raise SnapshotError(
                f"{path} holds no memory of this propagator: give one that it saved"
            ) from error
        if not all(name.startswith(("mask", "colour")) for name in saved):
            raise TrackerError(f"{path} is the memory of another propagator: give one that this one saved")
        self._masks = {int(name[4:]): array for name, array in saved.items() if name.startswith("mask")}
        self._colours = {int(name[6:]): array for name, array in saved.items() if name.startswith("colour")}

    def _shifted(self, image: Image, object_id: ObjectId) -> Mask:
        mask = self._masks[object_id]
        where = _near(image, self._colours.get(object_id, np.full(3, np.inf)))
        box, target = box_of(mask), box_of(where)
        if box is None or target is None:
            return np.zeros_like(mask)
        shift = np.array([[1, 0, target[0] - box[0]], [0, 1, target[1] - box[1]]], np.float32)
        moved = cv2.warpAffine(mask.astype(np.uint8), shift, (mask.shape[1], mask.shape[0]))
        return np.asarray(moved > 0)


def _near(image: Image, colour: NDArray[Any]) -> Mask:
    is_near: Mask = (np.abs(image.astype(np.float64) - colour) <= _TOLERANCE).all(axis=2)
    return is_near


def _same_colour(image: Image, seed: tuple[int, int]) -> Mask:
    x, y = seed
    return _near(image, image[y, x])


def _region_at(image: Image, seed: tuple[int, int]) -> Mask:
    """The connected pixels of the seed's colour that touch the seed."""
    _, components = cv2.connectedComponents(_same_colour(image, seed).astype(np.uint8))
    x, y = seed
    return np.asarray(components == components[y, x])


def _logit_peak(logits: NDArray[np.float32], size: tuple[int, ...]) -> list[tuple[int, int]]:
    """The source pixel deepest inside the mask that the logits show, if they show one."""
    depth = cv2.distanceTransform((logits > 0).astype(np.uint8), cv2.DIST_L2, 3)
    if not depth.any():
        return []
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    scale = max(size) / LOGITS_SIZE
    height, width = size
    return [(min(int((column + 0.5) * scale), width - 1), min(int((row + 0.5) * scale), height - 1))]


def _candidates(masks: list[Mask], scores: list[float]) -> Candidates:
    logits = np.stack([logits_from_mask(mask.astype(np.float32)) for mask in masks])  # (M, 256, 256)
    return Candidates(np.stack(masks), np.array(scores, np.float32), np.ones(len(masks), np.float32), logits)


def fake_models() -> Models:
    """Models of which none needs weights; masks are not refined."""
    return Models(CachedSegmenter(ColourSegmenter()), ShiftingPropagator, refine_policy=None)


def fake_session(clip: MovingShapes, folder: Path) -> Session:
    """A session on a drawn clip, new or gone on with; exports need a real source, see ``Session.create``."""
    if is_project(folder):
        return Session(Project(folder), clip, fake_models)
    project = Project.create(folder, Description(Path("moving-shapes"), "", clip.info))
    return Session(project, clip, fake_models)
