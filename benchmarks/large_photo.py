"""The memory that a photo of 12 megapixels takes: points, edges, proposals and boxes, for few and for many.

    python benchmarks/large_photo.py --image photo.jpg --json memory.json

The photo is made 4000 x 3000 pixels large; without one, discs are drawn. Each row is a process of its own:
resident memory after the embedding, and the most until the end.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np

from benchmarks.process import peak_resident_mib, resident_mib
from benchmarks.stills import picture
from sam.box_masks import masks_in_boxes
from sam.crop import Crop
from sam.edges import Edges
from sam.point_segmenter import predict_points
from sam.proposals import Proposals
from track_anything.models import CachedSegmenter, load_models
from track_anything.testing import MovingShapes
from track_anything.types import Image

SIZE = (3000, 4000)  # rows, columns
TASKS = ("points", "edges", "proposals", "boxes")
_SIDES = (2, 8)  # prompts per side of the image, few and many


@dataclass(frozen=True)
class Taken:
    """What one task took.

    Attributes:
        task: of ``TASKS``.
        prompts: how many were answered.
        embedded_mib: resident memory once the photo is embedded.
        peak_mib: the most until the end.
    """

    task: str
    prompts: int
    embedded_mib: float
    peak_mib: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--image", type=Path, help="a photo (default: drawn discs)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args(arguments)
    rows: list[Taken] = []
    print(f"{'task':<12}{'prompts':>9}{'embedded, MiB':>15}{'peak, MiB':>11}")
    for task in TASKS:
        for side in _SIDES:
            with get_context("spawn").Pool(1) as pool:
                row = pool.apply(measure, (task, side, options.image))
            print(f"{row.task:<12}{row.prompts:>9}{row.embedded_mib:>15.0f}{row.peak_mib:>11.0f}", flush=True)
            rows.append(row)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")
    return 0


def measure(task: str, side: int, path: Path | None, segmenter: CachedSegmenter[Any] | None = None) -> Taken:
    """Do one task with side x side prompts on the photo and watch the memory of this process."""
    image = photo(path)
    chosen = segmenter or load_models(engine="torch").segmenter
    embedding = chosen.embed(image)
    embedded = resident_mib()
    points = Crop(0, (0, 0, image.shape[1], image.shape[0])).grid(side)
    if task == "points":
        for answer in predict_points(chosen, embedding, points, min_predicted_iou=0):
            del answer
    elif task == "edges":
        Edges(side).find(chosen, image, embedding)
    elif task == "proposals":
        for proposal in Proposals(side, passes=2).find(chosen, image):
            del proposal
    else:
        corners = np.concatenate((points - image.shape[0] / 20, points + image.shape[0] / 20), axis=1)
        for answer in masks_in_boxes(chosen, embedding, corners):
            del answer
    return Taken(task, side * side, embedded, peak_resident_mib())


def photo(path: Path | None) -> Image:
    """A photo at the size that counts."""
    if path is None:
        return MovingShapes(height=SIZE[0], width=SIZE[1], shapes=4).frame(0)
    return np.asarray(cv2.resize(picture(path), SIZE[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


if __name__ == "__main__":
    sys.exit(main())
