"""A simulated person who clicks where the mask is most wrong, and the mask that comes of it.

The protocol: the first click goes to the pixel deepest inside the object. Each further one goes to the pixel
deepest inside the largest connected region of error, positive where object is missing and negative where
there is too much; it becomes what the product makes of it. Clicking ends early when nothing is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import cv2
import numpy as np

from sam.prompt import Prompt
from sam.segmenter import Segmenter
from track_anything.errors import InputError
from track_anything.prompting import likeliest
from track_anything.prompting.asking import asking
from track_anything.prompting.further_click import FurtherClick
from track_anything.types import Image, Mask

E = TypeVar("E")


@dataclass(frozen=True)
class Click:
    """A click on pixel ``(x, y)``: "this belongs to the object" or, when not positive, "this does not"."""

    x: int
    y: int
    is_positive: bool


@dataclass(frozen=True, eq=False)
class ClickedMask:
    """A mask made by clicking.

    Attributes:
        mask: (H, W) bool.
        clicks: those it took, in order.
    """

    mask: Mask
    clicks: tuple[Click, ...]


@dataclass(frozen=True, eq=False)
class WrongRegion:
    """Where a mask is most wrong.

    Attributes:
        region: (H, W), connected.
        click: what a person would say about it.
    """

    region: Mask
    click: Click


def next_click(answer: Mask, truth: Mask) -> Click | None:
    """Where a person looking at ``answer`` and wanting ``truth`` would click; None when nothing is wrong.

    Args:
        answer: (H, W), empty before the first click.
        truth: (H, W).
    """
    wrong = wrong_region(answer, truth)
    return wrong.click if wrong is not None else None


def wrong_region(answer: Mask, truth: Mask) -> WrongRegion | None:
    """The largest region that is missing in (H, W) ``answer`` or too much there; None when nothing is."""
    missing, excess = _largest_region(truth & ~answer), _largest_region(answer & ~truth)
    is_positive = bool(np.count_nonzero(missing) >= np.count_nonzero(excess))
    region = missing if is_positive else excess
    if not region.any():
        return None
    x, y = _deepest_pixel(region)
    return WrongRegion(region, Click(x, y, is_positive))


def click_mask(segmenter: Segmenter[E], image: Image, truth: Mask, count: int) -> ClickedMask:
    """The mask that at most ``count`` simulated clicks make, as they would in the editor.

    Args:
        segmenter: asked once to embed the image.
        image: (H, W, 3) uint8 RGB.
        truth: (H, W) the mask wanted.
        count: at least 1.

    Raises:
        InputError: there is no object to click, or no click to make.
    """
    if count < 1:
        raise InputError(f"{count} clicks make no mask: give at least 1")
    if not truth.any():
        raise InputError("the true mask of the first frame is empty: there is no object to click on")
    made = list(islice(clicked_masks(segmenter, image, truth), count))
    return ClickedMask(made[-1][1], tuple(click for click, _ in made))


def clicked_masks(segmenter: Segmenter[E], image: Image, truth: Mask) -> Iterator[tuple[Click, Mask]]:
    """Each click and the (H, W) mask after it, as in the editor, until nothing is wrong."""
    ask = asking(segmenter, segmenter.embed(image))
    nobody = np.zeros_like(truth)
    answer, logits = nobody, np.zeros(0, np.float32)
    clicks: list[Click] = []
    while (click := next_click(answer, truth)) is not None:
        clicks.append(click)
        prompt = _prompt(clicks)
        if len(clicks) == 1:
            found = ask(prompt)
            chosen = likeliest(found)
        else:
            found = FurtherClick(image, answer, logits, prompt, nobody).answers(ask)
            chosen = found.best
        answer, logits = found.masks[chosen], found.logits[chosen]
        yield click, answer


def _prompt(clicks: list[Click]) -> Prompt:
    points = np.array([(click.x, click.y) for click in clicks], np.float32)  # (N, 2)
    return Prompt(points=points, labels=np.array([click.is_positive for click in clicks], np.int64))


def _largest_region(mask: Mask) -> Mask:
    """The largest 8-connected region of a (H, W) mask; empty when the mask is."""
    count, regions, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count == 1:
        return np.zeros_like(mask)
    return np.asarray(regions == 1 + int(statistics[1:, cv2.CC_STAT_AREA].argmax()))


def _deepest_pixel(region: Mask) -> tuple[int, int]:
    """The pixel ``(x, y)`` farthest from the region's edge; the frame's edge counts as one."""
    framed = np.pad(region, 1).astype(np.uint8)  # (H + 2, W + 2)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]  # (H, W)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return int(column), int(row)
