"""The closed form is that of the paper, on drawn ramps and discs."""

import numpy as np
import pytest

from tests.track_anything.matting.drawn import BLUE, RED, composed, ramp, trimap_of
from track_anything.errors import InputError
from track_anything.matting import FOREGROUND, UNKNOWN, closed_form_matte, make_trimap
from track_anything.matting import closed_form as module
from track_anything.matting.closed_form import iterate
from track_anything.matting.laplacian import matting_system


def dense_laplacian(image: np.ndarray, epsilon: float) -> np.ndarray:
    """Equation 12 of Levin et al., window by window, for comparison."""
    height, width, _ = image.shape
    colours = image.reshape(-1, 3) / 255
    laplacian = np.zeros((height * width, height * width))
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            pixels = [(y + dy) * width + x + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
            window = colours[pixels] - colours[pixels].mean(axis=0)
            inverse = np.linalg.inv(window.T @ window / 9 + epsilon / 9 * np.eye(3))
            laplacian[np.ix_(pixels, pixels)] += np.eye(9) - (1 + window @ inverse @ window.T) / 9
    return laplacian


def test_the_system_is_that_of_the_paper_with_known_alphas_put_in() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (7, 9, 3), np.uint8)
    trimap = rng.choice(np.array([0, UNKNOWN, UNKNOWN, FOREGROUND], np.uint8), (7, 9))
    system = matting_system(image, trimap, epsilon=1e-3)
    laplacian = dense_laplacian(image, epsilon=1e-3)
    unknown, foreground = (np.flatnonzero(trimap == value) for value in (UNKNOWN, FOREGROUND))
    np.testing.assert_array_equal(system.pixels, unknown)
    np.testing.assert_allclose(system.matrix.toarray(), laplacian[np.ix_(unknown, unknown)], atol=1e-9)
    np.testing.assert_allclose(system.target, -laplacian[np.ix_(unknown, foreground)].sum(axis=1), atol=1e-9)


def test_an_even_ramp_between_two_colours_is_recovered() -> None:
    alpha = ramp()
    matte = closed_form_matte(composed(alpha), trimap_of(alpha))
    assert np.abs(matte - alpha).max() < 0.02
    assert matte.dtype == np.float32


def test_a_disc_with_a_soft_rim_is_recovered_through_a_wider_band() -> None:
    y, x = np.mgrid[:60, :70]
    alpha = np.clip((18 - np.hypot(y - 30, x - 33)) / 6 + 0.5, 0, 1).astype(np.float32)
    trimap = make_trimap(alpha > 0.5, width=14)
    matte = closed_form_matte(composed(alpha), trimap)
    assert np.abs(matte - alpha).max() < 0.02
    is_known = trimap != UNKNOWN
    np.testing.assert_array_equal(matte[is_known], (trimap == FOREGROUND)[is_known])


def test_a_band_that_meets_the_border_and_the_corners_is_solved() -> None:
    alpha = ramp(10, 12, band=12)  # the band fills the picture but for its outermost columns
    trimap = trimap_of(alpha)
    trimap[:, 0], trimap[:, -1] = FOREGROUND, 0
    matte = closed_form_matte(composed(alpha), trimap)
    assert np.abs(matte - alpha).max() < 0.06  # the outermost columns are rounded to 1 and 0
    assert (np.diff(matte, axis=1) <= 1e-3).all()


def test_a_picture_of_one_colour_falls_smoothly_from_object_to_background() -> None:
    alpha = ramp()
    matte = closed_form_matte(composed(alpha, RED, RED), trimap_of(alpha))
    assert (np.diff(matte, axis=1) <= 1e-5).all()
    np.testing.assert_allclose(matte + matte[:, ::-1], 1, atol=1e-3)


def test_a_trimap_without_a_band_is_the_matte() -> None:
    image = composed(ramp())
    trimap = np.where(ramp() > 0.5, FOREGROUND, 0).astype(np.uint8)
    np.testing.assert_array_equal(closed_form_matte(image, trimap), (trimap == FOREGROUND).astype(np.float32))


def test_iterations_come_to_the_answer_of_the_factorisation(monkeypatch: pytest.MonkeyPatch) -> None:
    alpha = ramp()
    image, trimap = composed(alpha, RED, BLUE), trimap_of(alpha)
    direct = closed_form_matte(image, trimap)
    monkeypatch.setattr(module, "_DIRECT_LIMIT", 0)
    np.testing.assert_allclose(closed_form_matte(image, trimap), direct, atol=2e-3)
    monkeypatch.setattr(module, "_MOST_STEPS", 1)
    with pytest.raises(InputError, match="narrower"):
        closed_form_matte(image, trimap)


def test_a_good_guess_needs_no_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    alpha = ramp()
    image, trimap = composed(alpha), trimap_of(alpha)
    exact = closed_form_matte(image, trimap)
    monkeypatch.setattr(module, "_MOST_STEPS", 1)
    monkeypatch.setattr(module, "_TOLERANCE", 1e-3)
    found = iterate(matting_system(image, trimap, 1e-7), exact)
    np.testing.assert_allclose(found, exact[trimap == UNKNOWN], atol=1e-3)


def test_what_cannot_be_solved_is_refused_with_the_remedy() -> None:
    image = np.zeros((5, 6, 3), np.uint8)
    with pytest.raises(InputError, match="mark some object"):
        closed_form_matte(image, np.full((5, 6), UNKNOWN, np.uint8))
    with pytest.raises(InputError, match="3 x 3"):
        closed_form_matte(image[:2], np.zeros((2, 6), np.uint8))
    with pytest.raises(InputError, match="guess"):
        closed_form_matte(image, np.zeros((5, 6), np.uint8), initial=np.zeros((2, 2), np.float32))


def test_a_prior_decides_where_colours_tell_nothing_and_not_alone_where_they_do() -> None:
    alpha = ramp(12, 160, 140)
    grey = np.full((*alpha.shape, 3), 128, np.uint8)
    prior = np.where(alpha > 0, np.float32(1), np.float32(0))
    told, left_to_chance = (closed_form_matte(grey, trimap_of(alpha), each) for each in (prior, None))
    assert told[:, 40:100].mean() > 0.9 > 0.7 > left_to_chance[:, 40:100].mean()
    alpha = ramp()
    wrong = closed_form_matte(composed(alpha), trimap_of(alpha), np.ones_like(alpha))
    assert np.abs(wrong - alpha).mean() < 0.2


def test_a_prior_of_another_size_is_refused() -> None:
    alpha = ramp()
    with pytest.raises(InputError, match=r"the prior has shape \(23, 40\) and the trimap \(24, 40\)"):
        closed_form_matte(composed(alpha), trimap_of(alpha), alpha[:-1])
