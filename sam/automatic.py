"""Masks of everything in an image, from a grid of clicks instead of prompts.

Kirillov et al., ICCV 2023, section 4 "Fully automatic stage" and appendix B.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sam.automatic_mask import AutomaticMask, FoundMask
from sam.crop import Crop, crops_of
from sam.errors import ImageError, SamError
from sam.mask_filters import box_of, clean, suppress, touches_inner_edge
from sam.point_segmenter import predict_points
from sam.segmenter import Segmenter

E = TypeVar("E")
M = TypeVar("M", AutomaticMask, FoundMask)


@dataclass(frozen=True)
class AutomaticMasks:
    """How everything in an image is found; ``find`` finds it.

    Attributes:
        points_per_side: n for n x n clicks on the image, at least 1.
        points_per_batch: clicks from one report of progress to the next, at least 1.
        min_predicted_iou: a mask whose predicted IoU, about 0 to 1, is lower is dropped.
        min_stability: a mask whose stability, 0 to 1, is lower is dropped.
        max_overlap: IoU of two boxes, 0 to 1, above which one mask is dropped: the one of lower predicted
            IoU, or the one from the larger crop.
        crop_layers: how often the image is quartered and its parts, too, are segmented, to find small things;
            at least 0. Layer i has 4^i crops and each takes an encoder pass.
        crop_overlap: what neighbouring crops of layer 1 share, as a part of the image's shorter side, 0 to 1;
            half as much in each further layer.
        points_downscale: the points per side are divided by this from layer to layer, at least 1.
        min_region: area in pixels below which holes are filled and islands removed; 0 for no cleaning.

    Raises:
        SamError: a number is outside its limits.
    """

    points_per_side: int = 32
    points_per_batch: int = 64
    min_predicted_iou: float = 0.88
    min_stability: float = 0.95
    max_overlap: float = 0.7
    crop_layers: int = 0
    crop_overlap: float = 512 / 1500
    points_downscale: int = 1
    min_region: int = 0

    def __post_init__(self) -> None:
        """Refuse grids without points and shares that are none."""
        at_least_one = ("points_per_side", "points_per_batch", "points_downscale")
        for name in (*at_least_one, "crop_layers", "min_region"):
            least = int(name in at_least_one)
            if getattr(self, name) < least:
                raise SamError(f"{name} cannot be {getattr(self, name)}: give at least {least}")
        for name in ("max_overlap", "crop_overlap"):
            if not 0 <= getattr(self, name) <= 1:
                raise SamError(f"{name} cannot be {getattr(self, name)}: give a share between 0 and 1")

    def find(
        self,
        segmenter: Segmenter[E],
        image: NDArray[np.uint8],
        embedding: E | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[AutomaticMask]:
        """Find everything in an image.

        Args:
            segmenter: any; a ``PointSegmenter`` is faster than others.
            image: (H, W, 3) uint8 RGB.
            embedding: of the whole image, where the caller has it: the encoder then runs for crops only.
            progress: called with (batches done, batches in all) after each batch of clicks. Raising an error
                in it is the way to cancel: it ends the search and comes out of here.

        Returns:
            The masks, largest area first; they may overlap. None at all if no answer was good enough.

        Raises:
            SamError: the array is no such image, or the embedding is that of an image of another size.
        """
        steps = self.steps(segmenter, image, embedding)
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                masks: list[AutomaticMask] = end.value
                return masks
            if progress is not None:
                progress(done, total)

    def steps(
        self, segmenter: Segmenter[E], image: NDArray[np.uint8], embedding: E | None = None
    ) -> Generator[tuple[int, int], None, list[AutomaticMask]]:
        """Do what ``find`` does, batch by batch; to iterate no further is to cancel.

        Yields:
            (batches done, batches in all) after each batch of clicks.

        Returns:
            What ``find`` returns: ``masks = yield from settings.steps(...)``.
        """
        found = yield from self.packed_steps(segmenter, image, embedding)
        return self._finished(found, (image.shape[0], image.shape[1]))

    def packed_steps(
        self, segmenter: Segmenter[E], image: NDArray[np.uint8], embedding: E | None = None
    ) -> Generator[tuple[int, int], None, list[FoundMask]]:
        """As ``steps``, but the masks that are returned are packed, in no order, and not cleaned."""
        height, width = image.shape[:2]
        done, total = 0, self.batches_in((height, width))
        found: list[FoundMask] = []
        for crop in crops_of((height, width), self.crop_layers, self.crop_overlap):
            features = segmenter.embed(crop.cut(image)) if embedding is None or crop.layer > 0 else embedding
            found_in_crop: list[FoundMask] = []
            for points in self._batches(crop):
                found_in_crop += self._found_at(points, segmenter, features, crop, (height, width))
                done += 1
                yield done, total
            found += self._without_rivals(found_in_crop, [mask.predicted_iou for mask in found_in_crop])
        if self.crop_layers:
            found.sort(key=lambda mask: -mask.predicted_iou)  # decides between crops of the same area
            found = self._without_rivals(found, [-mask.crop.area for mask in found])
        return found

    def batches_in(self, size: tuple[int, int]) -> int:
        """How many batches of clicks an image of (H, W) takes: the items of ``steps``."""
        return sum(len(self._batches(crop)) for crop in crops_of(size, self.crop_layers, self.crop_overlap))

    def _batches(self, crop: Crop) -> list[NDArray[np.float32]]:
        """The clicks on a crop, (N, 2) ``(x, y)`` in its pixels each."""
        points_per_side = max(1, self.points_per_side // self.points_downscale**crop.layer)
        points = crop.grid(points_per_side)
        starts = range(0, len(points), self.points_per_batch)
        return [points[start : start + self.points_per_batch] for start in starts]

    def _found_at(
        self,
        points: NDArray[np.float32],
        segmenter: Segmenter[E],
        embedding: E,
        crop: Crop,
        size: tuple[int, int],
    ) -> Iterator[FoundMask]:
        """The answers to clicks (N, 2) on a crop of an image of (H, W) that pass every filter."""
        answers = predict_points(segmenter, embedding, points, min_predicted_iou=self.min_predicted_iou)
        for point, answer in zip(points, answers, strict=True):
            if answer.masks.shape[1:] != crop.size:
                raise ImageError(
                    f"the embedding is of an image of (H, W) = {answer.masks.shape[1:]}, not {crop.size}: "
                    "embed the image that is to be segmented"
                )
            is_good = (answer.stability >= self.min_stability) & answer.masks.any(axis=(1, 2))  # (M,)
            for index in np.flatnonzero(is_good):
                found = FoundMask.pack(
                    answer.masks[index],
                    crop,
                    predicted_iou=float(answer.scores[index]),
                    stability=float(answer.stability[index]),
                    point=(float(point[0]), float(point[1])),
                )
                if not touches_inner_edge(found.box, crop.box, size):
                    yield found

    def _finished(self, found: list[FoundMask], size: tuple[int, int]) -> list[AutomaticMask]:
        """The masks at the size of the image, (H, W), cleaned if that is wanted, largest first."""
        masks: list[AutomaticMask] = []
        scores: list[float] = []
        for each in found:
            answered = each.unpack(size)  # (H, W)
            mask = clean(answered, self.min_region) if self.min_region else answered
            area = int(np.count_nonzero(mask))
            masks.append(
                AutomaticMask(mask, box_of(mask), area, each.predicted_iou, each.stability, each.point)
            )
            scores.append(float(np.array_equal(mask, answered)))  # what needed no cleaning goes first
        if self.min_region:
            masks = self._without_rivals(masks, scores)
        return sorted(masks, key=lambda mask: -mask.area)

    def _without_rivals(self, masks: list[M], scores: list[float]) -> list[M]:
        """Those that no better one overlaps by too much, best score first."""
        boxes = np.array([mask.box for mask in masks], np.float64).reshape(-1, 4)
        return [masks[index] for index in suppress(boxes, np.array(scores), self.max_overlap)]
