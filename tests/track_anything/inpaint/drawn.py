"""Clips whose background is known behind everything, because objects are drawn over it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from track_anything.inpaint.window import Window, WindowFrame
from track_anything.types import Image, Mask

SIZE = (72, 96)
RED = (230, 30, 40)


@dataclass(frozen=True)
class Clip:
    """What is there, what is seen of it, and what hides the rest; in lists by frame."""

    truth: Sequence[Image]
    images: Sequence[Image]
    masks: Sequence[Mask]

    def __iter__(self) -> Iterator[tuple[Image, Mask]]:
        return zip(self.images, self.masks, strict=True)


def note_fills(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many frames each window has that is filled from now on."""
    sizes: list[int] = []
    fill = Window.fill

    def noted(self: Window, count: int) -> list[WindowFrame]:
        sizes.append(len(self.frames))
        return fill(self, count)

    monkeypatch.setattr(Window, "fill", noted)
    return sizes


def canvas(seed: int = 0, sigma: float = 2.0, side: int = 256) -> NDArray[np.float64]:
    """(S, S, 3): smooth noise without a border, in which every place looks like itself alone."""
    noise = np.random.default_rng(seed).normal(size=(side, side, 3))
    smooth = ndimage.gaussian_filter(noise, (sigma, sigma, 0), mode="wrap")
    return np.asarray(128 + 90 * smooth / np.abs(smooth).max())


def view(picture: NDArray[np.float64], x: float, y: float, size: tuple[int, int] = SIZE) -> Image:
    """(H, W, 3) of a canvas from (x, y) on, between its pixels by splines."""
    down, right = np.mgrid[: size[0], : size[1]]
    places = [down + y, right + x]
    planes = [
        ndimage.map_coordinates(plane, places, order=3, mode="grid-wrap")
        for plane in picture.T.swapaxes(1, 2)
    ]
    return rounded(np.stack(planes, axis=2))


def rounded(levels: NDArray[np.float64]) -> Image:
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def disc(x: float, y: float, radius: float, size: tuple[int, int] = SIZE) -> Mask:
    down, right = np.mgrid[: size[0], : size[1]]
    return np.asarray((right - x) ** 2 + (down - y) ** 2 <= radius**2)


def hidden(truth: Sequence[Image], masks: Sequence[Mask]) -> Clip:
    """Frames over which masks are painted red."""
    images = [
        np.where(mask[..., None], RED, image).astype(np.uint8)
        for image, mask in zip(truth, masks, strict=True)
    ]
    return Clip(truth, images, masks)


def panned(
    count: int,
    velocity: tuple[float, float],
    mask: Callable[[int], Mask] = lambda frame: disc(20 + 4 * frame, 30 + frame, 9),
    light: Callable[[int], float] = lambda frame: 0.0,
) -> Clip:
    """A camera that moves evenly over a canvas, behind something; light adds levels to a frame."""
    picture = canvas()
    frames = range(count)
    x, y = velocity
    truth = [rounded(view(picture, 40 + x * frame, 40 + y * frame) + float(light(frame))) for frame in frames]
    return hidden(truth, [mask(frame) for frame in frames])


def psnr(image: Image, truth: Image, where: Mask) -> float:
    """Decibels; infinite for what is equal."""
    error = float(((image.astype(np.float64) - truth)[where] ** 2).mean())
    return 10 * float(np.log10(255**2 / error)) if error else float("inf")
