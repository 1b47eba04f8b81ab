"""Batches against a shell loop of single `track` runs, and what a batch itself costs per row.

    python benchmarks/batch.py --data FOLDER --clips 4 --json batch.json  # throughput, with the networks
    python benchmarks/batch.py --data FOLDER --clips 4 --frames 12        # likewise, of first frames alone
    python benchmarks/batch.py --rows 10000 --json rows.json              # overhead and memory, on fakes
    python benchmarks/batch.py --rows 300 --workers-by own child ray      # what it takes to hand a row out

The loop, one worker and two workers do the same clips, one after the other in this order, in one run. Time is
told by the clock and by processors, since other work of the machine shows in the former. Rows of fakes are
done in no time by a worker that only publishes: what is left is names, hashes, files and the table. Rows are
handed out to this process, to a child, or to an actor of a Ray cluster on this machine, which refuse each at
once: what is left is the way there and back, and the record of a failure.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.process import resident_mib
from track_anything.collection.batch import Batch, BatchSettings, Networks
from track_anything.collection.batch.finished import Finished
from track_anything.collection.batch.hand import ChildHand, NewHand, OwnHand
from track_anything.collection.batch.mask_table import COLUMNS, MASK_TABLE
from track_anything.collection.batch.outcome import Outcome, OutcomeKind
from track_anything.collection.batch.ray_hand import Cluster
from track_anything.collection.batch.row_worker import Tell
from track_anything.collection.place import Place
from track_anything.collection.row import ObjectPrompt, Row
from track_anything.errors import InputError
from track_anything.masks import box_of

_LOOKS = 20  # at the memory of the driver, over all rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    options = _parse(arguments)
    with tempfile.TemporaryDirectory(prefix="track-anything-") as folder:
        measure = _throughput if options.data else _handed_out if options.workers_by else _rows
        figures = measure(options, Path(folder))
    for name, value in figures.items():
        print(f"{name}: {value}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures) + "\n", "utf-8")
    return 0


def _throughput(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What a loop of single runs takes per frame, and batches; loading the networks is in all of them."""
    found = {
        options.data / "JPEGImages" / name: box_of(DavisSequence.open(options.data, name).truth(0))
        for name in sequence_names(options.data)[: options.clips]
    }
    clips = {path: box for path, box in found.items() if box is not None}
    lengths = {path: min(len(list(path.glob("*.jpg"))), options.frames or sys.maxsize) for path in clips}
    frames = sum(lengths.values())
    figures: dict[str, Any] = {"clips": len(clips), "frames": frames}

    def loop() -> None:
        for path, box in clips.items():
            command = ["track", str(path), "--box", ",".join(map(str, box)), "--preset", options.preset]
            span = ["--frames", f"0-{lengths[path] - 1}", "--out", str(folder / path.name)]
            subprocess.run(  # noqa: S603 - our own command
                [sys.executable, "-m", "track_anything.cli", *command, *span], check=True, capture_output=True
            )

    rows = [
        Row(number, path.name, str(path), (ObjectPrompt(box=box),), frames=(0, lengths[path]))
        for number, (path, box) in enumerate(clips.items(), start=1)
    ]
    forms = ("masks", "overlay", "sheet", "confidence")  # what `track` writes
    settings = BatchSettings(forms, Networks(options={"preset": options.preset}))

    def batch(workers: int) -> None:
        run = Batch(rows, folder / f"workers{workers}", settings, workers=workers)
        failed = [outcome.reason for outcome in run if not outcome.is_done]
        if failed:
            raise InputError(
                f"{len(failed)} of {len(rows)} clips failed, the first since {failed[0]}: mend it"
            )

    ways: dict[str, Callable[[], None]] = {
        "loop": loop,
        "1 worker": partial(batch, 1),
        "2 workers": partial(batch, 2),
    }
    for name, do in ways.items():
        began, spent = time.perf_counter(), _processor_seconds()
        do()
        figures[f"{name}, frames per second"] = frames / (time.perf_counter() - began)
        figures[f"{name}, processor seconds per frame"] = (_processor_seconds() - spent) / frames
    for name in ("1 worker", "2 workers"):
        ratio = figures["loop, processor seconds per frame"] / figures[f"{name}, processor seconds per frame"]
        figures[f"{name}, processor time of the loop over its own"] = ratio
    return figures


