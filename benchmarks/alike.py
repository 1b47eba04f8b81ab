"""Find all like this, on a part of COCO: one object is the example, and the others of its class are sought.

    python benchmarks/alike.py --data FOLDER --json alike.json --plot alike.png
    python benchmarks/alike.py --data FOLDER --fit      # the weights, on the pictures that are not scored

FOLDER has images/ and instances.json. A task is a picture with at least three objects of a class; the
largest one is the example. Precision, recall and F1 of the others at IoU 0.5, means over tasks; what lies in
a crowd of the class is neither right nor wrong, as in COCO's own evaluation. Weights and thresholds, the
baseline's too, are fitted on every second picture and scored on the others. The baseline ranks the same
masks by the cosine of mean features, "looks" is the product without a detector, "own" takes the threshold
that suits each picture best, and "perfect" ranks by the truth: what that lacks was never found.
"""

import pickle
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from scipy.optimize import minimize

from benchmarks.bars import Bars, save_bars
from benchmarks.coco import CocoPart
from benchmarks.report import shown
from benchmarks.stills import ended_well, load_segmenter, stills_parser, write_json
from track_anything.models import CachedSegmenter
from track_anything.models.detector import YoloxDetector
from track_anything.prompting.finding.alike import Alike, alike, evidence_of, example_of
from track_anything.prompting.finding.likeness import Appearance, features_of
from track_anything.prompting.finding.scoring import EVIDENCE, knows_class, relative, scores_of
from track_anything.prompting.finding.sightings import Sightings
from track_anything.types import Mask

_SAME, _FOUND = 0.5, 0.5  # IoU: with the example, so that it is no answer; with another one, so that it is
_PART = 0.85  # share of an answer in a better one, from which on it is a part of that
_CROWD = 0.5  # share of an answer in a crowd


@dataclass(frozen=True, eq=False)
class Task:
    """One example and what was found.

    Attributes:
        image_id: the picture.
        category: the class.
        evidence: (N, E) per mask, in the order of its names.
        means: (N,) cosine of mean features.
        overlaps: (N, M) IoU with the other objects of the class.
        doubles: (N, N) whether the first shows the same as the second, or a part of it.
        crowded: (N,) whether it lies in a crowd of the class.
    """

    image_id: int
    category: str
    evidence: NDArray[np.float64]
    means: NDArray[np.float64]
    overlaps: NDArray[np.float64]
    doubles: NDArray[np.bool_]
    crowded: NDArray[np.bool_]

    @property
    def scores(self) -> NDArray[np.float64]:
        """(N,) of the product."""
        return scores_of(self.evidence)

    @property
    def looks(self) -> NDArray[np.float64]:
        """(N,) of the product without a detector."""
        evidence = self.evidence.copy()
        evidence[:, EVIDENCE.index("class_score")] = 0
        return scores_of(evidence)

    @property
    def perfect(self) -> NDArray[np.float64]:
        """(N,) of one who knows the truth."""
        return np.asarray(self.overlaps.max(axis=1, initial=0))


