"""Whether XMem's memory stays flat: a long run in which objects keep arriving and leaving.

    python benchmarks/memory.py --plot memory.png --json memory.json

A network of narrow layers with random weights, so that what is measured is the memory and not the network.
Every so many frames an object arrives with a known mask, and the one that arrived two turns earlier leaves;
two are there at any time after the first turn.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track as show_progress

from benchmarks.plot import Panel, save_plot
from benchmarks.process import peak_resident_mib, resident_mib
from tracker.memory_config import MemoryConfig
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import XMem
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

NETWORK = NetworkConfig(
    encoder_depth=18,
    encoder_width=8,
    key_width=16,
    value_width=32,
    hidden_width=8,
    value_encoder_width=8,
    fused_width=32,
    up_width=16,
)
LIFETIME = 2
"""Turns that an object stays."""


@dataclass(frozen=True)
class Sample:
    """The state after one frame."""

    permanent: int
    working: int
    long_term: int
    rss_mib: float
    milliseconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    options = _parse(arguments)
    memory = MemoryConfig(max_long_term_elements=options.long_term)
    run = _run(options, memory)
    samples = list(
        show_progress(run, "tracking", options.frames, console=Console(stderr=True), transient=True)
    )
    growth, ratio = _growth(samples, options.settled), _time_ratio(samples, options.settled)
    last = samples[-1]
    print(f"{options.width} x {options.height}, {len(samples)} frames, two objects at a time")
    print(
        f"elements at the end: {last.permanent} permanent, {last.working} working, {last.long_term} long-term"
    )
    print(f"resident memory from frame {options.settled} to the end: {growth:+.1f} MiB")
    print(
        f"time per frame, last {options.settled} over {options.settled} to {2 * options.settled}: {ratio:.3f}"
    )
    if options.json is not None:
        content = {
            "frames": len(samples),
            "size": [options.height, options.width],
            "arrival_every": options.arrival,
            "settled_frame": options.settled,
            "rss_growth_mib": growth,
            "time_ratio": ratio,
            "peak_rss_mib": peak_resident_mib(),
            "network": asdict(NETWORK),
            "memory": asdict(memory),
            **_columns(samples),
        }
        options.json.write_text(json.dumps(content) + "\n", "utf-8")
    if options.plot is not None:
        save_plot(options.plot, _panels(samples))
    return 0


def _run(options: argparse.Namespace, memory: MemoryConfig) -> Iterator[Sample]:
    torch.manual_seed(0)
    network = XMem(NETWORK).eval().requires_grad_(False)
    propagator = XMemPropagator(network, XMemConfig(internal_size=None, memory=memory))
    ground = np.random.default_rng(0).integers(0, 256, (options.height, options.width, 3), dtype=np.uint8)
    for index in range(options.frames):
        image = np.roll(ground, 3 * index, axis=1)
        started = perf_counter()
        _advance(propagator, image, *divmod(index, options.arrival))
        seconds = perf_counter() - started
        bank = propagator.bank
        yield Sample(
            bank.permanent_size, bank.working_size, bank.long_term_size, resident_mib(), 1000 * seconds
        )


def _advance(propagator: XMemPropagator, image: NDArray[np.uint8], turn: int, since_arrival: int) -> None:
    """One frame; on the first of a turn an object arrives, and the oldest one leaves."""
    if since_arrival:
        propagator.step(image)
        return
    label_map = propagator.step(image).label_map if turn else np.zeros(image.shape[:2], np.uint8)
    if turn >= LIFETIME:
        leaving = _object_of(turn - LIFETIME)
        propagator.forget(leaving)
        label_map[label_map == leaving] = 0
    height, width = label_map.shape
    label_map[height // 4 : height // 2, width // 4 : width // 2] = _object_of(turn)
    propagator.remember(image, label_map)


def _object_of(turn: int) -> int:
    return turn % (LIFETIME + 1) + 1


def _growth(samples: Sequence[Sample], settled: int) -> float:
    return samples[-1].rss_mib - samples[settled].rss_mib


def _time_ratio(samples: Sequence[Sample], settled: int) -> float:
    first, last = samples[settled : 2 * settled], samples[-settled:]
    return median(sample.milliseconds for sample in last) / median(sample.milliseconds for sample in first)


def _columns(samples: Sequence[Sample]) -> dict[str, list[float]]:
    return {name: [round(getattr(sample, name), 2) for sample in samples] for name in asdict(samples[0])}


def _panels(samples: Sequence[Sample]) -> list[Panel]:
    columns = _columns(samples)
    kinds = {name.replace("_", "-"): columns[name] for name in ("long_term", "working", "permanent")}
    return [
        Panel("memory elements", kinds),
        Panel("resident memory (MiB)", {"": columns["rss_mib"]}),
        Panel("time per frame (ms)", {"": columns["milliseconds"]}),
    ]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="memory.py", description="XMem's memory over a long run.")
    parser.add_argument("--frames", type=int, default=3000, help="length of the run (default: %(default)s)")
    parser.add_argument(
        "--settled", type=int, default=500, help="growth counts from here (default: %(default)s)"
    )
    parser.add_argument(
        "--arrival", type=int, default=300, help="frames from one arrival to the next (default: %(default)s)"
    )
    parser.add_argument(
        "--long-term",
        type=int,
        default=1536,
        help="cap of the long-term memory, reached within one turn (default: %(default)s)",
    )
    parser.add_argument("--height", type=int, default=480)
    parser.add_argument("--width", type=int, default=854)
    parser.add_argument("--plot", type=Path, help="PNG file for the curves")
    parser.add_argument("--json", type=Path, help="file for the figures, with those of every frame")
    options = parser.parse_args(arguments)
    if options.frames < 3 * options.settled or options.settled < 1:
        parser.error(
            f"--frames {options.frames} is too short: give at least 3 times --settled {options.settled}"
        )
    return options


if __name__ == "__main__":
    sys.exit(main())
