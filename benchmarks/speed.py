"""Speed of the whole product: a clip opened, tracked, written and exported, in every way it can run.

Each way runs in a process of its own that keeps its networks, and all take turns on the same clip, so that
ratios hold on a busy machine; the product of two 1024 x 1024 matrices is timed beside every turn. With
``--against`` another checkout takes the first turn of each preset and is what ratios are to.

    python -m benchmarks.speed [--presets fast,balanced] [--engines torch,openvino] [--precisions float32]
    python -m benchmarks.speed --objects 1,3,8 --heights 480,720,1080 --presets fast
    python -m benchmarks.speed --isa AVX2 --precisions float32     # as on a laptop without wide units
    python -m benchmarks.speed --against FOLDER --json speed.json --picture speed.png
    python -m benchmarks.speed --data FOLDER --sequences dance-twirl,libby   # filmed, not drawn
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.davis_sequence import DavisSequence
from benchmarks.speed_picture import save_stages
from benchmarks.xmem_step import Spread, gigaflops

_ROOT = Path(__file__).resolve().parents[1]
_WORKER = Path(__file__).with_name("speed_worker.py")
_WARM_UP = 12  # frames: the memory is written twice
_FILMED_ROWS = 480


@dataclass(frozen=True)
class Way:
    """One way to run.

    Attributes:
        preset: its name.
        engine: in ``ENGINES``.
        precision: in ``PRECISIONS``.
        objects: how many are tracked.
        height: of the clip, 16:9.
        checkout: the folder whose code runs; empty = this one.
        sequence: the folder of the frames of a filmed clip; empty = one is drawn.
    """

    preset: str
    engine: str
    precision: str
    objects: int
    height: int
    checkout: str = ""
    sequence: str = ""

    @property
    def title(self) -> str:
        """For people."""
        how = "the other checkout" if self.checkout else f"{self.engine} {self.precision}"
        many = f"{self.objects} object{'s' if self.objects > 1 else ''}"
        what = Path(self.sequence).name if self.sequence else f"{many}, {self.height} rows"
        return f"{self.preset}, {what}, {how}"


def draw_clip(path: Path, frames: int, height: int, objects: int, seed: int = 0) -> NDArray[np.uint8]:
    """A film of textured ellipses that move over a texture, as MP4; its first (H, W) labels."""
    width = height * 16 // 9 // 2 * 2
    rng = np.random.default_rng(seed)
    ground, hide = (_texture(rng, height, width) for _ in range(2))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (width, height))
    first = np.zeros((height, width), np.uint8)
    for index in range(frames):
        labels = np.zeros((height, width), np.uint8)
        for object_id in range(1, objects + 1):
            x = int(width * (object_id - 0.5) / objects + width * 0.05 * np.sin(index / 9 + object_id))
            y = int(height * (0.35 + 0.3 * (object_id % 2)) + height * 0.05 * np.cos(index / 7))
            axes = min(width // (2 * objects + 2), height // 5), height // 8
            cv2.ellipse(labels, (x, y), axes, 2 * index, 0, 360, object_id, -1)
        picture = np.roll(ground, index, axis=1)
        moved = np.roll(hide, 3 * index, axis=1)
        picture[labels > 0] = moved[labels > 0] // 2 + 100
        writer.write(picture)
        first = labels if index == 0 else first
    writer.release()
    return first


def _first_labels(images: Path) -> NDArray[np.uint8]:
    """The one object on the first frame of a sequence of a DAVIS-shaped folder, (H, W)."""
    return DavisSequence.open(images.parents[1], images.name).truth(0).astype(np.uint8)


def compare(ways: Sequence[Way], *, frames: int, rounds: int, threads: int, isa: str) -> list[dict[str, Any]]:
    """Run every way once per round, in turn; the first is what ratios are to."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        clips = {(way.height, way.objects, way.sequence) for way in ways}
        for height, objects, sequence in clips:
            clip = Path(folder) / f"clip-{height}-{objects}.mp4"
            labels = _first_labels(Path(sequence)) if sequence else draw_clip(clip, frames, height, objects)
            warm_up = Path(folder) / f"warm-{height}-{objects}.mp4"  # another film: no embedding is known
            drawn = draw_clip(warm_up, min(frames, _WARM_UP), height, objects, seed=1)
            np.savez(Path(folder) / f"{height}-{objects}.npz", label_map=labels, warm_up=drawn)
        workers = [stack.enter_context(_worker(way, Path(folder), threads, isa)) for way in ways]
        turns: list[list[dict[str, Any]]] = [[] for _ in ways]
        for _ in range(rounds):
            for worker, taken in zip(workers, turns, strict=True):
                speed = gigaflops(3)
                taken.append(_turn(worker) | {"matmul_gflops": speed})
    return [_summary(way, taken, turns[0]) for way, taken in zip(ways, turns, strict=True)]


