"""A part of COCO: its pictures, the objects on them, and the published evaluation of masks."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from benchmarks.stills import each_nth, picture
from track_anything.masks.rle import encode_rle
from track_anything.types import Image, Mask

SIZES = ("all", "small", "medium", "large")
"""Of objects: up to 32 x 32 pixels, up to 96 x 96, and beyond."""


@dataclass(frozen=True)
class CocoPart:
    """Pictures and their annotations.

    Attributes:
        folder: with ``images`` and ``instances.json``.
        every: each Nth picture counts.
    """

    folder: Path
    every: int = 1

    @cached_property
    def coco(self) -> Any:  # noqa: ANN401 - a package without types
        """The annotations as pycocotools has them."""
        with redirect_stdout(io.StringIO()):
            return COCO(str(self.folder / "instances.json"))

    @cached_property
    def ids(self) -> list[int]:
        """The pictures that count."""
        return each_nth(sorted(self.coco.getImgIds()), self.every)

    def image(self, image_id: int) -> Image:
        """A picture, (H, W, 3)."""
        return picture(self.folder / "images" / self.file_name(image_id))

    def file_name(self, image_id: int) -> str:
        """What the file of a picture is called."""
        return str(self.coco.loadImgs([image_id])[0]["file_name"])

    def objects(self, image_id: int) -> list[dict[str, Any]]:
        """The annotations of a picture but those of crowds."""
        found: list[dict[str, Any]] = self.coco.loadAnns(
            self.coco.getAnnIds(imgIds=[image_id], iscrowd=False)
        )
        return found

    def crowds(self, image_id: int, category_id: int) -> list[Mask]:
        """The (H, W) masks of the crowds of a category on a picture."""
        ids = self.coco.getAnnIds(imgIds=[image_id], catIds=[category_id], iscrowd=True)
        return [self.mask(each) for each in self.coco.loadAnns(ids)]

    def mask(self, annotation: dict[str, Any]) -> Mask:
        """The (H, W) mask of an annotation."""
        return np.asarray(self.coco.annToMask(annotation), np.bool_)

    def name(self, category_id: int) -> str:
        """What a category is called."""
        return str(self.coco.loadCats([category_id])[0]["name"])

    def average_precision(self, results: Sequence[dict[str, Any]]) -> dict[str, float]:
        """AP over IoU 0.5 to 0.95 by size of object, and at 0.5 and 0.75; of masks, per class."""
        stats = self._evaluated(results).stats
        names = ("all", "0.5", "0.75", "small", "medium", "large")
        return {name: float(value) for name, value in zip(names, stats, strict=False)}

    def average_recall(
        self, results: Sequence[dict[str, Any]], limits: tuple[int, int, int]
    ) -> dict[int, dict[str, float]]:
        """AR over IoU 0.5 to 0.95, of masks whatever their class: by limit per picture, by size of object."""
        some = self.coco.getCatIds()[0]  # pycocotools looks at those of known classes alone
        rows = [{**row, "category_id": some} for row in results]
        evaluation = self._evaluated(rows, limits, has_classes=False)
        recall = evaluation.eval["recall"]  # (thresholds, classes, sizes, limits)
        return {
            limit: {size: _mean(recall[:, :, at, place]) for at, size in enumerate(SIZES)}
            for place, limit in enumerate(limits)
        }

    def _evaluated(
        self,
        results: Sequence[dict[str, Any]],
        limits: tuple[int, int, int] = (1, 10, 100),
        *,
        has_classes: bool = True,
    ) -> Any:  # noqa: ANN401 - a package without types
        with redirect_stdout(io.StringIO()):
            found = self.coco.loadRes(list(results)) if results else COCO()  # it looks at the first of them
            evaluation = COCOeval(self.coco, found, "segm")
            evaluation.params.imgIds = self.ids
            evaluation.params.maxDets = list(limits)
            evaluation.params.useCats = int(has_classes)
            evaluation.evaluate()
            evaluation.accumulate()
            if limits[2] == evaluation.params.maxDets[-1] == 100:
                evaluation.summarize()
        return evaluation


def result(image_id: int, category_id: int, mask: Mask, score: float) -> dict[str, Any]:
    """A mask (H, W) as a row of COCO results."""
    counts = {"size": list(mask.shape), "counts": encode_rle(mask)}
    return {"image_id": image_id, "category_id": category_id, "segmentation": counts, "score": score}


def _mean(values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The mean of those that are there; -1 marks that there is no such object."""
    there = values[values > -1]
    return float(there.mean()) if there.size else float("nan")
