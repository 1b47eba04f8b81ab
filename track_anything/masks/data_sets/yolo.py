"""YOLO for segmentation: a text file per frame, a line with class and polygon for each piece of a mask."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks.arrays import iou
from track_anything.masks.data_sets.data_set import Annotations, DataSet
from track_anything.masks.rle import polygon_mask
from track_anything.types import Mask

_TABLE = "data.yaml"
_TOLERANCE = 0.5  # pixels by which a simplified outline may leave the true one
_DIGITS = 6


def read_yolo(path: Path) -> DataSet:
    """A folder with ``labels`` and ``data.yaml``; a line is an object of its own, numbered by its frame.

    Sizes of pictures are not in labels: ours stand in ``data.yaml`` as ``sizes``, others are those of the
    pictures in ``images``.
    """
    table = _table(path)
    names = table["names"]
    categories = dict(enumerate(names)) if isinstance(names, list) else {int(k): v for k, v in names.items()}
    labels = path / "labels"
    folders = sorted(each for each in labels.rglob("*") if each.is_dir() and any(each.glob("*.txt")))
    annotations = Annotations()
    for folder in folders or [labels]:
        name = folder.relative_to(labels).as_posix() if folder != labels else path.name
        files = sorted(folder.glob("*.txt"))
        size = _size(path, table, name, files[0].stem)
        annotations.add_video(name, size, [file.stem for file in files])
        for frame, file in enumerate(files):
            lines = [line.split() for line in file.read_text("utf-8").splitlines() if line.strip()]
            for number, line in enumerate(lines, start=1):
                corners = np.array(line[1:], np.float64).reshape(-1, 2) * (size[1], size[0])
                # one id for all objects of a number on their frame: the form has no others
                annotations.add_track(name, number, category=str(categories[int(line[0])]))
                annotations.add_mask(name, number, frame, polygon_mask([corners.ravel().tolist()], size))
    return annotations.data_set()


def write_yolo(data: DataSet, path: Path) -> list[str]:
    """Outlines are simplified by half a pixel; holes are lost; what that costs is told."""
    categories = data.categories
    numbers = {name: place for place, name in enumerate(categories)}
    overlaps: list[float] = []
    pieces = 0
    for name, video in data:
        folder = path / "labels" / name
        folder.mkdir(parents=True)
        scale = np.array([video.size[1], video.size[0]], np.float64)
        for frame, stem in enumerate(video.frames):
            lines = []
            for _, track, _, mask in video.masks(frame):
                polygons = polygons_of(mask)
                pieces += max(0, len(polygons) - 1)
                overlaps.append(iou(_drawn(polygons, video.size), mask))
                for polygon in polygons:
                    corners = " ".join(f"{value:.{_DIGITS}g}" for value in (polygon / scale).ravel())
                    lines.append(f"{numbers[track.category or 'object']} {corners}\n")
            (folder / f"{stem}.txt").write_text("".join(lines), "utf-8")
    table = {
        "path": ".",
        "train": "images",
        "val": "images",
        "names": dict(enumerate(categories)),
        "sizes": {name: list(video.size) for name, video in data},
    }
    (path / _TABLE).write_text(
        json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )  # is YAML, too
    if not overlaps:
        return []
    mean, least = np.mean(overlaps), min(overlaps)
    told = f"polygons overlap with their masks by {mean:.4f} on average, {least:.4f} at least"
    return [told, *([f"{pieces} further pieces of masks are objects of their own"] if pieces else [])]


def polygons_of(mask: Mask) -> list[NDArray[np.float64]]:
    """The outlines of the pieces of an (H, W) mask, each (N, 2) corners ``(x, y)`` along the pixels' edges.

    Simplified by at most half a pixel (Douglas and Peucker 1973); holes are not in them.
    """
    # Twice as large, every pixel has corners of its own, and outlines run along edges.
    doubled = np.kron(mask.astype(np.uint8), np.ones((2, 2), np.uint8))  # (2 H, 2 W)
    outlines, _ = cv2.findContours(np.pad(doubled, 1), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    polygons = []
    for outline in outlines:
        simple = cv2.approxPolyDP(outline, _TOLERANCE, closed=True)[:, 0].astype(np.float64) - 1  # (N, 2)
        corners = (simple + 0.5) / 2
        if len(corners) >= 3:
            polygons.append(corners)
    return polygons


def _drawn(polygons: list[NDArray[np.float64]], size: tuple[int, int]) -> Mask:
    if not polygons:
        return np.zeros(size, np.bool_)
    return polygon_mask([polygon.ravel().tolist() for polygon in polygons], size)


def _table(path: Path) -> dict[str, Any]:
    import yaml

    try:
        table = yaml.safe_load((path / _TABLE).read_text("utf-8"))
    except yaml.YAMLError as error:
        raise InputError(f"{path / _TABLE} is no YAML ({str(error).splitlines()[0]}): mend it") from error
    if not isinstance(table, dict) or "names" not in table:
        raise InputError(f"{path / _TABLE} has no names of classes: add `names`")
    return table


def _size(path: Path, table: dict[str, Any], video: str, stem: str) -> tuple[int, int]:
    if video in table.get("sizes", {}):
        height, width = table["sizes"][video]
        return int(height), int(width)
    for folder in (path / "images" / video, path / "images"):
        for picture in folder.glob(f"{stem}.*"):
            image = cv2.imread(str(picture), cv2.IMREAD_UNCHANGED)
            if image is not None:
                return image.shape[0], image.shape[1]
    raise InputError(f"{path} does not tell the size of {video}: put its pictures into {path / 'images'}")


def is_yolo(path: Path) -> bool:
    """Whether a folder looks like it."""
    return (path / _TABLE).is_file() and (path / "labels").is_dir()
