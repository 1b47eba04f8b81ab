"""How near the forecast of memory comes to what tracking takes with the real networks.

    python -m benchmarks.forecast --presets fast --sizes 480x854,1080x1920 --objects 1,4 --json forecast.json

Each case in a process of its own: the networks are loaded, drawn discs are known on the first frame, and the
forecast is asked for; then they are tracked. What tracking took is the most resident memory since, less what
was resident before. Linux only, on the processor.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from track_anything.errors import InputError, TrackAnythingError
from track_anything.models import PRESETS, Models, load_models
from track_anything.project import Description, Project
from track_anything.session import Session
from track_anything.testing import MovingShapes

_KIB, _MIB = 1 << 10, 1 << 20
_MOST_OBJECTS = 4  # that are drawn
_HEADER = f"{'preset':<14}{'size':>12}{'objects':>9}{'frames':>8}{'foreseen':>11}{'taken':>10}{'ratio':>8}"


@dataclass(frozen=True)
class Case:
    """What is tracked, and with what."""

    preset: str
    engine: str
    height: int
    width: int
    objects: int
    frames: int


@dataclass(frozen=True)
class Outcome:
    """Bytes that were foreseen, and that were taken."""

    case: Case
    foreseen: int
    taken: int

    def __str__(self) -> str:
        one, size = self.case, f"{self.case.height} x {self.case.width}"
        mib = (self.foreseen / _MIB, self.taken / _MIB)
        return (
            f"{one.preset:<14}{size:>12}{one.objects:>9}{one.frames:>8}"
            f"{mib[0]:>7.0f} MiB{mib[1]:>6.0f} MiB{self.foreseen / max(self.taken, 1):>8.2f}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    if not 0 < min(options.objects) <= max(options.objects) <= _MOST_OBJECTS:
        print(f"error: --objects takes counts from 1 to {_MOST_OBJECTS}", file=sys.stderr)
        return 2
    cases = [
        Case(preset, options.engine, height, width, objects, options.frames)
        for preset, (height, width), objects in product(options.presets, options.sizes, options.objects)
    ]
    print(_HEADER)
    outcomes = []
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as apart:
            for outcome in apart.map(measure, cases):
                print(outcome, flush=True)
                outcomes.append(outcome)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(one) for one in outcomes], indent=1) + "\n", "utf-8")
    return 0


def measure(case: Case, load: Callable[..., Models] = load_models) -> Outcome:
    """Track a drawn clip, and say what that took.

    Raises:
        InputError: the tracker makes no forecast.
    """
    clip = MovingShapes(case.frames, case.height, case.width, case.objects)
    models = load(preset=case.preset, engine=case.engine, device="cpu")
    with tempfile.TemporaryDirectory(prefix="track-anything-") as folder:
        project = Project.create(Path(folder, "project"), Description(Path("drawn"), "", clip.info))
        with Session(project, clip, lambda: models) as session:
            drawn = clip.label_map(0)
            for _ in range(case.objects):
                object_id = session.add_object()
                session.give_mask(frame=0, object_id=object_id, mask=drawn == object_id)
            track = session.track()
            forecast = track.forecast()
            if forecast is None:
                raise InputError(f"the tracker of {case.preset} makes no forecast: choose another preset")
            before = _begin_again()
            track.run()
            return Outcome(case, forecast.need, taken_since(before, _of_status("VmHWM")))


def taken_since(before: int, most: int) -> int:
    """Bytes that came to those of ``before``; none where what was free inside the process was enough.

    The kernel counts pages per processor and adds up late, so the most may be told as less than was there.
    """
    return max(most - before, 0)


def _begin_again() -> int:
    """Forget the most memory so far; bytes that are resident now."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _of_status("VmRSS")


def _of_status(name: str) -> int:
    """Bytes of a line of the process's status."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) * _KIB


def _size(text: str) -> tuple[int, int]:
    height, _, width = text.partition("x")
    return int(height), int(width)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="forecast.py", description="Memory foreseen against memory taken.")
    names = partial(str.split, sep=",")
    parser.add_argument("--presets", type=names, default=["fast"], help=f"of {', '.join(PRESETS)}")
    parser.add_argument(
        "--sizes",
        type=lambda text: [_size(one) for one in text.split(",")],
        default=[(480, 854), (1080, 1920)],
        metavar="HxW,...",
        help="of frames (default: 480x854,1080x1920)",
    )
    parser.add_argument(
        "--objects",
        type=lambda text: [int(one) for one in text.split(",")],
        default=[1, 4],
        metavar="N,...",
        help="how many (default: 1,4)",
    )
    parser.add_argument("--engine", default="auto", help="as of the command line (default: auto)")
    parser.add_argument("--frames", type=int, default=40, help="to track (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
