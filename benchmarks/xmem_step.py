"""Speed of one XMem step at 480p with one object, against the same network run the plain way.

Both run in this process, turn and turn about, on the same frames and with the same memory, so that their
ratio holds on a busy machine too. The plain way is the published one: normalisations as layers, frame
features copied beside every object, the whole memory put together and read densely at each frame. The masks
of both are compared.

    python -m benchmarks.xmem_step [--checkpoint XMem.pth] [--profile] [--json FILE]
"""

import argparse
import copy
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.plain_xmem import PlainXMem
from tracker.build import read_xmem
from tracker.memory_config import MemoryConfig
from tracker.modeling.canvas import Canvas
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import XMem
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

CYCLE = 5
"""Frames timed at a time: one of them is a memory frame."""

MEMORY_FRAMES = 9
"""Frames in memory when the clock starts: a full working memory, just before a consolidation."""

MATRIX = 1024
"""Side of the matrices whose product tells how fast the machine is."""


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of repeated measurements."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of some values."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        """For people."""
        return f"{self.median:.2f} ({self.least:.2f} to {self.greatest:.2f})"


@dataclass(frozen=True)
class Figures:
    """What one run finds.

    Attributes:
        matmul_gflops: the machine's speed at a product of two square matrices.
        ours: seconds per frame of the propagator.
        plain: seconds per frame of the plain way.
        times_faster: plain over ours, pair by pair.
        agreement: share of pixels with the same label in the worst frame.
    """

    matmul_gflops: float
    ours: Spread
    plain: Spread
    times_faster: Spread
    agreement: float


def frames(count: int, size: tuple[int, int]) -> list[NDArray[np.uint8]]:
    """A textured square that moves over a still texture."""
    rng = np.random.default_rng(0)
    still, moving = (rng.integers(0, 256, (*size, 3), dtype=np.uint8) for _ in range(2))
    clip = []
    for index in range(count):
        image = still.copy()
        image[_square(size, index)] = moving[_square(size, 0)]
        clip.append(image)
    return clip


def _square(size: tuple[int, int], shift: int) -> tuple[slice, slice]:
    top, left, side = size[0] // 3, size[1] // 3 + shift, size[0] // 4
    return slice(top, top + side), slice(left, left + side)


def gigaflops(repeats: int = 10) -> float:
    """The best speed of a product of two square matrices, in GFLOP/s."""
    matrix = torch.rand(MATRIX, MATRIX)
    return 2 * MATRIX**3 / min(timed(lambda: matrix @ matrix) for _ in range(repeats)) / 1e9


def timed(act: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def prepared(network: XMem, config: XMemConfig, size: tuple[int, int]) -> tuple[XMemPropagator, PlainXMem]:
    """Both ways with the same full memory; ``network`` itself is made ready for inference."""
    (first,) = frames(1, size)
    label_map = np.zeros(size, dtype=np.uint8)
    label_map[_square(size, 0)] = 1
    plain = PlainXMem(copy.deepcopy(network), config, size)
    ours = XMemPropagator(ready_for_inference(network), config)
    plain.remember(first, label_map)
    ours.remember(first, label_map)
    generator = torch.Generator().manual_seed(0)
    grid = Canvas.fit(size, config.short_side(size)).grid
    for _ in range(MEMORY_FRAMES - 1):
        key = torch.randn(network.config.key_width, *grid, generator=generator)
        shrinkage = 1 + torch.rand(1, *grid, generator=generator)
        value = torch.randn(network.config.value_width, *grid, generator=generator)
        ours.bank.write(key, value.unsqueeze(0), (1,), shrinkage=shrinkage)
        plain.fill(key, shrinkage, value)
    return ours, plain


def measure(
    network: XMem,
    *,
    pairs: int,
    size: tuple[int, int],
    with_profile: bool = False,
) -> Figures:
    """Time both ways over cycles that take turns; ``network`` itself is made ready for inference."""
    memory = MemoryConfig(long_term=False, max_working_frames=None)
    config = XMemConfig(mem_every=CYCLE, internal_size=None, memory=memory)
    ours, plain = prepared(network, config, size)
    clip = frames(1 + CYCLE, size)[1:]
    masks = [(ours.step(image).label_map, plain.step(image)) for image in clip]  # warms up, too
    seconds_ours, seconds_plain = [], []
    for _ in range(pairs):
        seconds_ours.append(timed(lambda: [ours.step(image) for image in clip]) / CYCLE)
        seconds_plain.append(timed(lambda: [plain.step(image) for image in clip]) / CYCLE)
    if with_profile:
        print(profile(ours, clip))
    return Figures(
        matmul_gflops=gigaflops(),
        ours=Spread.of(seconds_ours),
        plain=Spread.of(seconds_plain),
        times_faster=Spread.of([b / a for a, b in zip(seconds_ours, seconds_plain, strict=True)]),
        agreement=min(float(np.mean(one == other)) for one, other in masks),
    )


def profile(ours: XMemPropagator, clip: list[NDArray[np.uint8]]) -> str:
    """What a cycle of ours spends its time on."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profiler:
        for image in clip:
            ours.step(image)
    return str(profiler.key_averages().table(sort_by="self_cpu_time_total", row_limit=12))


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--checkpoint", type=Path, help="weights; random ones of the published sizes otherwise"
    )
    parser.add_argument("--pairs", type=int, default=5, help="cycles of each way (default: 5)")
    parser.add_argument("--height", type=int, default=480, help="of the frames, 16:9 (default: 480)")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch (default: 2)")
    parser.add_argument("--profile", action="store_true", help="print what our step spends its time on")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(arguments)

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    network = read_xmem(options.checkpoint) if options.checkpoint else XMem(NetworkConfig()).eval()
    size = options.height, round(options.height * 16 / 9)
    figures = measure(network, pairs=options.pairs, size=size, with_profile=options.profile)
    print(f"{MATRIX} x {MATRIX} matrix product: {figures.matmul_gflops:.0f} GFLOP/s")
    print(f"ours:  {figures.ours} s per frame")
    print(f"plain: {figures.plain} s per frame")
    print(f"times faster: {figures.times_faster}")
    print(f"pixels on which both agree, worst frame: {figures.agreement:.5f}")
    if options.json:
        options.json.write_text(json.dumps(asdict(figures), indent=2) + "\n")


if __name__ == "__main__":
    main()
