"""Peak memory of XMem against the number of objects: they are encoded and decoded in chunks.

    python benchmarks/objects.py --objects 1,8,32 --json objects.json

Full sizes with random weights at 480p; each count runs in a process of its own, since a peak never falls.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
import torch

from benchmarks.process import peak_resident_mib
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import XMem
from tracker.xmem_propagator import XMemPropagator

HEIGHT, WIDTH, STEPS = 480, 854, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--objects", default="1,8,32", help="counts to measure")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one is not None:
        print(measure(options.one))
        return 0
    peaks = {count: _in_own_process(count) for count in options.objects.split(",")}
    first = next(iter(peaks))
    for count, peak in peaks.items():
        print(f"{count:>3} objects: {peak:6.0f} MiB peak, {peak / peaks[first]:.2f} times that of {first}")
    if options.json is not None:
        options.json.write_text(json.dumps({"peak_rss_mib": peaks}))
    return 0


@torch.inference_mode()
def measure(count: int) -> float:
    """Peak resident MiB of remembering a frame with ``count`` objects and stepping twice."""
    torch.manual_seed(0)
    propagator = XMemPropagator(ready_for_inference(XMem(NetworkConfig()).eval()))
    columns = np.arange(WIDTH) * count // WIDTH + 1  # object ids in vertical stripes
    label_map = np.zeros((HEIGHT, WIDTH), np.uint8)
    label_map[HEIGHT // 4 : HEIGHT // 2] = columns.astype(np.uint8)
    frames = np.random.default_rng(0).integers(0, 256, (STEPS + 1, HEIGHT, WIDTH, 3), dtype=np.uint8)
    propagator.remember(frames[0], label_map)
    for frame in frames[1:]:
        propagator.step(frame)
    return peak_resident_mib()


def _in_own_process(count: str) -> float:
    command = [sys.executable, "-m", "benchmarks.objects", "--one", count]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)  # noqa: S603 - our own
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
