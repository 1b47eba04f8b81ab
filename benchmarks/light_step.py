"""Speed of xmem-light against full XMem: one step at 480p with one object and a full memory each.

Both run in this process, turn and turn about, on the same frames, each with the memory it ships with.

    python -m benchmarks.light_step [--pairs N] [--json FILE]
"""

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
import torch

from benchmarks.xmem_step import CYCLE, Spread, frames, timed
from tracker.build import LIGHT_CONFIG, LIGHT_WEIGHTS, load_xmem
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import XMem
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator


def filled(propagator: XMemPropagator, size: tuple[int, int], cycles: int) -> XMemPropagator:
    """The propagator after so many cycles on a moving square: its working memory is full."""
    first, *rest = frames(1 + CYCLE * cycles, size)
    label_map = np.zeros(size, np.uint8)
    label_map[size[0] // 3 : size[0] // 2, size[1] // 3 : size[1] // 2] = 1
    propagator.remember(first, label_map)
    for image in rest:
        propagator.step(image)
    return propagator


def measure(light: XMem, full: XMem, *, pairs: int, size: tuple[int, int], cycles: int) -> dict[str, Spread]:
    """Seconds per frame of both, and how many times faster the light one is, over cycles that take turns."""
    ours = filled(XMemPropagator(light, replace(LIGHT_CONFIG, internal_size=None)), size, cycles)
    theirs = filled(XMemPropagator(full, XMemConfig(internal_size=None)), size, cycles)
    clip = frames(CYCLE, size)
    seconds = [
        [timed(lambda: [each.step(image) for image in clip]) / CYCLE for each in (ours, theirs)]  # noqa: B023 - called at once
        for _ in range(pairs)
    ]
    return {
        "light": Spread.of([pair[0] for pair in seconds]),
        "full": Spread.of([pair[1] for pair in seconds]),
        "times_faster": Spread.of([pair[1] / pair[0] for pair in seconds]),
    }


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5, help="cycles of each (default: 5)")
    parser.add_argument("--height", type=int, default=480, help="of the frames, 16:9 (default: 480)")
    parser.add_argument("--cycles", type=int, default=6, help="cycles before the clock starts (default: 6)")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch (default: 2)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(arguments)

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)  # full XMem gets random weights of the published sizes: they take as long
    full = ready_for_inference(XMem(NetworkConfig()).eval())
    size = options.height, round(options.height * 16 / 9)
    figures = measure(load_xmem(LIGHT_WEIGHTS), full, pairs=options.pairs, size=size, cycles=options.cycles)
    for name, spread in figures.items():
        print(f"{name}: {spread}{'' if name == 'times_faster' else ' s per frame'}")
    if options.json:
        options.json.write_text(json.dumps({n: asdict(s) for n, s in figures.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
