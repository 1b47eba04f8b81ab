"""Several objects that cross and hide each other: J&F per object, and how often two are mistaken.

    python benchmarks/multi_object.py --data FOLDER --preset fast --json multi.json

Clips are composited with a fixed seed from stills that the training has held out, over videos that it has
never seen; the first frame's true masks are given. FOLDER is what the training recipe's paths lie below.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from time import perf_counter

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np
import PIL.Image
from rich.console import Console
from rich.progress import track as show_progress

from benchmarks.composites import Composite, make_composites
from benchmarks.metrics import boundary_accuracy, region_similarity
from track_anything.errors import TrackAnythingError
from track_anything.masks.overlay import paint
from track_anything.models import DEFAULT_PRESET, DEVICES, PRESETS, TRACKERS, Models, load_models
from track_anything.tracking import propagate
from track_anything.types import LabelMap, ObjectId
from tracker.errors import TrackerError
from tracker.training.config import read_config

_RECIPE = Path(__file__).resolve().parents[1] / "configs" / "xmem-light.toml"
_TILES = 6  # of each clip in the picture


@dataclass(frozen=True)
class CompositeScore:
    """What came of one clip.

    Attributes:
        name: of the clip.
        objects: K.
        region: J, mean over objects and frames but the first, 0 to 1.
        boundary: F, likewise.
        switches: how often a predicted mask went over from one true object to another.
        seconds: spent in the loop, drawing the frames included.
        frames: of the clip.
    """

    name: str
    objects: int
    region: float
    boundary: float
    switches: int
    seconds: float
    frames: int

    @property
    def mean(self) -> float:
        """J&F."""
        return (self.region + self.boundary) / 2


def held_object(predicted: LabelMap, truth: LabelMap, object_id: ObjectId) -> ObjectId | None:
    """The true object that most pixels of a predicted mask belong to; None when most belong to none."""
    inside = truth[predicted == object_id]
    if inside.size == 0:
        return None
    counts = np.bincount(inside)
    winner = int(counts.argmax())
    return winner if winner and 2 * counts[winner] > inside.size else None


def count_switches(held: Sequence[ObjectId | None]) -> int:
    """How often the object held changes, frames on which none is held left out."""
    known = [object_id for object_id in held if object_id is not None]
    return sum(before != after for before, after in pairwise(known))


def evaluate(clip: Composite, models: Models) -> tuple[CompositeScore, list[LabelMap]]:
    """Track all objects of a clip from their true masks on the first frame; the label maps found, too."""
    objects = len(clip.cut_outs)
    _, first = clip.draw(0)
    known = {0: {object_id: first == object_id for object_id in range(1, objects + 1)}}
    regions, boundaries = [], []
    held: Mapping[ObjectId, list[ObjectId | None]] = {object_id: [] for object_id in known[0]}
    found = []
    started = perf_counter()
    results = list(propagate(enumerate(clip.frames()), known, models.new_propagator(), models.new_refiner()))
    seconds = perf_counter() - started
    for result in results:
        _, truth = clip.draw(result.index)
        found.append(result.label_map)
        for object_id, history in held.items():
            history.append(held_object(result.label_map, truth, object_id))
            if result.index > 0:
                both = result.label_map == object_id, truth == object_id
                regions.append(region_similarity(*both))
                boundaries.append(boundary_accuracy(*both))
    switches = sum(count_switches(history) for history in held.values())
    score = CompositeScore(
        clip.name, objects, fmean(regions), fmean(boundaries), switches, seconds, len(clip)
    )
    return score, found


def main(arguments: Sequence[str] | None = None, models: Models | None = None) -> int:
    """Run the benchmark; returns the exit code: 0, or 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        _run(options, models)
    except (TrackAnythingError, TrackerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _run(options: argparse.Namespace, models: Models | None) -> None:
    stills = [source for source in read_config(options.recipe).sources if source.kind == "stills"]
    clips = make_composites(
        options.data,
        stills,
        options.data / options.backgrounds,
        counts=options.objects,
        clips=options.clips,
        length=options.length,
    )
    models = models or load_models(
        engine="torch",
        preset=options.preset,
        tracker=options.tracker,
        tracker_weights=options.tracker_weights,
        device=options.device,
    )
    scores, rows = [], []
    console = Console(stderr=True)
    for clip in show_progress(clips, "tracking", console=console, transient=True):
        score, found = evaluate(clip, models)
        scores.append(score)
        rows.append(_row(clip, found))
    print(f"{'objects':<10}{'J':>7}{'F':>7}{'J&F':>7}{'switches':>10}{'frames':>8}{'fps':>7}")
    for count in options.objects:
        _print_mean(str(count), [score for score in scores if score.objects == count])
    _print_mean("all", scores)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(score) for score in scores], indent=2) + "\n", "utf-8")
    if options.sheet is not None:
        PIL.Image.fromarray(np.vstack(rows)).save(options.sheet)


def _print_mean(name: str, scores: Sequence[CompositeScore]) -> None:
    """A row of the table: every object counts the same, in whichever clip it is."""
    weight = sum(score.objects for score in scores)
    region = sum(score.region * score.objects for score in scores) / weight
    boundary = sum(score.boundary * score.objects for score in scores) / weight
    frames, seconds = sum(score.frames for score in scores), sum(score.seconds for score in scores)
    switches = sum(score.switches for score in scores)
    print(
        f"{name:<10}{region:7.3f}{boundary:7.3f}{(region + boundary) / 2:7.3f}"
        f"{switches:10d}{frames:8d}{frames / seconds:7.2f}"
    )


def _row(clip: Composite, found: Sequence[LabelMap]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Evenly spaced frames of a clip with what was found, side by side."""
    shown = np.linspace(0, len(clip) - 1, _TILES).round().astype(int)
    tiles = [paint(clip.draw(int(index))[0], found[index]) for index in shown]
    return np.hstack([cv2.resize(tile, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for tile in tiles])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="multi_object.py", description="Several objects in one clip.")
    parser.add_argument("--data", type=Path, required=True, help="what the recipe's paths lie below")
    parser.add_argument("--recipe", type=Path, default=_RECIPE, help="training whose held-out stills to use")
    parser.add_argument("--backgrounds", default="data/clips", help="folder of videos below --data")
    parser.add_argument("--objects", type=_numbers, default=[2, 3, 4, 5], help="2,3,...")
    parser.add_argument("--clips", type=int, default=3, help="per number of objects (default: 3)")
    parser.add_argument("--length", type=int, default=40, help="frames of each (default: 40)")
    parser.add_argument("--preset", choices=tuple(PRESETS), default=DEFAULT_PRESET)
    parser.add_argument("--tracker", choices=TRACKERS, help="instead of the preset's")
    parser.add_argument("--tracker-weights", type=Path, help="likewise of the tracker")
    parser.add_argument("--device", choices=DEVICES, default=DEVICES[0])
    parser.add_argument("--json", type=Path, help="file for the scores")
    parser.add_argument("--sheet", type=Path, help="file for a picture of all clips")
    return parser.parse_args(arguments)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
