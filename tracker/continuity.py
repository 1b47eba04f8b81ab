"""Where objects were a frame ago, so that what looks like one of them elsewhere is not taken for it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

_STRIDE = 4
_FORGETTING = 0.97  # of the usual area, per frame


@dataclass(frozen=True)
class ContinuityConfig:
    """What counts as being elsewhere.

    Attributes:
        margin: pixels around where an object was a frame ago that belong to its place, at least 0.
        overlap: share of a piece, 0 to 1, that has to be in that place for the piece to go on from there.
        reach: how far from that place a small piece may be, as a share of the root of the object's area.
        small: share of the object's usual area, 0 to 1, under which a piece is small.
        still_here: share of the usual area, 0 to 1, that has to go on from the place; with less of it, the
            object may have jumped, and every piece may be it.
    """

    margin: float = 8.0
    overlap: float = 0.3
    reach: float = 0.25
    small: float = 0.15
    still_here: float = 0.7


class Continuity:
    """The last place of each object, at a quarter of the size of frames.

    A memory network reads by likeness alone: two things that look alike are one to it. While an object is
    where it was, a piece that appears away from it is another thing.

    Args:
        config: what counts as being elsewhere; None = nothing, and nothing is kept.
    """

    def __init__(self, config: ContinuityConfig | None) -> None:
        self._config = config
        self._places: dict[int, NDArray[np.bool_]] = {}  # object id -> (h, w)
        self._usual: dict[int, float] = {}  # object id -> cells

    def keep(self, object_ids: Sequence[int], probabilities: torch.Tensor) -> torch.Tensor:
        """Take away what appears elsewhere.

        Args:
            object_ids: the K objects.
            probabilities: (K + 1, H, W) that sum to 1, background first.

        Returns:
            The same with what was taken away given to the background.
        """
        if self._config is None:
            return probabilities
        found = _cells(probabilities[1:])  # (K, h, w)
        for channel, object_id in enumerate(object_ids, start=1):
            elsewhere = self._elsewhere(self._config, object_id, found[channel - 1])
            if elsewhere is not None:
                taken = _pixels(elsewhere, probabilities)  # (H, W)
                probabilities = probabilities.clone()
                probabilities[0] += torch.where(taken, probabilities[channel], 0)
                probabilities[channel] = torch.where(taken, 0, probabilities[channel])
        return probabilities

    def follow(self, masks: Mapping[int, torch.Tensor]) -> None:
        """Take in where objects are by now: (H, W) probabilities by their ids."""
        if self._config is not None and masks:
            places = _cells(torch.stack(list(masks.values())))  # (K, h, w)
            self._places.update(zip(masks, places, strict=True))

    def forget(self, object_id: int) -> None:
        """Forget where an object was."""
        self._places.pop(object_id, None)
        self._usual.pop(object_id, None)

    def reset(self) -> None:
        """Forget all."""
        self._places, self._usual = {}, {}

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything kept, as arrays."""
        places: dict[str, NDArray[np.generic]] = {
            f"{own}.place": place for own, place in self._places.items()
        }
        return places | {f"{own}.usual": np.array(area) for own, area in self._usual.items()}

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace everything by a ``state``."""
        self.reset()
        for name, array in arrays.items():
            own, _, kind = name.partition(".")
            if kind == "place":
                self._places[int(own)] = array.astype(np.bool_)
            else:
                self._usual[int(own)] = float(array)

    def _elsewhere(
        self, config: ContinuityConfig, object_id: int, found: NDArray[np.bool_]
    ) -> NDArray[np.bool_] | None:
        """The (h, w) pieces that are away from where the object was; None = there are none."""
        last = self._places.get(object_id)
        if last is None:
            return None
        before = float(np.count_nonzero(last))
        usual: float = max(before, _FORGETTING * self._usual.get(object_id, 0.0))
        self._usual[object_id] = usual
        if not before or not found.any():
            return None
        count, pieces = cv2.connectedComponents(found.astype(np.uint8), connectivity=8)
        if count <= 2:  # the background and one piece, which goes on or has jumped
            return None
        distance = _STRIDE * cv2.distanceTransform(
            (~last).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
        )
        cells = np.bincount(pieces[found], minlength=count)  # (count,)
        in_place = np.bincount(pieces[found & (distance <= config.margin)], minlength=count)
        in_reach = distance <= max(config.margin, config.reach * _STRIDE * math.sqrt(before))
        reaching = np.bincount(pieces[found & in_reach], minlength=count)
        goes_on = in_place >= config.overlap * cells  # (count,)
        is_beside = (cells < config.small * usual) & (reaching > 0)
        is_elsewhere = found & ~(goes_on | is_beside)[pieces]  # (h, w)
        still_here = np.count_nonzero(found & ~is_elsewhere)
        is_gone = still_here < config.still_here * usual
        return None if is_gone or not is_elsewhere.any() else is_elsewhere


def _cells(masks: torch.Tensor) -> NDArray[np.bool_]:
    """Which cells of (K, H, W) probabilities show the objects, (K, h, w)."""
    count, height, width = masks.shape
    rows = masks.float().view(count, -1, _STRIDE, width).sum(dim=2)  # (K, h, W)
    sums = rows.view(count, height // _STRIDE, -1, _STRIDE).sum(dim=3)  # (K, h, w)
    return np.asarray((sums > 0.5 * _STRIDE**2).cpu().numpy())


def _pixels(cells: NDArray[np.bool_], like: torch.Tensor) -> torch.Tensor:
    """Cells and those beside them, as the (H, W) pixels of ``like``."""
    wide = cv2.dilate(cells.astype(np.uint8), np.ones((3, 3), np.uint8)).repeat(_STRIDE, 0).repeat(_STRIDE, 1)
    height, width = like.shape[-2:]
    return torch.from_numpy(wide[:height, :width]).to(like.device, torch.bool)
