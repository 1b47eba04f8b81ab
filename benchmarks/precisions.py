"""bfloat16 against float32: one tracking step, and one look of the segmenter's encoder.

Both precisions run in this process on one thread, turn and turn about, and processor time is counted, so
that other work on the machine weighs little.

    python -m benchmarks.precisions [--pairs N] [--json FILE]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import torch

from benchmarks.light_step import filled
from benchmarks.xmem_step import CYCLE, Spread, frames
from sam.build import build_segmenter
from track_anything.models.weights import fetch
from tracker.build import LIGHT_CONFIG, LIGHT_WEIGHTS, load_xmem
from tracker.xmem_propagator import XMemPropagator

_PRECISIONS = ("float32", "bfloat16")


def compare(works: dict[str, Callable[[], object]], pairs: int) -> dict[str, Spread]:
    """Processor seconds of each, and how many times faster bfloat16 is, over pairs that take turns."""
    seconds = [[_processor_seconds(works[name]) for name in _PRECISIONS] for _ in range(pairs)]
    found = {name: Spread.of([pair[index] for pair in seconds]) for index, name in enumerate(_PRECISIONS)}
    return found | {"times_faster": Spread.of([exact / low for exact, low in seconds])}


def steps(size: tuple[int, int], cycles: int) -> dict[str, Callable[[], object]]:
    """A cycle of tracking steps with one object and a full memory, in both precisions."""
    clip = frames(CYCLE, size)
    config = replace(LIGHT_CONFIG, internal_size=None)

    def work(precision: str) -> Callable[[], object]:
        network = load_xmem(LIGHT_WEIGHTS, precision=precision)
        propagator = filled(XMemPropagator(network, config), size, cycles)
        return lambda: [propagator.step(image) for image in clip]

    return {precision: work(precision) for precision in _PRECISIONS}


def looks(size: tuple[int, int], weights: Path) -> dict[str, Callable[[], object]]:
    """An embedding of one frame, in both precisions."""
    (image,) = frames(1, size)

    def work(precision: str) -> Callable[[], object]:
        segmenter = build_segmenter("mobile-sam", weights, precision=precision)
        return lambda: segmenter.embed(image)

    return {precision: work(precision) for precision in _PRECISIONS}


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5, help="turns of each (default: 5)")
    parser.add_argument("--height", type=int, default=480, help="of the frames, 16:9 (default: 480)")
    parser.add_argument("--cycles", type=int, default=6, help="cycles before the clock starts (default: 6)")
    parser.add_argument("--weights", type=Path, help="of MobileSAM, instead of the released ones")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(arguments)

    torch.set_num_threads(1)
    size = options.height, round(options.height * 16 / 9)
    figures = {
        "steps": compare(steps(size, options.cycles), options.pairs),
        "looks": compare(looks(size, options.weights or fetch("mobile-sam")), options.pairs),
    }
    for what, spreads in figures.items():
        for name, spread in spreads.items():
            print(f"{what}, {name}: {spread}")
    if options.json:
        content = {
            what: {name: asdict(s) for name, s in spreads.items()} for what, spreads in figures.items()
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _processor_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
