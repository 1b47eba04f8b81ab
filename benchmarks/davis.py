"""DAVIS semi-supervised J&F of the product's own loop: the objects of the first frame, tracked on.

    python benchmarks/davis.py --data FOLDER --init mask
    python benchmarks/davis.py --data FOLDER --init clicks --clicks 3
    python benchmarks/davis.py --data FOLDER --objects      # label maps of several objects

The first frame is given and the last is not scored (Perazzi et al., CVPR 2016, and its published evaluation).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from rich.console import Console
from rich.progress import Progress

from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.embeddings import keep_embeddings
from benchmarks.evaluation import SequenceScore, evaluate
from benchmarks.report import HEADER, line, mean_of, to_json
from benchmarks.sizes import at_internal_size
from track_anything.errors import OutputError, TrackAnythingError
from track_anything.models import (
    DEFAULT_PRESET,
    DEVICES,
    ENGINES,
    PRECISIONS,
    PRESETS,
    SEGMENTERS,
    TRACKERS,
    Models,
    load_models,
)


def main(arguments: Sequence[str] | None = None, models: Models | None = None) -> int:
    """Run the benchmark.

    Args:
        arguments: of the command line; None = those of this process.
        models: what to track with instead of what the options name.

    Returns:
        The exit code: 0, or 2 for what a user can mend.
    """
    options = _parse(arguments)
    try:
        _run(options, models)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _run(options: argparse.Namespace, models: Models | None) -> None:
    names = options.sequences or sequence_names(options.data)
    sequences = [DavisSequence.open(options.data, name, has_objects=options.objects) for name in names]
    _make_folders(options, names)
    protocol, is_timed = _protocol(options), options.embeddings is None
    print(f"{protocol}\n{HEADER}", flush=True)
    models = models or _load(options)
    scores: list[SequenceScore] = []
    for sequence in sequences:
        score = _evaluate(sequence, models, options)
        scores.append(score)
        print(line(score, is_timed=is_timed), flush=True)
    mean = mean_of(scores)
    print(line(mean, is_timed=is_timed))
    if options.json is not None:
        content = {
            "protocol": protocol,
            "options": {name: _plain(value) for name, value in vars(options).items()},
            "sequences": [to_json(score, is_timed=is_timed) for score in scores],
            "mean": to_json(mean, is_timed=is_timed),
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _evaluate(sequence: DavisSequence, models: Models, options: argparse.Namespace) -> SequenceScore:
    """Score one sequence, with a progress bar on standard error."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task(sequence.name, total=len(sequence))
        return evaluate(
            sequence,
            models,
            clicks=options.clicks or 0,
            predictions=options.out and options.out / sequence.name,
            on_frame=partial(progress.advance, task),
        )


def _load(options: argparse.Namespace) -> Models:
    models = load_models(
        segmenter=options.segmenter,
        preset=options.preset,
        tracker=options.tracker,
        weights=options.weights,
        tracker_weights=options.tracker_weights,
        device=options.device,
        engine=options.engine,
        precision=options.precision,
        refine=options.refine,
        wrap=keep_embeddings(
            options.embeddings, options.segmenter, options.weights, options.device, options.precision
        ),
    )
    return at_internal_size(models, options.internal_size)


def _protocol(options: argparse.Namespace) -> str:
    if options.init == "mask":
        masks = "masks of all objects" if options.objects else "mask"
        first = f"the true {masks} of the first frame {'are' if options.objects else 'is'} given"
    else:
        first = f"the segmenter makes the first mask from at most {options.clicks} simulated clicks"
    speed = "" if options.embeddings is None else "; embeddings may come from disk, so no speed is given"
    year = 2017 if options.objects else 2016
    return f"DAVIS-{year} semi-supervised, first and last frame not scored; {first}{speed}"


def _make_folders(options: argparse.Namespace, names: Sequence[str]) -> None:
    folders = [options.out / name for name in names] if options.out is not None else []
    if options.json is not None:
        folders.append(options.json.parent)
    if options.embeddings is not None:
        folders.append(options.embeddings)
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder} cannot be made ({error.strerror}): choose another place") from error


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="davis.py", description="J&F on a DAVIS-2016-shaped folder.")
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument(
        "--objects",
        action="store_true",
        help="each value of the label maps is an object (255 = not scored), as in DAVIS-2017",
    )
    parser.add_argument("--sequences", type=_names, help="a,b,...; all of them when left out")
    parser.add_argument(
        "--init", choices=("mask", "clicks"), default="mask", help="what the first frame gives"
    )
    parser.add_argument(
        "--clicks", type=_positive, help="most simulated clicks with --init clicks (default: 1)"
    )
    parser.add_argument("--out", type=Path, help="folder for the predicted masks, one folder per sequence")
    parser.add_argument("--json", type=Path, help="file for the scores")
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    parser.add_argument("--segmenter", choices=SEGMENTERS, default="mobile-sam")
    parser.add_argument(
        "--weights", type=Path, help="checkpoint of the segmenter instead of the released one"
    )
    parser.add_argument("--preset", choices=tuple(PRESETS), default=DEFAULT_PRESET)
    parser.add_argument("--tracker", choices=TRACKERS, help="instead of the preset's")
    parser.add_argument("--tracker-weights", type=Path, help="likewise of the tracker")
    parser.add_argument(
        "--internal-size", type=_positive, help="short side that xmem-light sees frames at (default: 480)"
    )
    parser.add_argument("--device", choices=DEVICES, default=DEVICES[0])
    parser.add_argument(
        "--engine", choices=ENGINES, default="torch", help="what computes networks (default: torch)"
    )
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0])
    parser.add_argument(
        "--no-refine", dest="refine", action="store_false", help="never re-prompt the segmenter"
    )
    options = parser.parse_args(arguments)
    if options.init == "clicks":
        options.clicks = options.clicks or 1
    elif options.clicks is not None:
        parser.error("--clicks needs --init clicks")
    if options.objects and options.init == "clicks":
        parser.error("--objects needs --init mask")
    if options.internal_size and (options.tracker or PRESETS[options.preset].tracker) != "xmem-light":
        parser.error("--internal-size needs the tracker xmem-light")
    return options


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
