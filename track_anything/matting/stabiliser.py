"""Mattes that do not flicker: what was found on the frame before, carried along the object's motion."""

from typing import TypeAlias

import cv2
import numpy as np

from track_anything.masks import box_of, padded
from track_anything.matting.matte import Matte
from track_anything.matting.trimap import FOREGROUND, UNKNOWN, Trimap
from track_anything.types import Mask
from track_anything.video.motion import Flow, warp

STRENGTH = 0.6
"""How much of a matte comes from the frame before where the two agree."""

TOLERANCE = 0.5
"""Where two alphas lie further apart than this, the new one is mostly believed: the object has changed."""

_REACH = 16.0  # pixels: the sigma with which the object's motion is carried on beyond it
_MARGIN = 48  # pixels round the band from which motion comes
_FAINT = 1e-3  # a weight of known motion below this says nothing

_Window: TypeAlias = tuple[slice, slice]


class Stabiliser:
    """Smooths the mattes of one object along its motion.

    What a solver gets wrong differs from frame to frame with the background, while the outline moves along
    with the object. In the band itself the background shows through, so that the motion there is taken from
    the object beside it.
    """

    def __init__(self) -> None:
        self._size: tuple[int, ...] = ()
        self._window: _Window = np.s_[0:0, 0:0]
        self._kept: Matte = np.zeros((0, 0), np.float32)  # (h, w): what is not 0 of the matte before

    def step(self, matte: Matte, trimap: Trimap, flow: Flow | None) -> Matte:
        """The matte of the next frame, smoothed.

        Args:
            matte: (H, W), made from this frame alone.
            trimap: (H, W).
            flow: (H, W, 2), to the frame before; None when there is none, or nothing of it is to be used.

        Returns:
            (H, W), exactly ``matte`` where the trimap is known.
        """
        is_unknown = trimap == UNKNOWN
        box = box_of(is_unknown)
        smoothed = matte
        if flow is not None and box is not None and self._size == matte.shape:
            around = padded(box, _MARGIN)
            motion = object_flow(trimap[around] == FOREGROUND, flow[around])
            carried = warp(self._before(), motion, origin=(around[1].start, around[0].start))
            smoothed = matte.copy()
            smoothed[around] = _blended(matte[around], carried, is_unknown[around])
        self._keep(smoothed)
        return smoothed

    def reset(self) -> None:
        """Forget the frames before."""
        self._size = ()

    def _before(self) -> Matte:
        """(H, W)."""
        before = np.zeros(self._size, np.float32)
        before[self._window] = self._kept
        return before

    def _keep(self, matte: Matte) -> None:
        x0, y0, x1, y1 = box_of(matte > 0) or (0, 0, 0, 0)
        self._size, self._window = matte.shape, np.s_[y0:y1, x0:x1]
        self._kept = matte[self._window].copy()


def object_flow(is_object: Mask, flow: Flow) -> Flow:
    """The motion of an object, carried on from where it is certain to what lies around it.

    Args:
        is_object: (h, w), where the motion is the object's.
        flow: (h, w, 2) of everything.

    Returns:
        (h, w, 2); as it was where no object is near.
    """
    weight = is_object.astype(np.float32)
    known = np.dstack([flow * weight[..., None], weight])
    blurred = np.asarray(cv2.GaussianBlur(known, (0, 0), _REACH), np.float32)  # (h, w, 3)
    reached = blurred[..., 2:]
    carried_on = blurred[..., :2] / np.maximum(reached, _FAINT)
    return np.asarray(np.where(reached > _FAINT, carried_on, flow), np.float32)


def _blended(matte: Matte, carried: Matte, is_unknown: Mask) -> Matte:
    """(h, w): in the band the more of what was carried there the better the two agree."""
    difference = carried - matte
    weight = STRENGTH * np.exp(-((difference / TOLERANCE) ** 2)) * is_unknown
    return np.asarray(matte + weight * difference, np.float32)
