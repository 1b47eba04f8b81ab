"""Draws the before and after of the README: an object that is removed from a scene whose background is known.

    python benchmarks/removal_picture.py docs/pictures/removal.png

The scene is drawn, for the clips that removal is measured on may not be handed on: a camera that moves over
rough ground with posts, and a ball that rolls through with its shadow. The second object is the shadow.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])


from benchmarks.fill_errors import fill_errors
from track_anything.inpaint import FlowInpainter
from track_anything.masks.overlay import paint
from track_anything.types import Image, LabelMap
from track_anything.video.bit_depth import to_8_bits

HEIGHT, WIDTH, FRAMES = 270, 480, 48
_SHOWN = (4, 22, 42)
_OCTAVES = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the picture; returns the exit code."""
    parser = argparse.ArgumentParser(prog="removal_picture.py", description="Before and after a removal.")
    parser.add_argument("path", type=Path, help="the PNG file to be made")
    path: Path = parser.parse_args(arguments).path
    truth, images, labels = zip(*scene(), strict=True)
    masks = [label_map > 0 for label_map in labels]
    filled = [to_8_bits(image) for image in FlowInpainter().inpaint(zip(images, masks, strict=True))]
    rows = [np.hstack([images[at], paint(images[at], labels[at]), filled[at]]) for at in _SHOWN]
    PIL.Image.fromarray(np.vstack(rows)).save(path)
    print(f"{path}: {fill_errors(filled, truth, masks).psnr:.1f} dB inside of the hole")
    return 0


def scene() -> Iterator[tuple[Image, Image, LabelMap]]:
    """Per frame the ground, the ground with ball and shadow, and what is ball (1) and shadow (2)."""
    world = _ground(HEIGHT + 40, 3 * WIDTH)
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    for frame in range(FRAMES):
        left, top = 7.3 * frame, 20 + 12 * math.sin(frame / 9)
        ground = cv2.remap(world, x + np.float32(left), y + np.float32(top), cv2.INTER_LINEAR)
        truth = np.asarray(np.rint(ground), np.uint8)
        at_x, at_y, radius = 120 + 5 * frame, 150 + 6 * math.sin(frame / 4), 34
        ball = (x - at_x) ** 2 + (y - at_y) ** 2 <= radius**2
        shadow = (((x - at_x - 8) / 44) ** 2 + ((y - at_y - radius - 4) / 11) ** 2 <= 1) & ~ball
        light = np.clip(1 - np.hypot(x - at_x + 12, y - at_y + 14) / 62, 0.12, 1)[..., None]
        stripe = (np.sin((x - at_x) / 9 + frame / 2) > 0)[..., None]
        coat = (
            np.where(stripe, np.array([230, 90, 40], np.float32), np.array([250, 220, 120], np.float32))
            * light
        )
        image = np.where(ball[..., None], coat, np.where(shadow[..., None], ground * 0.55, ground))
        label_map = np.where(ball, np.uint8(1), np.where(shadow, np.uint8(2), np.uint8(0)))
        yield truth, np.asarray(np.rint(image), np.uint8), label_map


def _ground(height: int, width: int) -> NDArray[np.float32]:
    """(height, width, 3): rough ground, and posts that stand on it."""
    generator = np.random.default_rng(7)
    rough = np.zeros((height, width), np.float32)
    for octave in range(_OCTAVES):
        cells = 2 ** (octave + 1)
        size = (max(cells * width // height, 2), cells)
        noise = generator.normal(size=(size[1], size[0])).astype(np.float32)
        rough += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * 0.62**octave
    share = ((rough - rough.min()) / np.ptp(rough))[..., None]
    ground = np.array([58, 74, 40], np.float32) + share * np.array([120, 110, 70], np.float32)
    for place in range(40, width, 97):
        ground[30 : height - 60, place : place + 9] *= np.array([0.55, 0.45, 0.4], np.float32)
    return np.asarray(ground, np.float32)


if __name__ == "__main__":
    sys.exit(main())