def _handed_out(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What a row takes that is handed out and refused at once, by who does it."""
    rows = [Row(number, f"row {number}", "", (), fault="it is refused") for number in range(options.rows + 1)]
    settings = BatchSettings(networks=Networks("track_anything.testing:fake_models"))
    figures: dict[str, Any] = {"rows": options.rows}
    for kind in options.workers_by:
        outcomes = iter(Batch(rows, folder / kind, settings, new_hand=_HANDS[kind](), results="none"))
        next(outcomes)  # until then the worker has begun
        began, spent = time.perf_counter(), time.process_time()
        for _ in outcomes:
            continue
        figures |= {
            f"{kind}, seconds per row": (time.perf_counter() - began) / options.rows,
            f"{kind}, CPU seconds of the driver per row": (time.process_time() - spent) / options.rows,
        }
    return figures


_HANDS: dict[str, Callable[[], NewHand]] = {
    "own": lambda: OwnHand,
    "child": lambda: ChildHand,
    "ray": lambda: Cluster.join("auto").new_hand,
}


def _processor_seconds() -> float:
    """Of this process and of all its children that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


class _Instant:
    """A ``Hand`` that publishes a result without any work, so that what is left is what a batch costs."""

    peak = 0

    def __init__(self, finished: Finished, made: Path) -> None:
        self._finished = finished
        self._made = made

    def do(self, row: Row, key: str, tell: Tell) -> Outcome:
        """See ``Hand``."""
        tell(1)
        table = self._made / MASK_TABLE
        facts = {"sha256": hashlib.sha256(table.read_bytes()).hexdigest(), "bytes": table.stat().st_size}
        self._finished.publish(f"row-{key}", self._made, {"files": {MASK_TABLE: facts}})
        self._finished.remember(key, f"row-{key}")
        return Outcome(row.number, OutcomeKind.DONE, f"row-{key}", frames=1)

    def stop(self) -> None:
        """See ``Hand``."""

    def close(self) -> None:
        """See ``Hand``."""


def _rows(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What a row costs, and how the memory of the driver grows with their number."""
    made = folder / "made"
    made.mkdir()
    (made / MASK_TABLE).write_text(f"{','.join(COLUMNS)}\n{','.join('0' * len(COLUMNS))}\n")
    (folder / "clip.mp4").write_bytes(b"never opened")
    rows = [
        Row(number, f"row {number}", str(folder / "clip.mp4"), (ObjectPrompt(clicks=((number, 0.0),)),))
        for number in range(1, options.rows + 1)
    ]
    settings = BatchSettings(networks=Networks("track_anything.testing:fake_models"))
    finished = Finished(Place(folder / "out"))
    figures: dict[str, Any] = {"rows": options.rows}
    for pass_name in ("made", "found done"):
        batch = Batch(rows, folder / "out", settings, new_hand=lambda _: _Instant(finished, made))
        resident = []
        began, spent = time.perf_counter(), time.process_time()
        for done, _ in enumerate(batch, start=1):
            if done % max(1, options.rows // _LOOKS) == 0:
                resident.append(round(resident_mib(), 1))
        figures |= {
            f"{pass_name}, seconds per row": (time.perf_counter() - began) / options.rows,
            f"{pass_name}, CPU seconds of the driver per row": (time.process_time() - spent) / options.rows,
            f"{pass_name}, resident MiB of the driver": resident,
        }
    return figures


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="batch.py", description="Batches against a loop of single runs.")
    parser.add_argument("--data", type=Path, help="folder of DAVIS sequences; without it, rows of fakes")
    parser.add_argument("--clips", type=int, default=4, help="how many of them (default: %(default)s)")
    parser.add_argument("--frames", type=int, help="of each, its first ones (default: all)")
    parser.add_argument("--preset", default="fast", help="of the networks (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of fakes (default: %(default)s)")
    parser.add_argument(
        "--workers-by", nargs="+", choices=tuple(_HANDS), help="hand fakes out to each of these"
    )
    parser.add_argument("--json", type=Path, help="file for the figures")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
