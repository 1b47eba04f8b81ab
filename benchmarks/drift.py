"""How well confidence tells which masks can be trusted: AUROC and calibration on sequences not fitted on.

    python benchmarks/drift.py --data FOLDER --preset fast --plot calibration.png

A mask can be trusted when its IoU with the truth is at least 0.7. The true mask of the first frame is given.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
from numpy.typing import NDArray

from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.embeddings import keep_embeddings
from benchmarks.metrics import auroc
from benchmarks.plot import Panel, save_plot
from benchmarks.report import shown
from benchmarks.watched import watch
from track_anything.errors import TrackAnythingError
from track_anything.models import PRESETS, Models, load_models

_TRUSTED = 0.7
_BINS = 10


def main(arguments: Sequence[str] | None = None, models: Models | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        presets = [options.preset] if options.preset else ["fast", "balanced", "training-free"]
        tables = {preset: _measure(preset, options, models) for preset in presets}
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json is not None:
        options.json.write_text(json.dumps(tables, indent=1) + "\n", "utf-8")
    if options.plot is not None:
        curves = {preset: table["calibration"]["holds"] for preset, table in tables.items()}
        places = [(number + 0.5) / _BINS for number in range(_BINS)]
        curves = {"ideal": places, **curves}
        title = "share of masks with IoU of at least 0.7, over their confidence"
        save_plot(options.plot, [Panel(title, curves, places=places)])
    return 0


def calibration(confidence: NDArray[np.float64], is_trusted: NDArray[np.bool_]) -> dict[str, list[float]]:
    """Per tenth of confidence: how many masks, their mean confidence, and the share that can be trusted.

    An empty tenth says what an ideal one would.
    """
    tenth = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(tenth, minlength=_BINS)
    middle = (np.arange(_BINS) + 0.5) / _BINS
    says = np.where(counts, np.bincount(tenth, confidence, _BINS) / np.maximum(counts, 1), middle)
    holds = np.where(counts, np.bincount(tenth, is_trusted, _BINS) / np.maximum(counts, 1), middle)
    return {"count": counts.tolist(), "says": says.tolist(), "holds": holds.tolist()}


def _measure(preset: str, options: argparse.Namespace, models: Models | None) -> dict[str, Any]:
    """The table of one preset, printed as it comes."""
    if models is None:
        models = load_models(engine="torch", preset=preset, wrap=keep_embeddings(options.embeddings))
    confidence: list[float] = []
    is_trusted: list[bool] = []
    print(f"{preset}\n{'sequence':<20}{'masks':>7}{'drifted':>9}{'AUROC':>7}", flush=True)
    for name in options.sequences or sequence_names(options.data):
        sequence = DavisSequence.open(options.data, name)
        watched = shown(watch(sequence, models), name, len(sequence.scored))
        frames = [(frame.confidence, frame.region >= _TRUSTED) for frame in watched]
        own, own_trusted = np.array([says for says, _ in frames]), np.array([holds for _, holds in frames])
        print(_line(name, own, own_trusted), flush=True)
        confidence += own.tolist()
        is_trusted += own_trusted.tolist()
    every, every_trusted = np.array(confidence), np.array(is_trusted)
    print(_line("all", every, every_trusted))
    curve = calibration(every, every_trusted)
    error = float(np.average(np.abs(np.subtract(curve["says"], curve["holds"])), weights=curve["count"]))
    print(f"expected calibration error {error:.3f}")
    return {"auroc": auroc(1 - every, ~every_trusted), "calibration_error": error, "calibration": curve}


def _line(name: str, confidence: NDArray[np.float64], is_trusted: NDArray[np.bool_]) -> str:
    area = auroc(1 - confidence, ~is_trusted)
    shown = "-" if np.isnan(area) else f"{area:.3f}"
    return f"{name:<20}{len(confidence):7d}{int((~is_trusted).sum()):9d}{shown:>7}"


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="drift.py", description="AUROC and calibration of confidence.")
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--sequences", type=lambda text: text.split(","), help="a,b,...; all when left out")
    parser.add_argument("--preset", choices=tuple(PRESETS), help="default: fast, balanced and training-free")
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    parser.add_argument("--plot", type=Path, help="PNG file for the calibration curve")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