def _summary(way: Way, turns: list[dict[str, Any]], first: list[dict[str, Any]]) -> dict[str, Any]:
    """What the turns of a way come to; stages are those of its fastest turn."""
    fastest = min(turns, key=lambda turn: turn["seconds"])
    ratios = {
        f"times_faster_by_{clock}": asdict(
            Spread.of([base[clock] / turn[clock] for base, turn in zip(first, turns, strict=True)])
        )
        for clock in ("seconds", "processor")
    }
    return {
        "way": asdict(way) | {"title": way.title, "ran": f"{fastest['engine']} {fastest['precision']}"},
        "frames_per_second": asdict(Spread.of([turn["frames"] / turn["seconds"] for turn in turns])),
        "processor_seconds_per_frame": asdict(Spread.of([t["processor"] / t["frames"] for t in turns])),
        **ratios,
        "stages": {stage: value / fastest["frames"] for stage, value in fastest["stages"].items()},
        "peak_mib": max(turn["peak_mib"] for turn in turns),
        "matmul_gflops": asdict(Spread.of([turn["matmul_gflops"] for turn in turns])),
    }


@contextmanager
def _worker(way: Way, folder: Path, threads: int, isa: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that has loaded its networks and is warm."""
    order = asdict(way) | {
        "clip": way.sequence or str(folder / f"clip-{way.height}-{way.objects}.mp4"),
        "warm_up": str(folder / f"warm-{way.height}-{way.objects}.mp4"),
        "masks": str(folder / f"{way.height}-{way.objects}.npz"),
        "threads": threads,
    }
    environment = os.environ | {"PYTHONPATH": way.checkout or str(_ROOT)}
    if isa:
        environment["ONEDNN_MAX_CPU_ISA"] = isa
    command = [sys.executable, "-P", str(_WORKER), json.dumps(order)]
    with subprocess.Popen(  # noqa: S603 - this file's neighbour
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as worker:
        _answer(worker)
        yield worker
        if worker.stdin is not None:
            worker.stdin.close()


def _turn(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    if worker.stdin is None:
        raise RuntimeError("the worker has no standard input")
    worker.stdin.write("go\n")
    worker.stdin.flush()
    return _answer(worker)


def _answer(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    line = worker.stdout.readline() if worker.stdout is not None else ""
    if not line:
        raise SystemExit(f"the worker ended with {worker.wait()}: what it says is above")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _texture(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    patches = cv2.GaussianBlur(rng.normal(size=(height, width, 3)), (0, 0), height / 60)
    patches = (patches - patches.min()) / np.ptp(patches) * 200
    return np.asarray((patches + rng.normal(scale=4, size=patches.shape)).clip(0, 255), np.uint8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _parse(arguments)
    filmed = [str(options.data / "JPEGImages" / name) for name in options.sequences]
    clips = [(objects, height, "") for objects in options.objects for height in options.heights]
    clips = [(1, _FILMED_ROWS, sequence) for sequence in filmed] or clips
    found = []
    for preset, (objects, height, sequence) in product(options.presets, clips):
        ways = [
            Way(preset, engine, precision, objects, height, sequence=sequence)
            for engine in options.engines
            for precision in options.precisions
        ]
        if options.against:
            ways.insert(0, Way(preset, "auto", "auto", objects, height, str(options.against), sequence))
        for row in compare(
            ways, frames=options.frames, rounds=options.rounds, threads=options.threads, isa=options.isa
        ):
            found.append(row)
            print(_line(row), flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    if options.picture:
        save_stages(options.picture, {row["way"]["title"]: row["stages"] for row in found})


def _line(row: dict[str, Any]) -> str:
    speed, times = Spread(**row["frames_per_second"]), Spread(**row["times_faster_by_seconds"])
    by_processor = Spread(**row["times_faster_by_processor"])
    return (
        f"{row['way']['title']} ({row['way']['ran']}): {speed} frames per second, {times} times as fast as "
        f"the first by the clock and {by_processor} by processor time; at most {row['peak_mib']:.0f} MiB; "
        f"matrix product {row['matmul_gflops']['median']:.0f} GFLOP/s"
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--presets", type=_names, default=["fast", "balanced", "accurate"])
    parser.add_argument("--engines", type=_names, default=["auto"], help="a,b,... (default: auto)")
    parser.add_argument("--precisions", type=_names, default=["auto"], help="a,b,... (default: auto)")
    parser.add_argument("--objects", type=_numbers, default=[1], help="how many, a,b,... (default: 1)")
    parser.add_argument("--heights", type=_numbers, default=[480], help="of the clip, a,b,... (default: 480)")
    parser.add_argument(
        "--sequences", type=_names, default=[], help="filmed ones of one object, a,b,... of --data"
    )
    parser.add_argument("--data", type=Path, default=Path(), help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--frames", type=int, default=100, help="of the clip (default: 100)")
    parser.add_argument("--rounds", type=int, default=1, help="turns of each way (default: 1)")
    parser.add_argument("--threads", type=int, default=2, help="of each process (default: 2)")
    parser.add_argument("--isa", default="", help="the widest instructions allowed, such as AVX2")
    parser.add_argument(
        "--against", type=Path, metavar="FOLDER", help="another checkout, the first of each case"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--picture", type=Path, help="draw the stages into this PNG file")
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _numbers(text: str) -> list[int]:
    return [int(name) for name in _names(text)]


if __name__ == "__main__":
    main()
