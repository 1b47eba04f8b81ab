"""A DAVIS-shaped folder drawn by the fakes, and the fakes as models."""

from pathlib import Path

import PIL.Image
import pytest

from track_anything.models import CachedSegmenter, Models
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator

CLIP = MovingShapes(frame_count=6)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two sequences, "disc" and "twin", of the same moving disc; masks are 0 and 255 as in DAVIS-2016."""
    folder = tmp_path / "davis"
    for name in ("disc", "twin"):
        images, masks = folder / "JPEGImages" / name, folder / "Annotations" / name
        images.mkdir(parents=True)
        masks.mkdir(parents=True)
        for index in range(len(CLIP)):
            PIL.Image.fromarray(CLIP.frame(index)).save(images / f"{index:05d}.png")
            PIL.Image.fromarray(CLIP.label_map(index) * 255).save(masks / f"{index:05d}.png")
    return folder


@pytest.fixture
def models() -> Models:
    return Models(CachedSegmenter(ColourSegmenter()), ShiftingPropagator)
