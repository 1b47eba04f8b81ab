"""The picture that mattes are sought in: without the blocks of a coarse coding, and else the frame itself."""

from io import BytesIO

import cv2
import numpy as np
import PIL.Image
import pytest

from track_anything.matting.guidance import blockiness, guidance
from track_anything.types import Image


def scene() -> Image:
    """A textured background with a bright disc on it."""
    random = np.random.default_rng(1)
    noise = cv2.GaussianBlur(random.normal(0, 60, (400, 480, 3)).astype(np.float32), (0, 0), 2.0)
    y, x = np.ogrid[:400, :480]
    image = 110 + noise + 90 * (np.hypot(y - 200, x - 240) < 120)[..., None]
    return np.clip(image, 0, 255).astype(np.uint8)


def coded(image: Image, quality: int) -> Image:
    file = BytesIO()
    PIL.Image.fromarray(image).save(file, format="JPEG", quality=quality)
    return np.array(PIL.Image.open(file).convert("RGB"))


def test_a_frame_without_blocks_is_itself() -> None:
    image = scene()
    assert blockiness(image) < 1.1
    assert guidance(image) is image
    assert guidance(image[:10, :10]).shape == (10, 10, 3)  # too small to tell
    flat = np.full((64, 64, 3), 90, np.uint8)
    np.testing.assert_array_equal(guidance(flat), flat)


@pytest.mark.parametrize(("top", "left"), [(0, 0), (3, 5)])
def test_blocks_are_found_wherever_their_grid_begins_and_become_fainter(top: int, left: int) -> None:
    image = coded(scene(), 20)[top:, left:]
    assert blockiness(image) > 1.4
    smoothed = guidance(image)
    assert blockiness(smoothed) < 0.5 + 0.5 * blockiness(image)
    assert not np.array_equal(smoothed, image)


def test_edges_stay_where_and_as_steep_as_they_are() -> None:
    image = coded(scene(), 20)
    smoothed = guidance(image)

    def steepness(picture: Image) -> float:
        across = picture[200, 350:370].astype(float).mean(axis=1)
        return float(np.abs(np.diff(across)).max())

    assert steepness(smoothed) > 0.85 * steepness(image)


def test_the_coarser_the_coding_the_more_is_smoothed() -> None:
    changed = []
    for quality in (95, 75, 40):
        image = coded(scene(), quality)
        changed.append(float(np.abs(guidance(image).astype(int) - image).mean()))
    assert changed == sorted(changed)
    assert changed[0] < 0.3 < changed[-1]
