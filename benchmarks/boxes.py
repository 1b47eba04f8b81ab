"""Mask AP from boxes on a part of COCO: a detector's, and the true ones, in one pass and in two.

    python benchmarks/boxes.py --data FOLDER --json boxes.json --plot boxes.png

FOLDER has images/, instances.json and detections_yolox_nano.json, a COCO results file. Kirillov et al.,
ICCV 2023, section 7.4; masks and their AP by pycocotools. Scores are the detector's own.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np

from benchmarks.bars import Bars, save_bars
from benchmarks.coco import CocoPart, result
from benchmarks.report import shown
from benchmarks.stills import ended_well, load_segmenter, stills_parser, write_json
from sam.box_masks import masks_in_boxes, refined, steadier
from track_anything.models import CachedSegmenter
from track_anything.prompting.finding.detections import DetectionsFile

PASSES = ("1", "2", "2, always")
"""The first answer; the steadier of both, which is what the product does; the second."""

_COLUMNS = ("all", "0.5", "0.75", "small", "medium", "large")


def main(arguments: Sequence[str] | None = None, segmenter: CachedSegmenter[Any] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = stills_parser(__doc__)
    parser.add_argument("--detections", type=Path, help="instead of FOLDER/detections_yolox_nano.json")
    parser.add_argument("--plot", type=Path, help="picture of the table")
    options = parser.parse_args(arguments)

    def run() -> None:
        part = CocoPart(options.data, options.every)
        given = options.detections or options.data / "detections_yolox_nano.json"
        sources = {
            "detector": DetectionsFile.read(given),
            "true boxes": DetectionsFile.read(options.data / "instances.json"),
        }
        rows = measure(part, sources, segmenter or load_segmenter(options))
        print(f"{'boxes':<12}{'passes':>11}" + "".join(f"{'AP ' + name:>11}" for name in _COLUMNS))
        for row in rows:
            print(
                f"{row['boxes']:<12}{row['passes']:>11}" + "".join(f"{row[name]:11.3f}" for name in _COLUMNS)
            )
        write_json(options, {"pictures": len(part.ids), "rows": rows})
        if options.plot is not None:
            save_bars(options.plot, [_bars(source, rows) for source in sources])

    return ended_well(run)


def measure(
    part: CocoPart, sources: dict[str, DetectionsFile], segmenter: CachedSegmenter[Any]
) -> list[dict[str, Any]]:
    """AP by source of the boxes and number of passes."""
    results: dict[tuple[str, str], list[dict[str, Any]]] = {
        (source, passes): [] for source in sources for passes in PASSES
    }
    for image_id in shown(part.ids, "boxes", len(part.ids)):
        image = part.image(image_id)
        embedding = segmenter.embed(image)
        for source, detections in sources.items():
            found = detections.of(part.file_name(image_id), (image.shape[0], image.shape[1]))
            boxes = np.array([each.box for each in found], np.float32).reshape(-1, 4)
            once = masks_in_boxes(segmenter, embedding, boxes, passes=1)
            for each, box, first in zip(found, boxes, once, strict=True):
                second = refined(segmenter, embedding, box, first)
                answers = {"1": first, "2": steadier(first, second), "2, always": second}
                for passes, answer in answers.items():
                    mask, category = answer.masks[answer.best], detections.categories[each.name]
                    results[source, passes].append(result(image_id, category, mask, each.score))
    return [
        {"boxes": source, "passes": passes, "masks": len(rows)} | part.average_precision(rows)
        for (source, passes), rows in results.items()
    ]


def _bars(source: str, rows: list[dict[str, Any]]) -> Bars:
    """The rows of one source of boxes as bars."""
    series = {
        f"passes: {row['passes']}": [row[n] for n in _COLUMNS] for row in rows if row["boxes"] == source
    }
    return Bars(f"Mask AP, boxes: {source}", [f"AP {name}" for name in _COLUMNS], series)


if __name__ == "__main__":
    sys.exit(main())
