"""Motion that a hole hides is restored from what is beside it."""

import numpy as np
import pytest

from tests.track_anything.inpaint.drawn import SIZE, canvas, disc, hidden, view
from track_anything.inpaint.flow_completion import (
    WithHole,
    background_flows,
    camera_flow,
    complete_flow,
    homography_flow,
)
from track_anything.inpaint.still import diffused
from track_anything.types import Mask
from track_anything.video.motion import Flow, FlowEstimator

HEIGHT, WIDTH = 120, 160
CENTRE = np.array([WIDTH / 2, HEIGHT / 2])


def places(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y], axis=2).astype(np.float64)


def hole(height: int = HEIGHT, width: int = WIDTH) -> Mask:
    """A third of the picture, in its middle."""
    mask = np.zeros((height, width), np.bool_)
    mask[height // 5 : -height // 5, width // 5 : -width // 5] = True
    return mask


def turned(degrees: float) -> Flow:
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    away = places() - CENTRE
    return (away @ np.array([[cosine, sine], [-sine, cosine]]) - away).astype(np.float32)


MOTIONS = {
    "translation": np.broadcast_to(np.array([7, -4], np.float32), (HEIGHT, WIDTH, 2)),
    "zoom": (0.08 * (places() - CENTRE)).astype(np.float32),
    "rotation": turned(5),
    "perspective": homography_flow(
        np.array([[1.02, 0.01, 3], [0, 1, -2], [1e-4, -2e-4, 1]]), (HEIGHT, WIDTH)
    ),
    "none": np.zeros((HEIGHT, WIDTH, 2), np.float32),
}


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_cameras_motion_is_restored_in_a_large_hole(motion: str) -> None:
    true, is_known = MOTIONS[motion], ~hole()
    spoilt = np.where(is_known[..., None], true, np.float32(99))
    camera = camera_flow(spoilt, is_known)
    assert camera is not None
    np.testing.assert_allclose(camera, true, atol=0.02)
    completed = complete_flow(spoilt, is_known)
    assert completed.dtype == np.float32
    np.testing.assert_array_equal(completed[is_known], true[is_known])
    np.testing.assert_allclose(completed, true, atol=0.05)


def test_what_moves_beside_the_camera_goes_on_smoothly() -> None:
    true = MOTIONS["zoom"].copy()
    true[:, : WIDTH // 2, 1] += 6  # the left half comes nearer too
    completed = complete_flow(np.where(hole()[..., None], np.float32(99), true), ~hole())
    beyond = (completed - MOTIONS["zoom"])[HEIGHT // 2, WIDTH // 5 : -WIDTH // 5, 1]
    assert (np.diff(beyond) < 0.1).all()
    assert beyond[0] > 4
    assert beyond[-1] < 2


def test_there_is_no_camera_where_motions_disagree() -> None:
    wild = np.random.default_rng(0).normal(0, 20, (HEIGHT, WIDTH, 2)).astype(np.float32)
    assert camera_flow(wild, np.ones((HEIGHT, WIDTH), np.bool_)) is None


def test_there_is_no_camera_where_too_few_places_are_known() -> None:
    flow = np.ones((40, 48, 2), np.float32)  # 5 x 6 places
    assert camera_flow(flow, np.ones((40, 48), np.bool_)) is None
    assert camera_flow(flow[:3, :3], np.ones((3, 3), np.bool_)) is None
    np.testing.assert_allclose(complete_flow(flow, ~hole(40, 48)), 1, atol=1e-5)


def test_a_horizon_within_the_picture_is_no_camera() -> None:
    is_known = np.zeros((HEIGHT, WIDTH), np.bool_)
    is_known[:, : WIDTH // 2] = True
    bent = np.array(
        [[1, 0, 0], [0, 1, 0], [-1 / (0.8 * WIDTH), 0, 1]]
    )  # all of column 128 lies endlessly far away
    flow = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    flow[:, : WIDTH // 2] = homography_flow(bent, (HEIGHT, WIDTH // 2))
    assert camera_flow(flow, is_known) is None
    assert np.isfinite(complete_flow(flow, is_known)).all()


def test_nothing_moves_where_nothing_is_known() -> None:
    completed = complete_flow(MOTIONS["zoom"], np.zeros((HEIGHT, WIDTH), np.bool_))
    np.testing.assert_array_equal(completed, np.zeros((HEIGHT, WIDTH, 2), np.float32))


def test_what_is_known_everywhere_is_as_it_was() -> None:
    assert complete_flow(MOTIONS["zoom"], np.ones((HEIGHT, WIDTH), np.bool_)) is MOTIONS["zoom"]


@pytest.mark.parametrize("size", [SIZE, (44, 48)])  # with a camera's motion, and with too few places for it
@pytest.mark.parametrize("shift", [(0, 0), (2, -1)])
def test_the_background_moves_behind_what_moves_otherwise(
    size: tuple[int, int], shift: tuple[int, int]
) -> None:
    right, down = shift
    motion = np.array(shift, np.float32)
    masks = [disc(22, 20, 8, size), disc(27, 23, 8, size)]
    clip = hidden([view(canvas(), 40 + right * t, 40 + down * t, size) for t in (0, 1)], masks)
    pictures = [WithHole(diffused(image, mask), mask) for image, mask in clip]
    there, back = background_flows(FlowEstimator(), *pictures)
    within = np.s_[8:-8, 8:-8]  # at the border nothing may be there to be found
    assert np.linalg.norm(there + motion, axis=2)[within].mean() < 0.1
    assert np.linalg.norm(back - motion, axis=2)[within].mean() < 0.1
    assert np.linalg.norm(there + motion, axis=2)[masks[0]].max() < 0.5
    assert np.linalg.norm(back - motion, axis=2)[masks[1]].max() < 0.5


@pytest.mark.parametrize("shift", [(0, 0), (2, -1)])
def test_a_texture_that_moves_in_the_hole_does_not_pull_the_background_along(shift: tuple[int, int]) -> None:
    size = (HEIGHT, WIDTH)
    pictures = []
    for t in (0, 1):
        behind, before = canvas(0), canvas(1)
        image, other = (
            view(behind, 40 + shift[0] * t, 40 + shift[1] * t, size),
            view(before, -7 * t, -4 * t, size),
        )
        mask = disc(70 + 7 * t, 60 + 4 * t, 24, size)
        pictures.append(WithHole(np.where(mask[..., None], other, image), mask))
    there, back = background_flows(FlowEstimator(), *pictures)
    within = np.s_[8:-8, 8:-8]
    for error in (there + np.array(shift, np.float32), back - np.array(shift, np.float32)):
        assert np.linalg.norm(error, axis=2)[within].max() < 0.15


def test_without_holes_motion_is_as_it_is_found() -> None:
    one, other = (view(canvas(), 40 + 2 * t, 40) for t in (0, 1))
    nothing = np.zeros(SIZE, np.bool_)
    there, back = background_flows(FlowEstimator(), WithHole(one, nothing), WithHole(other, nothing))
    np.testing.assert_array_equal(there, FlowEstimator()(one, other))
    np.testing.assert_array_equal(back, FlowEstimator()(other, one))


def test_nothing_moves_to_or_from_a_picture_that_is_all_hole() -> None:
    one, other = (view(canvas(seed), 40, 40) for seed in (0, 1))
    pictures = WithHole(one, np.zeros(SIZE, np.bool_)), WithHole(other, np.ones(SIZE, np.bool_))
    for first, second in (pictures, pictures[::-1]):
        there, back = background_flows(FlowEstimator(), first, second)
        assert not there.any()
        assert not back.any()
