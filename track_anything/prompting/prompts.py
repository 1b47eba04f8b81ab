"""Prompts from what people and pages say, with the product's own errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from sam.errors import SamError
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError
from track_anything.project.edits import GiveMask
from track_anything.types import FrameIndex, Mask, ObjectId

_PER_DOUBLING = 0.02  # predicted IoU that twice the area outweighs


def likeliest(found: Candidates) -> int:
    """Index of the answer to a lone click that is most likely meant.

    Of a part and the whole that are predicted about equally well, people mean the whole: what follows an
    object through a video is rarely meant to follow a sleeve.
    """
    areas = found.masks.reshape(len(found.masks), -1).sum(axis=1)  # (M,)
    return int(np.argmax(found.scores + _PER_DOUBLING * np.log2(np.maximum(areas, 1))))


def prompt_of(points: Any, labels: Any, box: Any = None) -> Prompt:  # noqa: ANN401 - what JSON or an edit holds
    """A prompt of clicks and a box.

    Args:
        points: clicks as (x, y) pairs in source pixels; may be empty.
        labels: per click, 1 = belongs to the object, 0 = does not.
        box: (x0, y0, x1, y1) in source pixels, or None.

    Raises:
        InputError: they make no prompt.
    """
    with explained(), np.errstate(over="ignore"):  # numbers too large become infinite, which is refused
        return Prompt(
            points=np.array(points, np.float32).reshape(-1, 2),
            labels=np.array(labels, np.int64),
            box=None if box is None else np.array(box, np.float32),
        )


def check_found(frame: FrameIndex, mask: Mask) -> None:
    """Raise ``InputError`` when an answer on a frame, (H, W), has no pixel."""
    if not mask.any():
        raise InputError(f"nothing was found on frame {frame}: click inside the object or draw a box")


def edit_from_prompt(frame: FrameIndex, object_id: ObjectId, prompt: Prompt) -> GiveMask:
    """The edit that a prompt with an answer becomes."""
    x0, y0, x1, y1 = prompt.box if prompt.box is not None else (0, 0, 0, 0)
    return GiveMask(
        frame,
        object_id,
        points=tuple((float(x), float(y)) for x, y in prompt.points),
        labels=tuple(int(label) for label in prompt.labels),
        box=(float(x0), float(y0), float(x1), float(y1)) if prompt.box is not None else None,
    )


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the segmenter finds wrong with a prompt into the product's own error."""
    try:
        yield
    except SamError as error:
        raise InputError(str(error)) from error
