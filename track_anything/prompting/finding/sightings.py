"""What the detector says of an image for all of its classes, looked at whole and in parts.

A photo is made small for the detector, and small things are lost by that. So overlapping parts of it are
looked at, too (Akyon et al., ICIP 2022, "Slicing aided hyper inference").
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sam.mask_filters import suppress
from track_anything.masks import box_of
from track_anything.models.coco_classes import COCO_CLASSES
from track_anything.models.detector import YoloxDetector
from track_anything.types import Image, Mask

_PARTS = (1, 2, 3)  # a side
_OVERLAP = 0.2  # share of a part that the next one has, too
_LEAST_SIDE = 200  # pixels of the longer side of a part: enlarged further, nothing more is found
_CUT = 4  # pixels from the border of a part, within which a box is taken to be cut off there
_FAINT = 0.01  # score below which nothing is kept
_FITS = 0.5  # IoU of a box with that of a mask, from which on both are of one thing
_LIKELY = 0.3  # share of the likeliest class, from which on a class is looked for, too
_MOST_CLASSES = 2
_LEAST_SCORE = 0.05  # of a box that is looked into
_SAME = 0.65  # IoU of two boxes of one class above which they are of one thing
_MOST_BOXES = 50  # of a class

Classes = NDArray[np.float32]
"""(C,) score per class of the detector, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Sightings:
    """Boxes, each with the scores of all classes.

    Attributes:
        boxes: (N, 4) ``(x0, y0, x1, y1)`` in pixels of the image.
        scores: (N, C) 0 to 1.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float32]

    @classmethod
    def none(cls) -> "Sightings":
        """Nothing at all, which is what there is to say without a detector."""
        return cls(np.zeros((0, 4)), np.zeros((0, len(COCO_CLASSES)), np.float32))

    @classmethod
    def of(cls, detector: YoloxDetector, image: Image) -> "Sightings":
        """Look at an image (H, W, 3); takes the time of up to 14 detections."""
        boxes, scores = [], []
        size = np.array([image.shape[1], image.shape[0]])
        for corner, part in _parts(image):
            found, told = detector.predictions(part)
            found = found + np.tile(corner, 2)
            far = corner + np.array((part.shape[1], part.shape[0]))
            is_cut = ((found[:, :2] < corner + _CUT) & (corner > 0)).any(axis=1)
            is_cut |= ((found[:, 2:] > far - _CUT) & (far < size)).any(axis=1)
            found = np.clip(found, 0, np.tile(size, 2))
            is_empty = (found[:, 2:] - found[:, :2] < 1).any(axis=1)
            kept = ~is_cut & ~is_empty & (told.max(axis=1) >= _FAINT)
            boxes.append(found[kept])
            scores.append(told[kept])
        return cls(np.concatenate(boxes), np.concatenate(scores))

    def classes_of(self, mask: Mask) -> Classes:
        """What a mask (H, W) is: the best score of a box that fits it, weighted by how well it fits."""
        box = box_of(mask)
        if box is None or not len(self.boxes):
            return np.zeros(self.scores.shape[1], np.float32)
        overlaps = _overlaps(self.boxes, np.array(box, np.float64))  # (N,)
        fits = overlaps >= _FITS
        weighted = self.scores[fits] * overlaps[fits, None]
        return np.asarray(weighted.max(axis=0, initial=0), np.float32)

    def boxes_of(self, classes: Classes) -> NDArray[np.float32]:
        """The boxes (M, 4) of what may be of the likeliest of some classes, each thing once per class."""
        likeliest = [int(place) for place in np.argsort(-classes, kind="stable")[:_MOST_CLASSES]]
        found = []
        for place in likeliest:
            if classes[place] < max(_LIKELY * float(classes.max()), _LEAST_SCORE / 2):
                continue
            is_seen = self.scores[:, place] >= _LEAST_SCORE
            boxes, scores = self.boxes[is_seen], self.scores[is_seen, place]
            found.append(boxes[suppress(boxes, scores, _SAME)[:_MOST_BOXES]])
        return np.concatenate([np.zeros((0, 4)), *found]).astype(np.float32)


def _parts(image: Image) -> Iterator[tuple[NDArray[np.int64], Image]]:
    """The image and its overlapping parts, each with its corner ``(x, y)`` in the image."""
    height, width = image.shape[:2]
    for count in _PARTS:
        share = 1 / (count - (count - 1) * _OVERLAP)  # of a side that a part has
        if count > 1 and max(height, width) * share < _LEAST_SIDE:
            return
        for row in range(count):
            for column in range(count):
                x, y = (
                    int(place * share * (1 - _OVERLAP) * side)
                    for place, side in ((column, width), (row, height))
                )
                far_x, far_y = (
                    side if place == count - 1 else min(side, near + round(share * side))
                    for place, side, near in ((column, width, x), (row, height, y))
                )
                yield np.array((x, y)), np.ascontiguousarray(image[y:far_y, x:far_x])


def _overlaps(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    """IoU (N,) of boxes (N, 4) with a box (4,)."""
    shared = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    both = np.clip(shared, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod()
    return np.asarray(both / np.maximum(areas - both, 1e-9))
