"""How well small objects are followed, with a closer look at them and without.

    python benchmarks/small_objects.py --sides 20,10

A disc so many pixels across is carried over a drawn, noisy ground of 480 x 854 pixels in waves, a few pixels
per frame; its first mask is given. IoU with the truth: mean over all other frames, the least, and the last.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np
from rich.console import Console
from rich.progress import Progress

from track_anything.masks import iou
from track_anything.types import Image, Mask
from tracker.build import LIGHT_WEIGHTS, light_propagator, load_xmem, zooming
from tracker.propagator import Propagator

_SIZE = (480, 854)
_COLOUR = (220.0, 60.0, 40.0)
_FINE = 4  # drawn so many times larger


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    options = _parse(arguments)
    network = load_xmem(LIGHT_WEIGHTS, precision=options.precision)
    print(f"{'side':>6}{'':16}{'mean':>8}{'least':>8}{'last':>8}")
    for side in options.sides:
        rows: dict[str, Propagator] = {
            "whole frame": light_propagator(network),
            "and closer": zooming(network, light_propagator(network)),
        }
        for name, propagator in rows.items():
            found = followed(propagator, side, options.frames)
            print(f"{side:6}  {name:14}{np.mean(found):8.3f}{min(found):8.3f}{found[-1]:8.3f}", flush=True)
    return 0


def followed(propagator: Propagator, side: int, frames: int) -> list[float]:
    """IoU with the truth on each frame of a film but the first."""
    film = drawn(side, frames)
    image, mask = next(film)
    propagator.remember(image, mask.astype(np.uint8))
    overlaps = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for image, mask in progress.track(film, total=frames - 1, description=f"{side} pixels"):
            overlaps.append(iou(propagator.step(image).label_map == 1, mask))
    return overlaps


def drawn(side: int, frames: int) -> Iterator[tuple[Image, Mask]]:
    """Frames (H, W, 3) and the (H, W) masks of the disc on them."""
    chance = np.random.default_rng(3)
    height, width = _SIZE
    coarse = chance.integers(40, 200, (30, 54, 3)).astype(np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float64)
    ground = smooth + chance.integers(-12, 12, (height, width, 1))
    for index in range(frames):
        x, y = 60 + (width - 120) * index / 100, height / 2 + height / 4 * np.sin(index / 9)
        fine = np.zeros((height * _FINE, width * _FINE), np.uint8)
        cv2.circle(fine, (int(x * _FINE), int(y * _FINE)), side * _FINE // 2, 255, -1)
        cover = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)[..., None] / 255  # (H, W, 1)
        picture = ground * (1 - cover) + np.array(_COLOUR) * cover + chance.normal(0, 3, (height, width, 3))
        yield np.clip(picture, 0, 255).astype(np.uint8), cover[..., 0] > 0.5


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="small_objects.py", description="How well small objects are followed."
    )
    parser.add_argument("--sides", type=_numbers, default=[20, 10], help="pixels across (default: 20,10)")
    parser.add_argument("--frames", type=int, default=100, help="of the film (default: 100, at most)")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    return parser.parse_args(arguments)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
