"""What it costs to decode in a child process, and what is left when the child is killed.

    python benchmarks/child_reading.py --frames 300 --pairs 5
    python benchmarks/child_reading.py --kills 50

Reading in this process and in a child takes place in pairs, in turn, on one 1080p H.264 file: into a frame
store, as when a video is opened, and frame by frame, as in exports. Kills come at random moments of a fill;
each has to end with a line; then the store is filled to its end and compared with an undisturbed one.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from typing import NamedTuple

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from benchmarks.export_memory import write_clip
from benchmarks.process import resident_mib
from track_anything.errors import VideoError
from track_anything.testing import MovingShapes
from track_anything.video import FrameStore, InProcess, Reader, open_video
from track_anything.video.child import InChild, Worker

_ALREADY_KILLED = "its decoder ended before its time"


class _Cost(NamedTuple):
    """What one reading takes, in seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Compared:
    """Readings in pairs.

    Attributes:
        seconds: here and in a child, each pair.
    """

    seconds: list[tuple[float, float]]

    @property
    def ratio(self) -> float:
        """How much longer it takes in a child: the median of the pairs."""
        return median(child / here for here, child in self.seconds)

    def __str__(self) -> str:
        here, child = (median(column) for column in zip(*self.seconds, strict=True))
        ratios = [child / here for here, child in self.seconds]
        spread = f"{min(ratios):.3f} to {max(ratios):.3f}, {len(ratios)} pairs"
        return f"{here:>8.2f} s here{child:>8.2f} s in a child   ratio {self.ratio:.3f} ({spread})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    options = _parse(arguments)
    clip = MovingShapes(frame_count=options.frames, height=options.height, width=options.width, shapes=3)
    with tempfile.TemporaryDirectory(prefix="track-anything-") as name:
        folder = Path(name)
        source = options.source or write_clip(folder / "clip.mp4", clip, 25)
        with open_video(source) as video:
            info = video.info
        print(f"{info.width} x {info.height}, {info.frame_count} frames")
        told: dict[str, object] = {"frames": info.frame_count, "height": info.height, "width": info.width}
        if options.kills:
            told["kills"] = kill_at_random(source, folder, options.kills, options.seed)
        else:
            told |= compare(source, folder, options.pairs)
    if options.json is not None:
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return 0


def compare(source: Path, folder: Path, pairs: int) -> dict[str, object]:
    """Seconds of both ways, in pairs, and the resident memory of this process."""
    told: dict[str, object] = {}
    for name, read in {"store": _fill, "frames": _read}.items():
        rows: list[tuple[_Cost, _Cost]] = []
        for pair in range(pairs):
            here = partial(read, InProcess(), source, folder / f"{name}-{pair}-here")
            child = partial(read, InChild(), source, folder / f"{name}-{pair}-child")
            if pair % 2:  # neither always comes after the other
                rows.append((_cost(here), _cost(child)))
            else:
                rows.append((_cost(child), _cost(here))[::-1])
        for at, way in enumerate(_Cost._fields):
            compared = Compared([(here[at], child[at]) for here, child in rows])
            told[f"{name} {way}"] = asdict(compared) | {"ratio": compared.ratio}
            print(f"{name:<8}{way:<6}{compared}", flush=True)
    resident: list[float] = []
    InChild().store(source, folder / "watched", lambda *_: resident.append(resident_mib()))
    grown = max(resident) - resident[len(resident) // 5]
    print(
        f"resident here while a child reads: {resident[0]:.0f} MiB at first, {grown:+.1f} MiB since a fifth"
    )
    return told | {"resident_mib": [resident[0], resident[-1]], "grown_mib": grown}


def kill_at_random(source: Path, folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill the child at random moments of a fill; what was left has to be gone on with."""
    randomness = random.Random(seed)  # noqa: S311 - no secret
    undisturbed = InProcess().store(source, folder / "undisturbed", None)
    expected = [_file(folder / "undisturbed", index) for index in range(len(undisturbed))]
    ended_with_a_line, began_anew = 0, 0
    store = folder / "killed"
    while ended_with_a_line < kills:
        try:
            _fill_and_kill(source, store, randomness.uniform(0, 3))
        except VideoError as error:
            if _ALREADY_KILLED not in str(error) or "\n" in str(error):
                raise
            ended_with_a_line += 1
            continue
        began_anew += 1  # it was done before the kill
        (store / "info.json").unlink()
        for path in store.glob("*.jpg"):
            path.unlink()
    video = InChild().store(source, store, None)
    is_whole = [_file(store, index) for index in range(len(video))] == expected and len(video) == len(
        expected
    )
    print(
        f"{kills} kills, each ended with a line; filled to the end it is {'whole' if is_whole else 'DAMAGED'}"
    )
    return {"kills": kills, "complete_before_the_kill": began_anew, "is_whole": is_whole}


def _fill_and_kill(source: Path, store: Path, seconds: float) -> None:
    class Doomed(Worker):
        def __init__(self, source: Path, patience: float) -> None:
            super().__init__(source, patience)
            self.timer = threading.Timer(seconds, os.kill, (self.pid, signal.SIGKILL))
            self.timer.start()

        def close(self) -> None:
            self.timer.cancel()
            super().close()

    InChild(start=Doomed).store(source, store, None)


def _fill(reader: Reader, source: Path, folder: Path) -> None:
    reader.store(source, folder, lambda *_: None).close()


def _read(reader: Reader, source: Path, folder: Path) -> None:
    known = next(folder.parent.glob("store-*"))
    with FrameStore(known) as store, reader.open(source, store.info) as video:
        for _ in video.frames():
            pass


def _cost(call: Callable[[], None]) -> _Cost:
    began, busy = perf_counter(), _busy()
    call()
    return _Cost(perf_counter() - began, _busy() - busy)


def _busy() -> float:
    """Seconds of processor time of this process and of the children that have ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def _file(folder: Path, index: int) -> bytes:
    return (folder / f"{index:06d}.jpg").read_bytes()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="child_reading.py", description="Decoding in a child process.")
    parser.add_argument("--source", type=Path, help="a video, instead of a drawn one that is quick to decode")
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--pairs", type=int, default=5, help="readings of each kind (5)")
    parser.add_argument("--kills", type=int, default=0, help="kill so often instead of measuring")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file for the numbers")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
