"""``eval``: masks held against true ones."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from track_anything.cli.options import Command, Parser, typed

if TYPE_CHECKING:
    from track_anything.collection.evaluation import Evaluation


@dataclass(frozen=True)
class EvalOptions:
    """What ``eval`` is told."""

    predicted: Path
    truth: Path
    match: Literal["ids", "overlap"]
    davis: bool
    partial: bool
    json: Path | None
    picture: Path | None


def _add_eval(parser: Parser) -> None:
    add = parser.add_argument
    add("predicted", type=Path, help="masks: a project, the results of a batch, or a data set in any form")
    add("truth", type=Path, help="the true ones, likewise")
    add(
        "--match",
        choices=("ids", "overlap"),
        default="ids",
        help="which object is which: by id (default), or as overlaps are best on the whole",
    )
    add("--davis", action="store_true", help="first and last frame do not count, as in the DAVIS benchmarks")
    add("--partial", action="store_true", help="videos and frames that were not predicted do not count")
    add("--json", type=Path, metavar="FILE", help="all scores, of every frame too")
    add("--picture", type=Path, metavar="FILE", help="a PNG with a lane per object")


def _eval(namespace: argparse.Namespace) -> None:
    """Print J, F and J&F per object, per video and in all."""
    import json

    from track_anything.cli.console import errors
    from track_anything.collection.annotated import annotated_at
    from track_anything.collection.evaluation import evaluate
    from track_anything.collection.evaluation.picture import draw

    options = typed(EvalOptions, namespace)
    evaluation = evaluate(
        annotated_at(options.predicted),
        annotated_at(options.truth),
        by_overlap=options.match == "overlap",
        leaves_out_ends=options.davis,
        is_partial=options.partial,
    )
    print_scores(evaluation)
    for note in evaluation.notes:
        errors.print(f"note: {note}")
    if options.json is not None:
        text = json.dumps(evaluation.to_json(), indent=1, ensure_ascii=False) + "\n"
        options.json.write_text(text, "utf-8")
    if options.picture is not None:
        draw(evaluation, options.picture)


def print_scores(evaluation: "Evaluation") -> None:
    """Print the table."""
    from statistics import fmean

    from track_anything.cli.console import output

    output.print(f"{'video':<24}{'object':<20}{'J':>7}{'F':>7}{'J&F':>7}{'switches':>10}")
    for name, own in evaluation.videos.items():
        for each in own:
            called = f"{each.object_id} {each.name}".strip()
            output.print(f"{name:<24.23}{called:<20.19}{_scores(each.j, each.f)}{each.switches:>10}")
        if len(own) > 1 and len(evaluation.videos) > 1:
            mean = _scores(fmean(each.j for each in own), fmean(each.f for each in own))
            output.print(f"{name:<24.23}{'all':<20}{mean}")
    switches = sum(each.switches for each in evaluation.objects)
    output.print(f"{'all':<24}{'':<20}{_scores(evaluation.j, evaluation.f)}{switches:>10}")
    if (mean_iou := evaluation.mean_iou) is not None:
        output.print(f"mIoU {mean_iou:.3f}, on frames that have the object")
    if (calibration := evaluation.calibration) is not None:
        output.print(
            f"confidence: {calibration.mean_score:.3f} on average, {calibration.right:.3f} of "
            f"{calibration.masks} masks have an IoU of 0.7 or more; calibration error {calibration.error:.3f}"
        )


def _scores(region: float, boundary: float) -> str:
    return f"{region:7.3f}{boundary:7.3f}{(region + boundary) / 2:7.3f}"


COMMANDS = (Command("eval", "J, F and J&F of masks against true ones", _add_eval, _eval),)
