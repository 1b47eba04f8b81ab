"""The edges of an image, from a grid of clicks: where the masks of things end.

Kirillov et al., ICCV 2023, section 7.2 "Zero-shot edge detection" and appendix D.2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.as_seen import as_seen
from sam.canvas import CANVAS_SIZE, LOGITS_SIZE, fit_canvas
from sam.crop import Crop
from sam.errors import SamError
from sam.mask_filters import box_of, suppress
from sam.point_segmenter import predict_points
from sam.segmenter import Segmenter

E = TypeVar("E")

_CELL = CANVAS_SIZE // LOGITS_SIZE  # canvas pixels per logit
_SPREAD = 2.0  # standard deviation in pixels over which the direction of an edge is measured
_RIM = 1.01  # a pixel must be no weaker than its neighbours across the edge by this factor


@dataclass(frozen=True)
class Edges:
    """How the edges of an image are found; ``find`` finds them.

    Attributes:
        points_per_side: n for n x n clicks on the image, at least 1.
        points_per_batch: clicks from one report of progress to the next, at least 1.
        max_overlap: IoU of two boxes, 0 to 1, above which the mask of lower predicted IoU is dropped.

    Raises:
        SamError: a number is outside its limits.
    """

    points_per_side: int = 16
    points_per_batch: int = 16
    max_overlap: float = 0.7

    def __post_init__(self) -> None:
        """Refuse grids without points and shares that are none."""
        for name in ("points_per_side", "points_per_batch"):
            if getattr(self, name) < 1:
                raise SamError(f"{name} cannot be {getattr(self, name)}: give at least 1")
        if not 0 <= self.max_overlap <= 1:
            raise SamError(f"max_overlap cannot be {self.max_overlap}: give a share between 0 and 1")

    def find(
        self,
        segmenter: Segmenter[E],
        image: NDArray[np.uint8],
        embedding: E | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Find the edges of an image; no mask is left out for its quality.

        Memory does not grow with the image beyond a copy of it: a large one is looked at, and its edges are
        made, at the 1024 pixels that the network sees; masks are kept as the network gives them.

        Args:
            segmenter: any; a ``PointSegmenter`` is faster than others.
            image: (H, W, 3) uint8 RGB.
            embedding: of the image, where the caller has it and neither side has more than 1024 pixels.
            progress: called with (batches done, batches in all); an error raised in it ends the search.

        Returns:
            (H, W) float32, 0 to 1: how strong the edge at a pixel is, one pixel wide at the size at which
            edges are made; all 0 where nothing was found.
        """
        size = image.shape[0], image.shape[1]
        if max(size) > CANVAS_SIZE:
            image, embedding = as_seen(image), None
        height, width = image.shape[:2]
        features = segmenter.embed(image) if embedding is None else embedding
        points = Crop(0, (0, 0, width, height)).grid(self.points_per_side)
        starts = range(0, len(points), self.points_per_batch)
        found: list[NDArray[np.float16]] = []  # (256, 256) each
        scores: list[float] = []
        for done, start in enumerate(starts, start=1):
            batch = points[start : start + self.points_per_batch]
            for answer in predict_points(segmenter, features, batch, min_predicted_iou=-np.inf):
                found += list(answer.logits.astype(np.float16))
                scores += answer.scores.tolist()
            if progress is not None:
                progress(done, len(starts))
        strength = self._strength(found, np.array(scores), (height, width))
        thin = thinned(strength / max(float(strength.max()), 1e-6))
        return np.asarray(cv2.resize(thin, size[::-1], interpolation=cv2.INTER_NEAREST), np.float32)

    def _strength(
        self, found: list[NDArray[np.float16]], scores: NDArray[np.float64], size: tuple[int, int]
    ) -> NDArray[np.float32]:
        """The strongest edge of all masks at every pixel of an image of (h, w); (h, w)."""
        rows, columns = size
        strength = np.zeros((rows, columns), np.float32)
        inside = _cells_of(size)
        there = [place for place, logits in enumerate(found) if (logits[inside] > 0).any()]
        if not there:
            return strength
        boxes = np.array([box_of(found[place][inside] > 0) for place in there], np.float64)
        for kept in suppress(boxes, scores[there], self.max_overlap):
            logits = found[there[kept]].astype(np.float32)
            np.maximum(strength, mask_edge(_resized(logits, size, (columns, rows))), out=strength)
        return strength


def mask_edge(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """How strongly a mask ends at every pixel of its outline.

    Args:
        logits: (h, w) of the mask, positive inside.

    Returns:
        (h, w) at least 0: the slope of the mask's probability, 0 away from the outline and where the image
        itself ends.
    """
    probability = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    across = cv2.Sobel(probability, cv2.CV_32F, 1, 0, borderType=cv2.BORDER_REPLICATE)
    down = cv2.Sobel(probability, cv2.CV_32F, 0, 1, borderType=cv2.BORDER_REPLICATE)
    mask = (logits > 0).astype(np.uint8)
    square = np.ones((3, 3), np.uint8)
    outline = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, square, borderType=cv2.BORDER_REPLICATE)
    near = cv2.dilate(outline, square)
    return np.asarray(np.hypot(across, down) * near, np.float32)


def thinned(strength: NDArray[np.float32]) -> NDArray[np.float32]:
    """Keep of every edge its ridge alone (non-maximum suppression, Canny, PAMI 1986).

    Args:
        strength: (h, w) at least 0.

    Returns:
        (h, w): the same where a pixel is no weaker than both neighbours across the edge, else 0.
    """
    smooth = cv2.GaussianBlur(strength, (0, 0), _SPREAD)
    bend_across = cv2.Sobel(smooth, cv2.CV_32F, 2, 0, ksize=5)
    bend_down = cv2.Sobel(smooth, cv2.CV_32F, 0, 2, ksize=5)
    bend_both = cv2.Sobel(smooth, cv2.CV_32F, 1, 1, ksize=5)
    angle = 0.5 * np.arctan2(2 * bend_both, bend_across - bend_down)  # of one main curvature
    along, over = np.cos(angle), np.sin(angle)
    first = bend_across * along**2 + 2 * bend_both * along * over + bend_down * over**2
    is_other = first > bend_across + bend_down - first  # across a ridge, the curvature is the most negative
    along, over = np.where(is_other, -over, along), np.where(is_other, along, over)
    rows, columns = np.indices(strength.shape, np.float32)
    ridge = np.ones(strength.shape, np.bool_)
    for step in (-1.0, 1.0):
        beside = cv2.remap(
            strength,
            (columns + step * along).astype(np.float32),
            (rows + step * over).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        ridge &= strength * _RIM >= beside
    return np.where(ridge, strength, 0).astype(np.float32)


def _cells_of(size: tuple[int, int]) -> tuple[slice, slice]:
    """The logits that an image of (H, W) takes of the square."""
    rows, columns = fit_canvas(*size)
    return slice(0, -(-rows // _CELL)), slice(0, -(-columns // _CELL))


def _resized(
    logits: NDArray[np.float32], size: tuple[int, int], target: tuple[int, int]
) -> NDArray[np.float32]:
    """Logits (256, 256) on the canvas of an image of (H, W), at a size of (columns, rows)."""
    rows, columns = fit_canvas(*size)
    scale = np.array([[columns / target[0] / _CELL, 0, 0], [0, rows / target[1] / _CELL, 0]])
    scale[:, 2] = (scale[:, :2].sum(axis=1) - 1) / 2  # middles of pixels on middles of cells
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(logits, scale, target, flags=how, borderMode=cv2.BORDER_REPLICATE), np.float32
    )
