"""``weights`` and ``train``: the networks themselves."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from track_anything.cli.options import Command, Parser, typed


@dataclass(frozen=True)
class WeightsOptions:
    """What ``weights`` is told."""

    action: Literal["list", "fetch", "path"]
    name: str


@dataclass(frozen=True)
class TrainOptions:
    """What ``train`` is told."""

    config: Path
    data: Path
    out: Path
    device: str


def _add_weights(parser: Parser) -> None:
    parser.add_argument("action", choices=("list", "fetch", "path"), nargs="?", default="list")
    parser.add_argument("name", nargs="?", default="mobile-sam")


def _weights(namespace: argparse.Namespace) -> None:
    """List, fetch or locate released weights."""
    from track_anything.cli.console import byte_progress, output
    from track_anything.errors import InputError
    from track_anything.models import weights

    options = typed(WeightsOptions, namespace)
    if options.action == "fetch":
        with byte_progress(f"fetching {options.name}") as progress:
            path = weights.fetch(options.name, progress=progress)
        output.print(path)
    elif options.action == "path":
        found = weights.cached_path(options.name)
        if found is None:
            raise InputError(
                f"{options.name} is not here yet: get it by `track-anything weights fetch {options.name}`"
            )
        output.print(found)
    else:
        for name, entry in weights.known_weights().items():
            state = weights.cached_path(name) or "not fetched"
            size = f"{entry.bytes / 1e6:,.1f} MB" if entry.bytes else "size not known"
            output.print(f"{name:12} {size:>14} {entry.licence:12} {state}")


def _add_train(parser: Parser) -> None:
    from track_anything.models import DEVICES

    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the recipe, a TOML file")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="what the recipe's paths lie below (default: here)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="checkpoint, weights and pictures; a run that is there is gone on with",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto")


def _train(namespace: argparse.Namespace) -> None:
    """Train a tracker, or go on with a training."""
    from track_anything.cli.console import byte_progress, output, run_job, told_when_stopped
    from track_anything.models import resolve_device, weights
    from track_anything.system.lifecycle import Job
    from tracker.training import CURVE, WEIGHTS, Trainer, read_config  # the one command that needs it

    options = typed(TrainOptions, namespace)
    config = read_config(options.config)
    segmenter = None
    if config.tracker == "sam-memory":
        with byte_progress("fetching mobile-sam") as progress:
            segmenter = weights.fetch("mobile-sam", progress=progress)
    device = resolve_device(options.device)
    trainer = Trainer(config, options.data, options.out, device, segmenter=segmenter)
    stopped = "stopped at iteration {}; the same command goes on from there"
    with told_when_stopped(lambda: stopped.format(trainer.iteration)):
        run_job(Job(trainer, len(trainer), "training"), unit="iterations/s")
    output.print(
        f"weights: {options.out / WEIGHTS} (try them by `track-anything track --tracker-weights FILE`)"
    )
    output.print(f"loss:    {options.out / CURVE} (a picture)")


COMMANDS = (
    Command("weights", "list, fetch or locate the networks' weights", _add_weights, _weights),
    Command("train", "train a tracker on stills and videos with masks", _add_train, _train),
)
