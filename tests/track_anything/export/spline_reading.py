"""Reads splines without what the export is made of: by de Casteljau's construction, and Pillow's polygons."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from track_anything.types import Mask

_FINER = 8  # Pillow's pixels within one of ours
_STEPS = 9  # of a segment


def read_splines(path: Path, frame: int, object_id: int) -> Mask:
    """The (H, W) mask of an object on a frame."""
    told = json.loads(path.read_text("utf-8"))
    assert (told["schema"], told["fill"]) == (1, "odd")
    size = (told["width"], told["height"])
    found = Image.new("1", (size[0] * _FINER, size[1] * _FINER))
    for shape in told["shapes"]:
        if shape["object"] == object_id and shape["first"] <= frame < shape["stop"]:
            one = Image.new("1", found.size)
            line = [(x * _FINER - 0.5, y * _FINER - 0.5) for x, y in line_of(on_frame(shape, frame))]
            ImageDraw.Draw(one).polygon(line, fill=1)
            found = ImageChops.logical_xor(found, one)
    fine = np.array(found).reshape(size[1], _FINER, size[0], _FINER)
    return np.asarray(fine.mean(axis=(1, 3)) > 0.5)


def on_frame(shape: dict[str, Any], frame: int) -> NDArray[np.float64]:
    """(points, 6) on a frame: keys are of one number of points, the first and the last frame among them."""
    keys = {int(key): np.array(points) for key, points in shape["keys"].items()}
    assert {shape["first"], shape["stop"] - 1} <= keys.keys()
    assert len({points.shape for points in keys.values()}) == 1
    frames = sorted(keys)
    flat = np.stack([keys[key].ravel() for key in frames])
    values = [np.interp(frame, frames, flat[:, place]) for place in range(flat.shape[1])]
    return np.array(values).reshape(-1, 6)


def line_of(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    line = []
    for here, there in zip(points, np.roll(points, -1, axis=0), strict=True):
        corners = np.array([here[2:4], here[4:6], there[0:2], there[2:4]])
        for step in range(_STEPS):
            left = corners
            while len(left) > 1:
                left = left[:-1] + (left[1:] - left[:-1]) * step / _STEPS
            line.append((float(left[0, 0]), float(left[0, 1])))
    return line
