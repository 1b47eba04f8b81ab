"""One object on one frame, as the drift monitor sees it: small, and the same at every resolution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks import box_of, padded
from track_anything.types import Image, Mask, ObjectId
from tracker.propagator import Propagated

Scalar = TypeVar("Scalar", np.uint8, np.float32)

_SHORT_SIDE = 240  # pixels; finer detail says little about drift and costs time
_BAND = 3  # pixels at that size: half the width of the boundary band
_BINS = 6  # per colour channel
_LEAST = 1e-6
_NOWHERE = (0, 0, 0, 0)  # the box of an empty mask
_LINES = 32  # of an answer that are compared at a time


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame at the size at which looks are taken.

    Attributes:
        image: (h, w, 3) uint8 RGB, the short side at most 240.
        colours: (h, w) the number of each pixel's colour among 6 x 6 x 6.
    """

    image: Image
    colours: NDArray[np.intp]

    @classmethod
    def of(cls, image: Image) -> "Scene":
        """Shrink an (H, W, 3) image."""
        small = _shrink(image)
        levels = small.astype(np.intp) * _BINS // 256  # (h, w, 3)
        return cls(small, (levels[..., 0] * _BINS + levels[..., 1]) * _BINS + levels[..., 2])

    @property
    def size(self) -> tuple[int, int]:
        """(h, w)."""
        return self.colours.shape[0], self.colours.shape[1]


@dataclass(frozen=True, eq=False)
class Look:
    """What one object looks like on one frame. Lengths are in shares of the diagonal, areas of the frame.

    Attributes:
        mask: (h, w) bool at the size of the scene.
        area: 0 to 1.
        centroid: ``(x, y)``; meaningless when the area is 0.
        colours: (216,) how often each colour occurs inside, sums to 1, or to 0 when the area is 0.
        expected_iou: IoU with the truth that the probabilities themselves promise, 0 to 1.
        margin: mean lead of the winner over the runner-up in the band around the boundary, 0 to 1.
        entropy: mean uncertainty there in bits, 0 to 1.
        thinness: area of the band over area of the object; large where little is inside.
        fragments: share of the area outside the largest connected piece, 0 to 1.
        familiarity: mean resemblance of the inside to what was made known, 0 to 1.
        touches_border: whether the object reaches the border of the frame.
    """

    mask: Mask
    area: float
    centroid: tuple[float, float]
    colours: NDArray[np.float64]
    expected_iou: float
    margin: float
    entropy: float
    thinness: float
    fragments: float
    familiarity: float
    touches_border: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return self.area == 0


@dataclass(frozen=True, eq=False)
class Contest:
    """A propagator's answer as the objects contend for it, worked out once for all of them.

    Attributes:
        propagated: the answer.
        best: (H, W) the highest probability of any channel, 0 to 1.
        second: (H, W) the next highest, 0 to 1.
        familiarity: (h, w) at the size of a scene.
    """

    propagated: Propagated
    best: NDArray[np.float32]
    second: NDArray[np.float32]
    familiarity: NDArray[np.float32]

    @classmethod
    def of(cls, propagated: Propagated) -> "Contest":
        """Work it out."""
        maps = propagated.probabilities  # (K + 1, H, W)
        best, second = maps[0].copy(), np.zeros_like(maps[0])  # (H, W) each
        for start in range(0, len(best), _LINES):  # few enough that they stay in a processor's caches
            lines = slice(start, start + _LINES)
            highest, next_one = best[lines], second[lines]
            for other in maps[1:, lines]:
                np.maximum(next_one, np.minimum(highest, other), out=next_one)
                np.maximum(highest, other, out=highest)
        return cls(propagated, best, second, _shrink(propagated.familiarity))

    def own_and_rival(self, object_id: ObjectId) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The (h, w) probabilities of an object, and of the best of all others."""
        own = self.propagated.probabilities[self.propagated.object_ids.index(object_id) + 1]  # (H, W)
        rival = np.where(own >= self.best, self.second, self.best)  # (H, W)
        return _shrink(own), _shrink(rival)


def look_at_propagated(scene: Scene, contest: Contest, object_id: ObjectId) -> Look:
    """How the object of a propagator's answer looks."""
    return _look(scene, *contest.own_and_rival(object_id), contest.familiarity)


