"""Images and points are brought to the network's canvas and back."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sam.canvas import fit_canvas
from sam.embedding import SamEmbedding, grid_extent
from sam.errors import ImageError
from sam.mask_prompt import logits_from_mask
from sam.transforms import image_to_canvas, logits_to_source, points_to_canvas

SIDES = st.integers(1, 5000)


@given(SIDES, SIDES)
def test_the_longer_side_fills_the_canvas(height: int, width: int) -> None:
    rows, columns = fit_canvas(height, width)
    assert max(rows, columns) == 1024
    assert min(rows, columns) >= 1
    assert (rows >= columns) == (height >= width) or rows == columns
    assert min(rows, columns) == pytest.approx(1024 * min(height, width) / max(height, width), abs=1)


def test_known_sizes() -> None:
    assert fit_canvas(480, 854) == (576, 1024)
    assert fit_canvas(60, 90) == (683, 1024)
    assert fit_canvas(1200, 900) == (1024, 768)
    assert fit_canvas(3, 4000) == (1, 1024)


@given(SIDES, SIDES, st.floats(0, 1), st.floats(0, 1))
def test_points_keep_their_place(height: int, width: int, right: float, down: float) -> None:
    rows, columns = fit_canvas(height, width)
    x, y = points_to_canvas(np.array([right * width, down * height], np.float32), (height, width))
    assert x == pytest.approx(right * columns, rel=1e-4, abs=1e-3)
    assert y == pytest.approx(down * rows, rel=1e-4, abs=1e-3)


def test_an_image_as_large_as_the_canvas_is_only_normalised() -> None:
    image = np.random.default_rng(0).integers(0, 256, (683, 1024, 3)).astype(np.uint8)
    canvas = image_to_canvas(image)
    assert canvas.shape == (1, 3, 1024, 1024)
    assert canvas.dtype == torch.float32
    normalised = (image - [123.675, 116.28, 103.53]) / [58.395, 57.12, 57.375]
    assert np.allclose(canvas[0, :, :683].permute(1, 2, 0), normalised, atol=1e-5)
    assert not canvas[0, :, 683:].any()


def test_shrinking_averages_instead_of_dropping_pixels() -> None:
    stripes = np.zeros((2048, 4096, 3), np.uint8)
    stripes[:, ::2] = 200
    canvas = image_to_canvas(stripes)
    pixels = canvas[0, 0, 10:500, 10:1000] * 58.395 + 123.675
    assert torch.allclose(pixels, torch.full_like(pixels, 100), atol=2)


def test_logits_come_back_at_source_size() -> None:
    logits = torch.full((2, 3, 256, 256), -5.0)
    logits[..., :72, 128:] = 5.0  # the upper right quarter of a 16:9 frame, which takes 144 of 256 rows
    at_source = logits_to_source(logits, (90, 160))
    assert at_source.shape == (2, 3, 90, 160)
    mask = at_source[1, 2] > 0
    assert mask[:45, 80:].all()
    assert mask.sum() == 45 * 80


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 900), st.integers(200, 900), st.floats(0.2, 0.8), st.floats(0.2, 0.8))
@example(891, 493, 0.777, 0.475)  # touches the border beside the padding, in a column of cells cut by it
def test_a_mask_survives_as_logits(height: int, width: int, right: float, down: float) -> None:
    y, x = np.mgrid[:height, :width]
    mask = ((y / height - down) / 0.3) ** 2 + ((x / width - right) / 0.3) ** 2 < 1
    logits = logits_from_mask(mask)
    assert logits.shape == (256, 256)
    assert logits.dtype == np.float32
    assert np.abs(logits).max() <= 10.0
    back = logits_to_source(torch.from_numpy(logits)[None, None], (height, width))[0, 0].numpy() > 0
    inwards = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outwards = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    cell = max(height, width) / 256  # source pixels per logit: nothing finer can survive
    assert not (back != mask)[inwards + outwards > cell + 1].any()


@pytest.mark.parametrize("size", [(100, 160), (160, 100), (2000, 3100), (1, 1), (3, 4000)])
def test_padding_is_strongly_negative_and_the_object_positive(size: tuple[int, int]) -> None:
    logits = logits_from_mask(np.ones(size, np.bool_))
    rows, columns = fit_canvas(*size)
    inside = logits[: rows // 4, : columns // 4]
    assert (inside == 10).all()
    padding = np.ones((256, 256), np.bool_)
    padding[: -(-rows // 4), : -(-columns // 4)] = False
    assert (logits[padding] == -10).all()


def test_probabilities_become_their_logits() -> None:
    soft = np.full((1024, 1024), 0.5, np.float32)
    soft[:512] = 0.9
    soft[512:768] = 1e-9
    logits = logits_from_mask(soft)
    assert np.allclose(logits[:128], np.log(9), atol=1e-3)
    assert np.allclose(logits[128:192], -10)
    assert np.allclose(logits[192:], 0, atol=1e-5)


@pytest.mark.parametrize(
    ("mask", "complaint"),
    [
        (np.zeros((3, 3, 3), np.bool_), r"\(H, W\)"),
        (np.zeros((0, 3), np.bool_), "non-empty"),
        (np.full((3, 3), 1.5), "between 0 and 1"),
        (np.full((3, 3), -0.1), "between 0 and 1"),
        (np.full((3, 3), np.nan), "between 0 and 1"),
    ],
)
def test_what_is_no_mask_is_refused(mask: np.ndarray, complaint: str) -> None:
    with pytest.raises(ImageError, match=complaint):
        logits_from_mask(mask)


@given(SIDES, SIDES)
def test_the_grid_covers_the_image_and_no_padding(height: int, width: int) -> None:
    features = torch.zeros(1, 256, 64, 64)
    embedding = SamEmbedding(features, (height, width))
    rows, columns = embedding.resized_size
    channels, h, w = embedding.grid.shape
    assert channels == 256
    assert rows <= 16 * h < rows + 16
    assert columns <= 16 * w < columns + 16
    assert grid_extent((height, width)) == (rows / 16, columns / 16)


def test_the_grid_is_the_upper_left_of_the_features() -> None:
    features = torch.arange(256 * 64 * 64, dtype=torch.float32).view(1, 256, 64, 64)
    embedding = SamEmbedding(features, (480, 854))
    assert embedding.grid.shape == (256, 36, 64)
    assert torch.equal(embedding.grid, features[0, :, :36])
