"""Drawn clips on disk."""

from pathlib import Path

import PIL.Image

from track_anything.testing import MovingShapes


def draw(folder: Path, clip: MovingShapes) -> Path:
    """A clip as a folder of images."""
    folder.mkdir(parents=True)
    for frame in range(len(clip)):
        PIL.Image.fromarray(clip.frame(frame)).save(folder / f"{frame:05}.png", compress_level=0)
    return folder
