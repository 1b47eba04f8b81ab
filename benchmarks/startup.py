"""How long it takes until something happens: the help, the package, the editor's page, networks to be ready.

Each is a process of its own, of this checkout and of others side by side, turn and turn about. Processor time
of the whole process is counted, so that other work on the machine weighs little; the time by the clock is
printed beside it. One turn beforehand warms the disk and the compiled modules.

    python -m benchmarks.startup [OTHER_CHECKOUT ...] [--turns N] [--json FILE]
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

_HERE = Path(__file__).resolve().parents[1]

PROGRAMS: Mapping[str, str] = {
    "nothing": "pass",
    "--help": "import sys; sys.argv = ['track-anything', '--help']\n"
    "from track_anything.cli import main\ntry: main()\nexcept SystemExit: pass",
    "import track_anything": "import track_anything",
    "a session": "from track_anything import Session; Session.create",
    "the editor's page": "import track_anything.ui.page",
    "torch alone": "import torch",
    "networks ready": "from track_anything import load_models; load_models(device='cpu')",
}
"""What is begun, by what it is called."""


@dataclass(frozen=True)
class Start:
    """How long a program took, in seconds, as medians.

    Attributes:
        processor: of all its threads.
        clock: from its beginning to its end.
    """

    processor: float
    clock: float


def measure(checkouts: list[Path], programs: Mapping[str, str], turns: int) -> dict[str, dict[str, Start]]:
    """By program, then by checkout: what it took there."""
    seen: dict[str, dict[str, list[Start]]] = {name: {str(c): [] for c in checkouts} for name in programs}
    for turn in range(turns + 1):
        for name, program in programs.items():
            for checkout in checkouts:
                start = _run(program, checkout)
                if turn > 0:
                    seen[name][str(checkout)].append(start)
    return {
        name: {place: _middle(starts) for place, starts in places.items()} for name, places in seen.items()
    }


def _run(program: str, checkout: Path) -> Start:
    surroundings = os.environ | {"PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - programs of this module
        [sys.executable, "-c", program], cwd=checkout, env=surroundings, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{checkout}: the program ended with {process.returncode}: {program}")
    return Start(usage.ru_utime + usage.ru_stime, time.perf_counter() - began)


def _middle(starts: list[Start]) -> Start:
    return Start(median(s.processor for s in starts), median(s.clock for s in starts))


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkouts", nargs="*", type=Path, help="others to measure beside this one")
    parser.add_argument("--turns", type=int, default=5, help="of each program (default: 5)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(arguments)
    if options.turns < 1:
        parser.error("--turns must be 1 or more")
    if strange := [str(place) for place in options.checkouts if not (place / "track_anything").is_dir()]:
        parser.error(f"{strange[0]} is no checkout: give a folder that holds track_anything")

    checkouts = [_HERE, *(place.resolve() for place in options.checkouts)]
    figures = measure(checkouts, PROGRAMS, options.turns)
    print("processor seconds (seconds by the clock), medians")
    for name, places in figures.items():
        for place, start in places.items():
            print(f"{name:<24}{start.processor:7.2f} ({start.clock:6.2f})  {place}")
    if options.json:
        content = {name: {p: asdict(s) for p, s in places.items()} for name, places in figures.items()}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
