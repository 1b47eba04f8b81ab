"""Fit the models behind the drift monitor's confidence and write ``track_anything/drift/calibration.json``.

    python benchmarks/fit_confidence.py --data FOLDER --embeddings FOLDER

FOLDER is DAVIS-shaped and should hold sequences that no accuracy is reported on. Every third frame is used:
larger steps drift more. Masks are propagated as they are, with wrong masks put into memory now and then, and
with frames of another clip put in between, by the light network and by the training-free tracker.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.drift_rows import Row, collect, spliced, strided
from benchmarks.embeddings import keep_embeddings
from benchmarks.metrics import auroc
from benchmarks.report import shown
from track_anything.drift.confidence import Logistic
from track_anything.drift.reprompt import ANSWER_NAMES
from track_anything.drift.signals import SIGNAL_NAMES
from track_anything.errors import TrackAnythingError
from track_anything.models import Models, load_models

_STRIDE = 3
_TRUSTED = 0.7  # IoU from which on a mask can be trusted
_PENALTY = 1e-2  # on squared weights, against overfitting
_FOREIGN_FRAMES = 4


@dataclass(frozen=True)
class Run:
    """One way of going through every sequence: what tracks, and what is done to it."""

    preset: str
    kind: str  # "clean", "corrupted" or "spliced"
    seed: int = 0


RUNS = (
    Run("fast", "clean"),
    Run("fast", "corrupted", 1),
    Run("fast", "spliced"),
    Run("training-free", "clean"),
    Run("training-free", "corrupted", 3),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        rows = _rows(options)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    models = fit(rows)
    options.out.write_text(json.dumps({n: m.to_json() for n, m in models.items()}, indent=1) + "\n", "utf-8")
    print(f"{len(rows)} masks; wrote {options.out}")
    return 0


def fit(rows: Sequence[Row]) -> dict[str, Logistic]:
    """The two models; prints how well each tells right from wrong on the rows that it was fitted on."""
    signals = np.array([row.signals.values for row in rows])  # (N, S)
    answers = np.array([row.answer.values for row in rows])  # (N, A)
    checked = np.hstack((signals, answers))  # (N, S + A)
    is_trusted = np.array([row.overlap >= _TRUSTED for row in rows])
    models = {
        "seen": fit_logistic(SIGNAL_NAMES, signals, is_trusted),
        "checked": fit_logistic(SIGNAL_NAMES + ANSWER_NAMES, checked, is_trusted),
    }
    for name, inputs in (("seen", signals), ("checked", checked)):
        found = np.array([models[name](row) for row in inputs])
        print(f"{name}: AUROC {auroc(found, is_trusted):.3f}; {is_trusted.mean():.1%} of {len(rows)} hold")
    return models


def fit_logistic(names: Sequence[str], inputs: NDArray[np.float64], wanted: NDArray[np.bool_]) -> Logistic:
    """Maximum likelihood with a small penalty on the weights.

    Args:
        names: of the S inputs.
        inputs: (N, S).
        wanted: (N,) whether what the model is to predict holds.
    """
    mean, scale = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 1e-6)
    standard = (inputs - mean) / scale
    signs = np.where(wanted, 1.0, -1.0)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (standard @ parameters[1:] + parameters[0])
        pull = -signs / (1 + np.exp(margins)) / len(signs)  # d loss / d logit
        gradient = np.concatenate(([pull.sum()], standard.T @ pull + 2 * _PENALTY * parameters[1:]))
        return float(np.logaddexp(0, -margins).mean() + _PENALTY * (parameters[1:] ** 2).sum()), gradient

    best = minimize(loss, np.zeros(inputs.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return Logistic(tuple(names), mean, scale, best[1:], float(best[0]))


def _rows(options: argparse.Namespace) -> list[Row]:
    names = sequence_names(options.data)
    rows: list[Row] = []
    for run in RUNS:
        models = load_models(
            engine="torch", preset=run.preset, refine=False, wrap=keep_embeddings(options.embeddings)
        )
        for number, name in enumerate(shown(names, f"{run.preset}, {run.kind}", len(names))):
            other = names[(number + len(names) // 2) % len(names)]
            rows += _through(run, options.data, (name, other), number, models)
    return rows


def _through(run: Run, data: Path, names: tuple[str, str], number: int, models: Models) -> list[Row]:
    """The rows of one run through one sequence; the second name lends the foreign frames."""
    generator = np.random.default_rng([number, run.seed])
    clip = strided(DavisSequence.open(data, names[0]), _STRIDE)
    if run.kind == "spliced":
        other = strided(DavisSequence.open(data, names[1]), _STRIDE)
        clip = spliced(clip, other, int(len(clip) * generator.uniform(0.3, 0.7)), _FOREIGN_FRAMES)
    is_corrupted = run.kind == "corrupted"
    return list(
        collect(f"{run.preset} {run.kind} {names[0]}", clip, models, generator if is_corrupted else None)
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fit_confidence.py", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    default = Path(__file__).resolve().parents[1] / "track_anything" / "drift" / "calibration.json"
    parser.add_argument(
        "--out", type=Path, default=default, help="the file to write (default: the package's)"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
