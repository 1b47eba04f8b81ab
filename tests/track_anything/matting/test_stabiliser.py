"""Mattes are smoothed along the motion, and only where they should be."""

import numpy as np
import pytest

from tests.track_anything.matting.drawn import ramp, trimap_of
from track_anything.matting.stabiliser import STRENGTH, Stabiliser, object_flow
from track_anything.matting.trimap import FOREGROUND, UNKNOWN

ALPHA = ramp()
TRIMAP = trimap_of(ALPHA)
STILL = np.zeros((*ALPHA.shape, 2), np.float32)


def test_the_first_matte_is_left_alone() -> None:
    np.testing.assert_array_equal(Stabiliser().step(ALPHA, TRIMAP, None), ALPHA)


def test_flicker_of_a_still_object_is_damped() -> None:
    stabiliser = Stabiliser()
    noise = np.random.default_rng(0).normal(0, 0.1, (20, *ALPHA.shape)).astype(np.float32)
    noisy = [np.where(TRIMAP == UNKNOWN, np.clip(ALPHA + each, 0, 1), ALPHA) for each in noise]
    smooth = [stabiliser.step(each, TRIMAP, STILL) for each in noisy]

    def flicker(mattes: list[np.ndarray]) -> float:
        return float(np.abs(np.diff(np.array(mattes[5:]), axis=0)).mean())

    assert flicker(smooth) < 0.6 * flicker(noisy)
    assert np.abs(smooth[-1] - ALPHA).mean() < np.abs(noisy[-1] - ALPHA).mean()
    for each, before in zip(smooth, noisy, strict=True):
        np.testing.assert_array_equal(each[TRIMAP != UNKNOWN], before[TRIMAP != UNKNOWN])


def test_a_moving_outline_is_fetched_from_where_it_was() -> None:
    stabiliser = Stabiliser()
    stabiliser.step(ALPHA, TRIMAP, None)
    moved, moved_trimap = np.roll(ALPHA, 3, axis=1), np.roll(TRIMAP, 3, axis=1)
    moved[:, :3], moved_trimap[:, :3] = 1, FOREGROUND
    back = np.broadcast_to(np.array([-3, 0], np.float32), STILL.shape)
    np.testing.assert_allclose(stabiliser.step(moved, moved_trimap, back), moved, atol=1e-6)
    assert np.abs(stabiliser.step(moved, moved_trimap, back) - moved).max() > 0.01, "it has not moved again"


def test_a_new_answer_that_is_far_off_is_believed() -> None:
    stabiliser = Stabiliser()
    stabiliser.step(np.where(TRIMAP == UNKNOWN, np.float32(0), ALPHA), TRIMAP, None)
    opaque = np.where(TRIMAP == UNKNOWN, np.float32(1), ALPHA)
    assert (opaque - stabiliser.step(opaque, TRIMAP, STILL)).max() < 0.05 * STRENGTH


@pytest.mark.parametrize("forgets", ["reset", "size", "no flow"])
def test_what_was_before_a_new_beginning_has_no_weight(forgets: str) -> None:
    stabiliser = Stabiliser()
    fainter = np.where(TRIMAP == UNKNOWN, 0.8 * ALPHA, ALPHA).astype(np.float32)
    stabiliser.step(
        fainter if forgets != "size" else fainter[:-1], TRIMAP if forgets != "size" else TRIMAP[:-1], None
    )
    if forgets == "reset":
        stabiliser.reset()
    flow = None if forgets == "no flow" else STILL
    np.testing.assert_array_equal(stabiliser.step(ALPHA, TRIMAP, flow), ALPHA)


def test_an_object_that_was_nowhere_leaves_nothing_to_carry() -> None:
    stabiliser = Stabiliser()
    stabiliser.step(np.zeros_like(ALPHA), np.zeros_like(TRIMAP), None)
    seen = stabiliser.step(ALPHA, TRIMAP, STILL)
    assert np.isfinite(seen).all()
    assert ((seen >= 0) & (seen <= ALPHA)).all()


def test_the_motion_of_an_object_is_carried_on_beyond_it() -> None:
    is_object = np.zeros((60, 200), np.bool_)
    is_object[20:40, 20:40] = True
    flow = np.where(is_object[..., None], np.float32([4, -2]), np.float32([0, 1])).astype(np.float32)
    carried = object_flow(is_object, flow)
    np.testing.assert_allclose(carried[15:45, 15:45], np.broadcast_to([4, -2], (30, 30, 2)), atol=1e-3)
    np.testing.assert_array_equal(carried[:, 150:], flow[:, 150:])
    np.testing.assert_array_equal(object_flow(np.zeros_like(is_object), flow), flow)
