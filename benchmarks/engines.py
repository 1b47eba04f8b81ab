"""How far every engine and precision moves masks, and how fast each encodes a frame and tracks.

The oracle is torch in float32. ``auto`` takes only what moves J&F of no preset by more than 0.003 on the
sequences given here.

    python -m benchmarks.engines --data FOLDER [--presets fast] [--ways openvino:bfloat16] [--json FILE]
    python -m benchmarks.engines --encoders --steps [--pairs 5] [--threads 1]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import torch

from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.evaluation import evaluate
from benchmarks.light_step import filled
from benchmarks.xmem_step import CYCLE, Spread, frames
from track_anything.models import Models, load_models, resolve_runtime
from track_anything.models.trackers import xmem_network
from tracker.build import LIGHT_WEIGHTS, light_propagator

ORACLE = "torch:float32"
WAYS = ("torch:bfloat16", "openvino:float32", "openvino:bfloat16", "openvino:int8")
MOST_MOVED = 0.003
"""Of J&F, by an engine or a precision that ``auto`` may take."""

_CYCLES = 6  # before the clock starts


def load_way(way: str, preset: str = "fast") -> Models:
    """The networks of a preset in a way, ``engine:precision``."""
    engine, _, precision = way.partition(":")
    return load_models(preset=preset, device="cpu", engine=engine, precision=precision)


def accuracy(
    sequences: Sequence[DavisSequence], ways: Sequence[str], load: Callable[[str], Models]
) -> dict[str, dict[str, float]]:
    """J&F by way and sequence, the true mask of the first frame given."""
    found: dict[str, dict[str, float]] = {}
    for way in ways:
        models = load(way)
        found[way] = {}
        for sequence in sequences:
            found[way][sequence.name] = evaluate(sequence, models).mean
            print(f"{way}, {sequence.name}: J&F {found[way][sequence.name]:.4f}", flush=True)
    return found


def moved(found: Mapping[str, Mapping[str, float]], oracle: Mapping[str, float]) -> dict[str, float]:
    """By how much the mean J&F of each way differs from the oracle's, over the sequences of both."""
    return {
        way: sum(scores[name] - oracle[name] for name in scores) / len(scores)
        for way, scores in found.items()
    }


def encoders(ways: Sequence[str], pairs: int) -> dict[str, Spread]:
    """Processor milliseconds of one embedding of a 16:9 frame by way, in turns."""
    first, *rest = frames(pairs + 1, (480, 854))
    segmenters = {way: load_way(way).segmenter for way in ways}
    for segmenter in segmenters.values():
        segmenter.embed(first)  # compiles, where there is something to compile
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for picture in rest:
        for way, segmenter in segmenters.items():
            started = time.process_time()
            segmenter.embed(picture)
            taken[way].append(1000 * (time.process_time() - started))
    return {way: Spread.of(values) for way, values in taken.items()}


def steps(ways: Sequence[str], pairs: int) -> dict[str, Spread]:
    """Processor milliseconds of a step of the light network at 480p with one object by way, in turns.

    The working memory is full; a turn is five steps, one of which writes.
    """
    size = 480, 854
    clip = frames(CYCLE, size)
    propagators = {}
    for way in ways:
        engine, _, precision = way.partition(":")
        network = xmem_network(LIGHT_WEIGHTS, resolve_runtime("cpu", engine, precision))
        propagators[way] = filled(light_propagator(network), size, _CYCLES)
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(pairs):
        for way, propagator in propagators.items():
            started = time.process_time()
            for picture in clip:
                propagator.step(picture)
            taken[way].append(1000 * (time.process_time() - started) / CYCLE)
    return {way: Spread.of(values) for way, values in taken.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a way misses the gate."""
    options = _parse(arguments)
    torch.set_num_threads(options.threads)
    content: dict[str, object] = {}
    is_missed = False
    if options.encoders:
        found = encoders([ORACLE, *options.ways], options.pairs)
        for way, spread in found.items():
            print(f"one embedding by {way}: {spread} ms of processor time")
        content["encoders"] = {way: asdict(spread) for way, spread in found.items()}
    if options.steps:
        found = steps([ORACLE, *options.ways], options.pairs)
        for way, spread in found.items():
            print(f"one step by {way}: {spread} ms of processor time")
        content["steps"] = {way: asdict(spread) for way, spread in found.items()}
    if options.data:
        names = options.sequences or sequence_names(options.data)
        sequences = [DavisSequence.open(options.data, name) for name in names]
        for preset in options.presets:
            scores = accuracy(sequences, [ORACLE, *options.ways], partial(load_way, preset=preset))
            differences = moved({way: scores[way] for way in options.ways}, scores[ORACLE])
            for way, difference in differences.items():
                is_within = abs(difference) <= MOST_MOVED
                is_missed |= not is_within
                verdict = "within" if is_within else "MISSES"
                print(f"{preset} by {way}: J&F {difference:+.4f}, {verdict} the gate")
            content[preset] = {"scores": scores, "moved": differences}
    if options.json:
        options.json.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    return int(is_missed)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--sequences", type=_names, help="a,b,...; all of them when left out")
    parser.add_argument("--presets", type=_names, default=["fast"], help="a,b,... (default: fast)")
    parser.add_argument("--ways", type=_names, default=list(WAYS), help="engine:precision,... (default: all)")
    parser.add_argument("--encoders", action="store_true", help="time MobileSAM's encoder in turns")
    parser.add_argument("--steps", action="store_true", help="time steps of the light network in turns")
    parser.add_argument("--pairs", type=int, default=5, help="turns of each (default: 5)")
    parser.add_argument("--threads", type=int, default=1, help="of torch (default: 1)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


if __name__ == "__main__":
    raise SystemExit(main())
