"""What benchmarks of single pictures have in common: their options, their segmenter, how they end."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import PIL.Image

from benchmarks.embeddings import keep_embeddings
from sam.errors import SamError
from track_anything.errors import InputError, TrackAnythingError
from track_anything.models import DEVICES, PRECISIONS, SEGMENTERS, CachedSegmenter, load_models
from track_anything.types import Image

Item = TypeVar("Item")


def stills_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options of every benchmark of single pictures."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder, as described above")
    parser.add_argument("--every", type=positive, default=1, help="take each Nth picture (default: all)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    parser.add_argument("--segmenter", choices=SEGMENTERS, default="mobile-sam")
    parser.add_argument("--weights", type=Path, help="its checkpoint instead of the released one")
    parser.add_argument("--device", choices=DEVICES, default=DEVICES[0])
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0])
    return parser


def load_segmenter(options: argparse.Namespace) -> CachedSegmenter[Any]:
    """The segmenter that the options name."""
    kept = keep_embeddings(
        options.embeddings, options.segmenter, options.weights, options.device, options.precision
    )
    return load_models(
        engine="torch",
        segmenter=options.segmenter, weights=options.weights, device=options.device,
        precision=options.precision, wrap=kept,
    ).segmenter  # fmt: skip


def ended_well(run: Callable[[], None]) -> int:
    """Run a benchmark; returns the exit code: 0, or 2 after one line for what a user can mend."""
    try:
        run()
    except (TrackAnythingError, SamError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {error.filename} cannot be used ({error.strerror}): see --data", file=sys.stderr)
        return 2
    return 0


def write_json(options: argparse.Namespace, figures: dict[str, Any]) -> None:
    """Write the figures beside the options they were made with, where that is wanted."""
    if options.json is not None:
        told = {"options": vars(options), **figures}
        options.json.write_text(json.dumps(told, indent=2, default=str) + "\n", "utf-8")


def each_nth(items: Sequence[Item], every: int) -> list[Item]:
    """Each Nth item from the first on; InputError when there is none."""
    if not items:
        raise InputError("there is nothing to measure: see --data")
    return list(items[::every])


def picture(path: Path) -> Image:
    """A picture file as (H, W, 3) RGB."""
    with PIL.Image.open(path) as image:
        return np.array(image.convert("RGB"))


def positive(text: str) -> int:
    """A whole number from 1 on; an argparse type."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number
