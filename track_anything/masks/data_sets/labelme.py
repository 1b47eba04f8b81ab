"""LabelMe: a JSON file for each frame, with masks as PNG in it; ``group_id`` tells which object it is."""

import base64
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from track_anything.masks.arrays import box_of
from track_anything.masks.data_sets.data_set import Annotations, DataSet
from track_anything.masks.rle import polygon_mask
from track_anything.types import Mask

_VERSION = "5.5.0"


def read_labelme(path: Path) -> DataSet:
    """A folder of files, or one with a folder for each video; shapes without a ``group_id`` are numbered."""
    folders = [path] if any(path.glob("*.json")) else sorted(each for each in path.iterdir() if each.is_dir())
    annotations = Annotations()
    for folder in folders:
        files = sorted(folder.glob("*.json"))
        contents = [json.loads(file.read_bytes()) for file in files]
        if not contents:
            continue
        size = (int(contents[0]["imageHeight"]), int(contents[0]["imageWidth"]))
        annotations.add_video(folder.name, size, [file.stem for file in files])
        for frame, content in enumerate(contents):
            for place, shape in enumerate(content["shapes"], start=1):
                number = place if shape.get("group_id") is None else int(shape["group_id"])
                name = str(shape.get("description") or "")
                annotations.add_track(folder.name, number, name, str(shape["label"]))
                annotations.add_mask(folder.name, number, frame, _mask(shape, size))
    return annotations.data_set()


def write_labelme(data: DataSet, path: Path) -> list[str]:
    """``VIDEO/FRAME.json``; the description of a shape is the name of its object."""
    for name, video in data:
        folder = path / name
        folder.mkdir(parents=True)
        for frame, stem in enumerate(video.frames):
            content: dict[str, Any] = {
                "version": _VERSION,
                "flags": {},
                "shapes": [
                    _shape(number, track.category or "object", track.name, mask)
                    for number, track, _, mask in video.masks(frame)
                ],
                "imagePath": f"{stem}.jpg",
                "imageData": None,
                "imageHeight": video.size[0],
                "imageWidth": video.size[1],
            }
            (folder / f"{stem}.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")
    return []


def _shape(number: int, label: str, name: str, mask: Mask) -> dict[str, Any]:
    x0, y0, x1, y1 = box_of(mask) or (0, 0, 1, 1)
    encoded = io.BytesIO()
    PIL.Image.fromarray(mask[y0:y1, x0:x1]).save(encoded, "PNG")
    return {
        "label": label,
        "points": [[x0, y0], [x1 - 1, y1 - 1]],  # the last pixel is included
        "group_id": number,
        "description": name,
        "shape_type": "mask",
        "flags": {},
        "mask": base64.b64encode(encoded.getvalue()).decode("ascii"),
    }


def _mask(shape: Mapping[str, Any], size: tuple[int, int]) -> Mask:
    points, kind = shape["points"], shape.get("shape_type", "polygon")
    if kind == "mask":
        (x, y), _ = points
        with PIL.Image.open(io.BytesIO(base64.b64decode(shape["mask"]))) as image:
            part = np.asarray(image.convert("L")) > 0
        mask = np.zeros(size, np.bool_)
        place = mask[int(y) : int(y) + part.shape[0], int(x) : int(x) + part.shape[1]]
        place[:] = part[: place.shape[0], : place.shape[1]]
        return mask
    if kind == "rectangle":
        (x0, y0), (x1, y1) = points
        points = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    elif kind != "polygon":
        raise ValueError(f"a shape is a {kind}, which has no mask")
    return polygon_mask([[float(value) for point in points for value in point]], size)


def is_labelme(content: Mapping[str, Any]) -> bool:
    """Whether the content of a JSON file looks like it."""
    return "shapes" in content and "imageHeight" in content
