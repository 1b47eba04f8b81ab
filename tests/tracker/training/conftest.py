"""A few drawn stills and one drawn video to train on, and the smallest recipe that uses all of them."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.tracker.stand_in import TINY
from tracker.training.config import SourceConfig, StageConfig, TrainingConfig

STILLS = SourceConfig("stills", "stills/images", "stills/masks")
VIDEOS = SourceConfig("videos", "videos/images", "videos/masks")


def draw(folder: Path, name: str, shift: int, objects: int = 1, size: tuple[int, int] = (48, 64)) -> None:
    """A picture of coloured boxes on noise, and its label map with ids 1 to ``objects``."""
    rng = np.random.default_rng(0)
    image = rng.integers(60, 120, (*size, 3), dtype=np.uint8)
    labels = np.zeros(size, np.uint8)
    for number in range(1, objects + 1):
        left = 4 + shift + 22 * (number - 1)
        labels[12:36, left : left + 16] = number
        image[labels == number] = (250, 250 // number, 20 * number)
    for part, pixels, suffix in (("images", image, "png"), ("masks", labels, "png")):
        path = folder / part / f"{name}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(pixels).save(path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for number in range(4):
        draw(folder / "stills", f"{number:03d}", shift=number, objects=1 + number % 2)
    for index in range(6):
        for part in ("images", "masks"):
            (folder / "videos" / part).mkdir(parents=True, exist_ok=True)
        draw(folder / "drawn", f"{index:05d}", shift=2 * index)
    for part in ("images", "masks"):
        (folder / "drawn" / part).rename(folder / "videos" / part / "box")
    return folder


@pytest.fixture
def config() -> TrainingConfig:
    """20 iterations: stills, then a mixture with two objects and a trunk that learns."""
    return TrainingConfig(
        sources=(STILLS, VIDEOS),
        stages=(
            StageConfig("stills", iterations=10, frames=2, size=32, batch=1, max_objects=1),
            StageConfig(
                "mixed", iterations=10, video_share=0.5, frames=3, size=32, batch=1, trunk_learning_rate=1e-4
            ),
        ),
        network=TINY,
        checkpoint_every=5,
        picture_every=8,
        precision="float32",
    )
