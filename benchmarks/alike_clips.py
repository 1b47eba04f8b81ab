"""Find all like this, in clips: an object of the first frame is the example, and is sought on later ones.

    python benchmarks/alike_clips.py --data FOLDER --json clips.json --plot clips.png

FOLDER has JPEGImages/NAME and Annotations/NAME with label maps of several objects. How often the mask that
is ranked first is of the object that the example shows (IoU at least 0.5), among the other objects of the
clip and everything else; the baseline ranks the same masks by the cosine of mean features. "There" is how
often any of the masks is: nothing can be ranked first that was not found.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np

from benchmarks.bars import Bars, save_bars
from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.report import shown
from benchmarks.stills import each_nth, ended_well, load_segmenter, positive, stills_parser, write_json
from track_anything.masks import iou
from track_anything.models import CachedSegmenter
from track_anything.models.detector import YoloxDetector
from track_anything.prompting.finding.alike import alike, evidence_of, example_of
from track_anything.prompting.finding.likeness import Appearance, features_of
from track_anything.prompting.finding.scoring import scores_of
from track_anything.prompting.finding.sightings import Sightings

_FOUND = 0.5  # IoU with the object
_LEAST_PIXELS = 100  # of an object that is sought


def main(arguments: Sequence[str] | None = None, segmenter: CachedSegmenter[Any] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = stills_parser(__doc__)
    parser.add_argument("--looks", type=positive, default=2, help="later frames that are looked at")
    parser.add_argument("--plot", type=Path, help="picture of the table")
    options = parser.parse_args(arguments)

    def run() -> None:
        names = each_nth(sequence_names(options.data), options.every)
        chosen, rows = segmenter or load_segmenter(options), []
        for name in shown(names, "looking", len(names)):
            sequence = DavisSequence.open(options.data, name, has_objects=True)
            rows += look(name, sequence, chosen, options.looks)
        print(f"{'clip':<20}{'asked':>7}{'there':>8}{'mean features':>15}{'ours':>8}")
        of_clips: dict[str, list[float]] = {}
        for name in (*names, "all"):
            told = [row for row in rows if name in (row["clip"], "all")]
            means = [float(np.mean([row[key] for row in told])) for key in ("there", "means", "scores")]
            print(f"{name:<20}{len(told):>7}{means[0]:8.3f}{means[1]:15.3f}{means[2]:8.3f}")
            of_clips[name] = means
        write_json(options, {"clips": len(names), "rows": rows})
        if options.plot is not None:
            columns = zip(*of_clips.values(), strict=True)
            series = dict(
                zip(("found at all", "first by mean features", "first by ours"), columns, strict=True)
            )
            save_bars(options.plot, [Bars("The object of the example, on later frames", [*of_clips], series)])

    return ended_well(run)


def look(
    name: str, sequence: DavisSequence, segmenter: CachedSegmenter[Any], looks: int
) -> list[dict[str, Any]]:
    """Seek every object of the first frame on evenly spaced later ones."""
    detector, rows = YoloxDetector(), []
    first = sequence.video.frame(0)
    known = Appearance(features_of(segmenter.embed(first)))
    sightings = Sightings.of(detector, first)
    examples = {
        object_id: example_of(known, mask, sightings) for object_id, mask in sequence.truths(0).items()
    }
    for frame in np.linspace(0, len(sequence) - 1, looks + 1).round().astype(int)[1:].tolist():
        truths, image = sequence.truths(frame), sequence.video.frame(frame)
        embedding = segmenter.embed(image)
        appearance = Appearance(features_of(embedding), known.centre)
        there = Sightings.of(detector, image)
        for object_id, example in examples.items():
            truth = truths.get(object_id)
            if truth is None or np.count_nonzero(truth) < _LEAST_PIXELS:
                continue
            found = list(alike(segmenter, image, embedding, appearance, [example], sightings=there))
            hits = [iou(each.mask, truth) >= _FOUND for each in found]
            ranks = {
                "means": [each.likeness.mean for each in found],
                "scores": scores_of(evidence_of(found)).tolist(),
            }
            best = {rank: bool(hits and hits[int(np.argmax(values))]) for rank, values in ranks.items()}
            rows.append({"clip": name, "frame": frame, "object": object_id, "there": any(hits)} | best)
    return rows


if __name__ == "__main__":
    sys.exit(main())