def main(arguments: Sequence[str] | None = None, segmenter: CachedSegmenter[Any] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = stills_parser(__doc__)
    parser.add_argument("--fit", action="store_true", help="print weights fitted on the other pictures")
    parser.add_argument("--found", type=Path, help="file that keeps what was found for runs to come")
    parser.add_argument("--plot", type=Path, help="picture of the table")
    options = parser.parse_args(arguments)

    def run() -> None:
        part = CocoPart(options.data, options.every)
        tasks = _kept(options.found) or look(part, segmenter or load_segmenter(options), options.found)
        pictures = sorted({task.image_id for task in tasks})
        fitted = [task for task in tasks if pictures.index(task.image_id) % 2 == 0]
        scored = [task for task in tasks if pictures.index(task.image_id) % 2 == 1] or fitted
        if options.fit:
            print({"known": fit(fitted, is_known=True), "unknown": fit(fitted, is_known=False)})
        rows = []
        print(f"{'rank by':<14}{'threshold':>10}{'precision':>11}{'recall':>9}{'F1':>8}")
        for name, own in (
            ("means", False), ("looks", False), ("scores", False), ("scores", True), ("perfect", False),
        ):  # fmt: skip
            threshold = _FOUND if name == "perfect" else best_threshold(fitted, name)
            told = [marks(task, name, best_threshold([task], name) if own else threshold) for task in scored]
            precision, recall, f1 = np.mean(told, axis=0)
            shown_as = "own" if own else f"{threshold:.3f}"
            print(f"{name:<14}{shown_as:>10}{precision:11.3f}{recall:9.3f}{f1:8.3f}")
            rows.append(
                {"rank": name, "threshold": shown_as, "precision": precision, "recall": recall, "F1": f1}
            )
        write_json(options, {"tasks": len(scored), "fitted_on": len(fitted), "rows": rows})
        if options.plot is not None:
            labels = [
                f"{row['rank']}, at its best" if row["threshold"] == "own" else row["rank"] for row in rows
            ]
            series = {name: [row[name] for row in rows] for name in ("precision", "recall", "F1")}
            save_bars(options.plot, [Bars(f"Others of the class found, {len(scored)} tasks", labels, series)])

    return ended_well(run)


def look(part: CocoPart, segmenter: CachedSegmenter[Any], kept: Path | None = None) -> list[Task]:
    """Find what is like the largest object of every class that a picture has three of."""
    detector, tasks = YoloxDetector(), []
    for image_id in shown(part.ids, "looking", len(part.ids)):
        by_class: dict[int, list[Mask]] = defaultdict(list)
        for each in part.objects(image_id):
            by_class[each["category_id"]].append(part.mask(each))
        many = {category: masks for category, masks in by_class.items() if len(masks) >= 3}
        if not many:
            continue
        image = part.image(image_id)
        embedding, sightings = segmenter.embed(image), Sightings.of(detector, image)
        appearance = Appearance(features_of(embedding))
        for category, masks in many.items():
            example, *others = sorted(masks, key=lambda mask: -np.count_nonzero(mask))
            asked = example_of(appearance, example, sightings)
            found = list(alike(segmenter, image, embedding, appearance, [asked], sightings=sightings))
            truth = Truth(image_id, part.name(category), example, others, part.crowds(image_id, category))
            tasks.append(_task(truth, found))
        if kept is not None:
            kept.write_bytes(pickle.dumps(tasks))
    return tasks


def marks(task: Task, rank: str, threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of a task: what is above a threshold, each thing once, best first."""
    values = getattr(task, rank)
    taken: list[int] = []
    for place in np.argsort(-values, kind="stable"):
        if values[place] < threshold:
            break
        if not task.doubles[place, taken].any():
            taken.append(int(place))
    free = set(range(task.overlaps.shape[1]))
    hits = misses = 0
    for place in taken:
        best = max(free, key=lambda other: task.overlaps[place, other], default=None)
        if best is not None and task.overlaps[place, best] >= _FOUND:
            free.discard(best)
            hits += 1
        else:
            misses += not task.crowded[place]
    precision, recall = hits / max(hits + misses, 1), hits / task.overlaps.shape[1]
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def best_threshold(tasks: Sequence[Task], rank: str) -> float:
    """The threshold with the best mean F1."""
    values = np.concatenate([getattr(task, rank) for task in tasks])
    places = np.quantile(values, np.linspace(0, 1, 60)) if values.size else np.zeros(1)
    return float(max(places, key=lambda place: np.mean([marks(task, rank, place)[2] for task in tasks])))


def fit(tasks: Sequence[Task], *, is_known: bool) -> dict[str, float]:
    """Logistic regression of being one of the others; every task weighs the same; nothing without tasks.

    Args:
        tasks: to fit on.
        is_known: with the class, on tasks of which the detector knows it; else on the looks alone.
    """
    chosen = [task for task in tasks if len(task.evidence) and knows_class(task.evidence) >= is_known]
    if not chosen:
        return {}
    evidence = np.concatenate([relative(task.evidence) for task in chosen])
    evidence[:, EVIDENCE.index("class_score")] *= is_known
    truth = np.concatenate([task.overlaps.max(axis=1) >= _FOUND for task in chosen])
    weights = np.concatenate([np.full(len(task.evidence), 1 / len(task.evidence)) for task in chosen])

    def loss(told: NDArray[np.float64]) -> float:
        logits = told[0] + evidence @ told[1:]
        return float(
            (weights * (np.logaddexp(0, logits) - truth * logits)).sum() + 0.01 * (told[1:] ** 2).sum()
        )

    bounds = [(None, None), *[(0.0, None)] * evidence.shape[1]]  # no likeness counts against
    told = minimize(loss, np.zeros(evidence.shape[1] + 1), bounds=bounds).x
    return dict(zip(("bias", *EVIDENCE), np.round(told, 3).tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Truth:
    """What a task is about: masks (H, W) of the example, of the others, and of crowds of the class."""

    image_id: int
    category: str
    example: Mask
    others: Sequence[Mask]
    crowds: Sequence[Mask]


def _task(truth: Truth, found: Sequence[Alike]) -> Task:
    """What was found but the example itself, with all overlaps."""
    own = _overlaps([each.mask for each in found], [truth.example])[:, 0]
    answers = [each for each, overlap in zip(found, own, strict=True) if overlap < _SAME]
    masks = [each.mask for each in answers]
    areas = np.array([np.count_nonzero(mask) for mask in masks], np.float64)
    overlaps = _overlaps(masks, masks)
    shares = overlaps * (areas[:, None] + areas) / (1 + overlaps) / np.maximum(areas[:, None], 1)
    crowd = np.any(truth.crowds, axis=0) if truth.crowds else np.zeros(truth.example.shape, np.bool_)
    crowded = [np.count_nonzero(mask & crowd) >= _CROWD * np.count_nonzero(mask) for mask in masks]
    return Task(
        truth.image_id,
        truth.category,
        evidence_of(answers),
        np.array([each.likeness.mean for each in answers]),
        _overlaps(masks, truth.others),
        (overlaps >= _SAME) | (shares >= _PART),
        np.array(crowded, np.bool_),
    )


def _overlaps(masks: Sequence[Mask], others: Sequence[Mask]) -> NDArray[np.float64]:
    """IoU of each of (H, W) masks with each of others, (N, M)."""
    if not masks or not others:
        return np.zeros((len(masks), len(others)))
    packed = [
        [coco_mask.encode(np.asfortranarray(mask, np.uint8)) for mask in each] for each in (masks, others)
    ]
    return np.asarray(coco_mask.iou(packed[0], packed[1], [0] * len(others)), np.float64)


def _kept(path: Path | None) -> list[Task]:
    if path is None or not path.is_file():
        return []
    tasks: list[Task] = pickle.loads(path.read_bytes())  # noqa: S301 - what an earlier run of this wrote
    return tasks


if __name__ == "__main__":
    sys.exit(main())
