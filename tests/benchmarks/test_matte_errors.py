"""SAD, MSE, gradient and connectivity errors: what one works out on paper."""

import numpy as np
import pytest

from benchmarks.matte_errors import matte_errors

EVERYWHERE = np.ones((20, 30), np.bool_)


def half() -> np.ndarray:
    matte = np.zeros((20, 30), np.float32)
    matte[:, :15] = 1
    return matte


def test_the_true_matte_has_no_errors() -> None:
    errors = matte_errors(half(), half(), EVERYWHERE)
    assert (errors.sad, errors.mse, errors.gradient, errors.connectivity) == (0, 0, 0, 0)


def test_differences_are_summed_in_thousands_and_their_squares_averaged_in_thousandths() -> None:
    matte = half()
    matte[0, 20:24] = 0.5
    errors = matte_errors(matte, half(), EVERYWHERE)
    assert errors.sad == pytest.approx(4 * 0.5 / 1000)
    assert errors.mse == pytest.approx(1000 * 4 * 0.25 / 600)


def test_only_unknown_pixels_count() -> None:
    matte, is_unknown = half(), EVERYWHERE.copy()
    matte[0, 20:24] = 0.5
    is_unknown[0] = False
    errors = matte_errors(matte, half(), is_unknown)
    assert (errors.sad, errors.mse) == (0, 0)
    assert matte_errors(matte, half(), ~EVERYWHERE).mse == 0


def test_a_matte_that_is_raised_evenly_has_the_true_gradient() -> None:
    raised = 0.2 + 0.6 * half()
    assert matte_errors(raised, 0.6 * half(), EVERYWHERE).gradient == pytest.approx(0, abs=1e-12)


def test_the_gradient_of_an_edge_is_that_of_a_gaussian() -> None:
    # An edge's steepness is the Gaussian itself, whose squares sum to 1 / (2 sigma sqrt(pi)) per row, times
    # sigma^2 sqrt(8 pi), which brings its derivative in two dimensions to unit norm.
    errors = matte_errors(half(), np.zeros((20, 30), np.float32), EVERYWHERE)
    assert errors.gradient == pytest.approx(20 * 4 * 1.4**3 * np.sqrt(np.pi) / 1000, rel=0.03)


def test_a_piece_that_hangs_on_nothing_is_a_connectivity_error_of_its_height() -> None:
    matte = half()
    matte[5, 20:24] = 0.8
    assert matte_errors(matte, half(), EVERYWHERE).connectivity == pytest.approx(4 * 0.8 / 1000)


def test_what_rises_less_than_the_tolerance_above_the_common_object_is_connected() -> None:
    matte = half()
    matte[:, 15:18] = 0.1
    assert matte_errors(matte, half(), EVERYWHERE).connectivity == 0


def test_a_pixel_is_connected_up_to_the_level_that_both_mattes_reach() -> None:
    matte, truth = half(), half()
    matte[5, 15], truth[5, 15] = 0.9, 0.4  # beside the object: common up to 0.4, 0.5 above it in one of them
    assert matte_errors(matte, truth, EVERYWHERE).connectivity == pytest.approx(0.5 / 1000)


def test_mattes_without_anything_in_common_are_compared() -> None:
    nothing = np.zeros((20, 30), np.float32)
    assert matte_errors(nothing, half(), EVERYWHERE).connectivity == pytest.approx(300 / 1000)
