"""The largest parts of every pixel, as Cryptomatte ranks them."""

import numpy as np
from numpy.typing import NDArray

from track_anything.masks import box_of


class Ranks:
    """Which objects have the largest parts of each pixel; takes objects one by one, in any number.

    Args:
        size: (height, width).
        count: ranks that are kept.
    """

    def __init__(self, size: tuple[int, int], count: int) -> None:
        self._ids = np.zeros((count, *size), np.float32)  # (ranks, H, W)
        self._parts = np.zeros((count, *size), np.float32)  # (ranks, H, W)
        self._total = np.zeros(size, np.float32)  # (H, W)

    def add(self, id_: np.float32, alpha: NDArray[np.float32]) -> None:
        """Rank an object's (H, W) alpha; of equal parts the one that came first is the larger."""
        box = box_of(alpha > 0)
        if box is None:
            return
        inside = np.s_[box[1] : box[3], box[0] : box[2]]
        part = np.array(alpha[inside], np.float32)
        self._total[inside] += part
        carried = np.full(part.shape, id_, np.float32)
        for ids, parts in zip(self._ids[:, *inside], self._parts[:, *inside], strict=True):
            is_larger = part > parts
            if is_larger.any():  # what was here moves on to the next rank
                ids[is_larger], carried[is_larger] = carried[is_larger], ids[is_larger]
                parts[is_larger], part[is_larger] = part[is_larger], parts[is_larger]

    def ranked(self) -> tuple[NDArray[np.float32], float]:
        """(2 * ranks, H, W) of id and part in turn, the largest first and 0 behind the last; what is lost.

        Where alphas have a sum above 1 each object has its share of the pixel. What is lost is the largest
        sum of parts behind the last rank.
        """
        scale = np.maximum(self._total, 1)
        self._parts /= scale
        self._total /= scale
        ranked = np.stack([self._ids, self._parts], axis=1)  # (ranks, 2, H, W)
        lost = float((self._total - self._parts.sum(axis=0)).max())
        return ranked.reshape(-1, *self._total.shape), lost
