"""PSNR, SSIM and warping error inside of holes: what one works out on paper."""

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.fill_errors import fill_errors
from tests.track_anything.inpaint.drawn import SIZE, canvas, disc, view
from track_anything.errors import InputError
from track_anything.types import Image

HOLE, NOTHING = disc(48, 36, 12), np.zeros(SIZE, np.bool_)
TRUTH = [np.clip(view(canvas(), 40, 40), 60, 190)] * 3


def spoilt(change: Callable[[int], int], where: np.ndarray = HOLE) -> list[Image]:
    """The true frames, brighter by so many levels in a frame."""
    return [
        np.where(where[..., None], image + np.int16(change(frame)), image).astype(np.uint8)
        for frame, image in enumerate(TRUTH)
    ]


def test_the_true_frames_have_no_errors() -> None:
    errors = fill_errors(TRUTH, TRUTH, [HOLE] * 3)
    assert errors.psnr == 60  # what stands for endlessly good
    assert errors.ssim == pytest.approx(1)
    assert errors.warping == pytest.approx(0)


@pytest.mark.parametrize("off", [1, 5, -20])
def test_psnr_is_that_of_the_difference(off: int) -> None:
    errors = fill_errors(spoilt(lambda frame: off), TRUTH, [HOLE] * 3)
    assert errors.psnr == pytest.approx(20 * np.log10(255 / abs(off)))


def test_what_is_off_everywhere_alike_keeps_its_structure_and_does_not_flicker() -> None:
    errors = fill_errors(spoilt(lambda frame: 5, ~NOTHING), TRUTH, [HOLE] * 3)
    assert 0.99 < errors.ssim < 1
    assert errors.warping == pytest.approx(0, abs=1e-6)


def test_structure_that_is_lost_costs_similarity() -> None:
    smooth = [np.where(HOLE[..., None], image[HOLE].mean(axis=0), image).astype(np.uint8) for image in TRUTH]
    assert fill_errors(smooth, TRUTH, [HOLE] * 3).ssim < 0.7


def test_a_fill_that_flickers_has_its_change_as_warping_error() -> None:
    errors = fill_errors(spoilt(lambda frame: 10 * (frame % 2)), TRUTH, [HOLE] * 3)
    assert errors.warping == pytest.approx(10, abs=0.1)


def test_a_fill_that_follows_the_true_motion_does_not_flicker() -> None:
    truth = [view(canvas(), 40 - 3 * frame, 40) for frame in range(3)]
    errors = fill_errors(truth, truth, [HOLE] * 3)
    assert errors.warping == pytest.approx(0)
    frozen = [np.where(HOLE[..., None], truth[0], image) for image in truth]
    assert fill_errors(frozen, truth, [HOLE] * 3).warping > 3


def test_only_the_hole_counts_and_frames_without_one_do_not() -> None:
    wrong = spoilt(lambda frame: 40 if frame == 1 else 0)
    assert fill_errors(wrong, TRUTH, [HOLE, NOTHING, HOLE]).psnr == 60
    beside = spoilt(lambda frame: 40, ~HOLE)
    assert fill_errors(beside, TRUTH, [HOLE] * 3).psnr == 60


def test_without_any_hole_there_is_nothing_to_compare() -> None:
    frame = np.zeros((*SIZE, 3), np.uint8)
    with pytest.raises(InputError, match="none of 2 frames has a hole.*choose other masks"):
        fill_errors([frame] * 2, [frame] * 2, [np.zeros(SIZE, bool)] * 2)


def test_means_are_over_frames() -> None:
    errors = fill_errors(spoilt(lambda frame: 5 * frame), TRUTH, [HOLE, HOLE, NOTHING])
    assert errors.psnr == pytest.approx((60 + 20 * np.log10(255 / 5)) / 2)


def test_a_single_hole_has_no_warping_error() -> None:
    assert fill_errors(spoilt(lambda frame: 5), TRUTH, [NOTHING, NOTHING, HOLE]).warping == 0