def look_at_mask(scene: Scene, mask: Mask) -> Look:
    """How the object of a mask looks that a person gave: as sure and familiar as can be."""
    own = _shrink(mask.astype(np.float32))
    return _look(scene, own, 1 - own, np.ones_like(own))


def pack(looks: Sequence[Look]) -> dict[str, NDArray[np.generic]]:
    """Looks of one size as arrays by field, (N, ...) each; nothing for no looks."""
    return (
        {own.name: np.array([getattr(look, own.name) for look in looks]) for own in fields(Look)}
        if looks
        else {}
    )


def unpack(arrays: Mapping[str, NDArray[np.generic]]) -> list[Look]:
    """The looks that ``pack`` was given."""
    columns = [arrays[own.name] for own in fields(Look)] if arrays else []
    return [Look(*(_plain(value) for value in row)) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field of any type
    """Scalars as Python's own; the centroid is a pair."""
    if np.ndim(value) == 0:
        return value.item()
    return tuple(value.tolist()) if value.shape == (2,) else value


def _look(
    scene: Scene, own: NDArray[np.float32], rival: NDArray[np.float32], familiarity: NDArray[np.float32]
) -> Look:
    mask = own > rival  # (h, w)
    part = padded(box_of(mask) or _NOWHERE, _BAND)  # most objects are small
    near, seen = mask[part], own[part]  # (y, x) of the part
    rows, columns = np.nonzero(near)
    pixels = len(rows)
    diagonal = float(np.hypot(*mask.shape))
    top, left = (side.start for side in part)
    centroid = ((columns.mean() + left) / diagonal, (rows.mean() + top) / diagonal) if pixels else (0.0, 0.0)
    band = _band(near)
    inside = float(seen[near].sum(dtype=np.float64))
    outside = max(0.0, float(own.sum(dtype=np.float64)) - inside)
    certain = np.clip(seen[band], _LEAST, 1 - _LEAST) if band.any() else np.ones(1)
    surprise = -(certain * np.log2(certain) + (1 - certain) * np.log2(np.maximum(1 - certain, _LEAST)))
    counts = np.bincount(scene.colours[part][near], minlength=_BINS**3)
    border = mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
    return Look(
        mask=mask,
        area=pixels / mask.size,
        centroid=centroid,
        colours=counts / max(pixels, 1),
        expected_iou=inside / (pixels + outside) if pixels else 0.0,
        margin=float(np.abs(seen - rival[part])[band].mean()) if band.any() else 0.0,
        entropy=float(surprise.mean()),
        thinness=float(np.count_nonzero(band) / pixels) if pixels else 0.0,
        fragments=_fragments(near, pixels),
        familiarity=float(familiarity[part][near].mean()) if pixels else 0.0,
        touches_border=bool(border),
    )


def _band(mask: Mask) -> Mask:
    """The (h, w) pixels near the boundary, on both sides."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BAND + 1, 2 * _BAND + 1))
    solid = mask.astype(np.uint8)
    return np.asarray(cv2.dilate(solid, disc) > cv2.erode(solid, disc))


def _fragments(mask: Mask, pixels: int) -> float:
    if not pixels:
        return 0.0
    _, _, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return 1 - float(statistics[1:, cv2.CC_STAT_AREA].max()) / pixels


def _shrink(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """At most 240 on the short side, (H, W) or (H, W, C)."""
    height, width = array.shape[:2]
    scale = _SHORT_SIDE / min(height, width)
    if scale >= 1:
        return array
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA), array.dtype)
