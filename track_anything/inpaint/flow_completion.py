"""Motion behind a hole: what the background would do there, from how it moves around the hole."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.inpaint.hole import grown
from track_anything.inpaint.membrane import membrane
from track_anything.types import Image, Mask
from track_anything.video.motion import EstimateFlow, Flow, warp

_GRID = 8  # pixels between places at which the camera's motion is read off
_FEWEST = 40  # places; fewer do not tell a camera's motion
_TOLERANCE = 1.0  # pixels by which a place may miss the camera's motion
_AGREEING = 0.3  # the share of places that must follow it
_TAINTED = 5  # pixels round a hole in which the motion found is partly that of what fills it
_NEAREST = 0.1  # the least scale of a homography: what comes ten times nearer in a frame was found wrongly
_COARSE = 4  # the rest is smooth: it is found on a grid coarser by this


class WithHole(NamedTuple):
    """A (H, W, 3) picture and its (H, W) hole, best filled smoothly: edges in it would pull motion along."""

    image: Image
    hole: Mask


def background_flows(estimate: EstimateFlow, first: WithHole, second: WithHole) -> tuple[Flow, Flow]:
    """How the background moves from one picture to another, behind the holes too, and how it moves back.

    What fills a hole moves by itself and would taint the motion found beside it. So it is found twice: from
    what it is at first the camera's motion is read, by which each picture can be put into the other's hole;
    then nothing is left there that moves otherwise.

    Args:
        estimate: finds the motion.
        first: a picture.
        second: another one.

    Returns:
        (H, W, 2) from the first to the second, and as much from the second to the first.
    """
    there, back = estimate(first.image, second.image), estimate(second.image, first.image)
    if not (first.hole.any() or second.hole.any()):
        return there, back
    hidden, hidden_there = grown(first.hole, _TAINTED), grown(second.hole, _TAINTED)
    camera, camera_back = camera_flow(there, ~hidden), camera_flow(back, ~hidden_there)
    if camera is not None and camera_back is not None:
        one, other = _mended(first, second, camera), _mended(second, first, camera_back)
        there, back = estimate(one, other), estimate(other, one)
        return complete_flow(there, ~hidden), complete_flow(back, ~hidden_there)
    # What goes behind the other hole cannot be found either.
    is_known = ~hidden & (warp(hidden_there.astype(np.float32), there) == 0)
    is_known_there = ~hidden_there & (warp(hidden.astype(np.float32), back) == 0)
    return complete_flow(there, is_known), complete_flow(back, is_known_there)


def _mended(picture: WithHole, other: WithHole, camera: Flow) -> Image:
    """The picture with the other one in its hole; smooth where both have theirs."""
    warped = warp(np.dstack([other.image, other.hole]).astype(np.float32), camera)
    mended = np.where(picture.hole[..., None], warped[..., :3], picture.image).astype(np.float32)
    is_unknown = picture.hole & (warped[..., 3] > 0)
    return np.rint(membrane(mended, ~is_unknown)).astype(np.uint8)


def complete_flow(flow: Flow, is_known: Mask) -> Flow:
    """Fill the motion of what is hidden: the camera's, and what neighbours do beyond it, carried on smoothly.

    A camera that turns, or looks at something flat, moves the whole picture by one homography. Where the
    scene follows it the hole does too, however large it is.

    Args:
        flow: (H, W, 2).
        is_known: (H, W), where it is the background's.

    Returns:
        (H, W, 2), as it was where it is known; no motion when nothing is.
    """
    if is_known.all():
        return flow
    camera = camera_flow(flow, is_known)
    if camera is None:
        camera = np.zeros_like(flow)
    beyond = np.where(is_known[..., None], flow - camera, np.float32(0))
    height, width = is_known.shape
    size = (max(width // _COARSE, 1), max(height // _COARSE, 1))
    weight = cv2.resize(is_known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(beyond, size, interpolation=cv2.INTER_AREA)
    means = np.asarray(sums / np.maximum(weight, 1e-6)[..., None], np.float32)
    carried = cv2.resize(membrane(means, weight > 0), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(is_known[..., None], flow, camera + carried), np.float32)


def camera_flow(flow: Flow, is_known: Mask) -> Flow | None:
    """The motion of the picture as a whole, (H, W, 2): a homography's; None when it follows no such."""
    height, width = is_known.shape
    y, x = np.mgrid[_GRID // 2 : height : _GRID, _GRID // 2 : width : _GRID]
    usable = is_known[y, x]
    places = np.stack([x[usable], y[usable]], axis=1).astype(np.float32)  # (N, 2)
    if len(places) < _FEWEST:
        return None
    moved = places + flow[y[usable], x[usable]]
    matrix, inliers = cv2.findHomography(places, moved, cv2.RANSAC, _TOLERANCE, maxIters=500)
    if matrix is None or inliers.mean() < _AGREEING:
        return None
    corners = np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)])
    if (corners @ matrix[2]).min() < _NEAREST:
        return None
    return homography_flow(np.asarray(matrix, np.float64), (height, width))


def homography_flow(matrix: NDArray[np.float64], size: tuple[int, int]) -> Flow:
    """(H, W, 2): where a (3, 3) homography moves each pixel, less where it is."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float64)
    scale = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    moved_x = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / scale
    moved_y = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / scale
    return np.stack([moved_x - x, moved_y - y], axis=2).astype(np.float32)
