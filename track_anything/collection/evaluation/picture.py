"""An evaluation as a picture: a lane for each object, from red where J is 0 to blue where it is 1."""

from pathlib import Path

import cv2
import numpy as np
import PIL.Image

from track_anything.collection.evaluation.evaluation import Evaluation, ObjectScore
from track_anything.errors import OutputError
from track_anything.system.files import remedy
from track_anything.types import Image

_WIDTH, _HEIGHT, _GAP = 720, 22, 4  # pixels of a lane, and between two
_LABEL, _NUMBERS = 260, 230
_INK, _PAPER = (40, 40, 40), 255
_BAD, _GOOD = np.array((200, 60, 50), float), np.array((50, 110, 200), float)
_NOT_THERE = 225  # grey of frames on which neither has the object


def draw(evaluation: Evaluation, path: Path) -> None:
    """Write the picture of an evaluation as PNG; OutputError when it cannot be written."""
    lanes = [_lane(each) for each in evaluation.objects]
    total = f"J {evaluation.j:.3f}  F {evaluation.f:.3f}  J&F {evaluation.j_and_f:.3f}"
    title = np.full((2 * _HEIGHT, lanes[0].shape[1], 3), _PAPER, np.uint8)
    _write(title, total, 8)
    try:
        PIL.Image.fromarray(np.vstack([title, *lanes])).save(path, format="PNG")
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror or error}): {remedy(error)}") from error


def _lane(score: ObjectScore) -> Image:
    picture = np.full((_HEIGHT + _GAP, _LABEL + _WIDTH + _NUMBERS, 3), _PAPER, np.uint8)
    _write(picture, f"{score.video} {score.object_id} {score.name}"[:36], 8)
    values = np.array(score.region)[:, None]  # (N, 1)
    colours = _BAD * (1 - values) + _GOOD * values  # (N, 3)
    is_nothing = ~np.array(score.is_there) & (values[:, 0] == 1)
    colours[is_nothing] = _NOT_THERE
    place = np.minimum(np.arange(_WIDTH) * len(colours) // _WIDTH, len(colours) - 1)
    picture[:_HEIGHT, _LABEL : _LABEL + _WIDTH] = colours[place].round().astype(np.uint8)[None]
    _write(picture, f"J {score.j:.3f}  F {score.f:.3f}", _LABEL + _WIDTH + 8)
    return picture


def _write(picture: Image, text: str, left: int) -> None:
    shown = text.encode("ascii", "replace").decode()  # the font has no other characters
    cv2.putText(picture, shown, (left, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
