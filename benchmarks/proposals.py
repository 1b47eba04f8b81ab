"""Object proposals on a part of COCO: average recall by how many are looked at, and by size of object.

    python benchmarks/proposals.py --data FOLDER --every 10 --json proposals.json --plot recall.png

FOLDER has images/ and instances.json. Kirillov et al., ICCV 2023, section 7.3 and appendix D.3: a grid of
64 x 64 clicks, ranked by predicted IoU and stability; AR over IoU 0.5 to 0.95 by pycocotools, of masks
whatever their class. In one pass, and in two: each proposal asked about again with its box and mask.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from benchmarks.coco import SIZES, CocoPart, result
from benchmarks.plot import Panel, save_plot
from benchmarks.report import shown
from benchmarks.stills import ended_well, load_segmenter, positive, stills_parser, write_json
from sam.proposals import Proposals, asked_again
from track_anything.models import CachedSegmenter

LIMITS = (10, 100, 1000)
_CATEGORY = 1  # of every row: classes do not count


def main(arguments: Sequence[str] | None = None, segmenter: CachedSegmenter[Any] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = stills_parser(__doc__)
    parser.add_argument("--points-per-side", type=positive, default=64)
    parser.add_argument("--plot", type=Path, help="picture of recall over proposals")
    options = parser.parse_args(arguments)

    def run() -> None:
        part = CocoPart(options.data, options.every)
        recalls = measure(part, segmenter or load_segmenter(options), options.points_per_side)
        rows: list[dict[str, Any]] = []
        print(f"{'passes':<8}{'proposals':>11}" + "".join(f"{'AR ' + size:>11}" for size in SIZES))
        for passes, recall in recalls.items():
            for limit, by_size in recall.items():
                rows.append({"passes": passes, "proposals": limit} | by_size)
                print(f"{passes:<8}{limit:>11}" + "".join(f"{by_size[size]:11.3f}" for size in SIZES))
        objects = sum(len(part.objects(image_id)) for image_id in part.ids)
        write_json(options, {"pictures": len(part.ids), "objects": objects, "rows": rows})
        if options.plot is not None:
            curves = {
                f"{passes} pass{'es' if passes > 1 else ''}": [by_size["all"] for by_size in recall.values()]
                for passes, recall in recalls.items()
            }
            save_plot(options.plot, [Panel("AR over proposals", curves, [float(each) for each in LIMITS])])

    return ended_well(run)


def measure(
    part: CocoPart, segmenter: CachedSegmenter[Any], points_per_side: int
) -> dict[int, dict[int, dict[str, float]]]:
    """AR by number of passes, by how many proposals are looked at, by size of object."""
    results: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
    settings = Proposals(points_per_side, LIMITS[-1])
    for image_id in shown(part.ids, "proposals", len(part.ids)):
        image = part.image(image_id)
        size, embedding = (image.shape[0], image.shape[1]), segmenter.embed(image)
        first = settings.first_pass(segmenter, image, embedding)
        both = asked_again(segmenter, embedding, first, size, LIMITS[-1])
        for passes, found in ((1, first), (2, both)):
            results[passes] += [
                result(image_id, _CATEGORY, each.unpack(size), -float(place))
                for place, each in enumerate(found)
            ]
    return {passes: part.average_recall(rows, LIMITS) for passes, rows in results.items()}


if __name__ == "__main__":
    sys.exit(main())
