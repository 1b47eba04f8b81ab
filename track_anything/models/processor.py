"""What was tried on this processor, noted in the cache folder so that no later process tries it again."""

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

from track_anything.models.weights import cache_folder

_NOTE = "processor.json"
ISA_LIMIT = "ONEDNN_MAX_CPU_ISA"  # may forbid instructions that the processor has
_PAIRS = 12


def noted(tried_with: str, measure: Callable[[], float]) -> float:
    """A figure of this processor, such as how many times faster one way is than another, measured once.

    Args:
        tried_with: what decides beside the processor: libraries, their versions and what is measured.
        measure: finds the figure, where there is no note of it.
    """
    note = cache_folder() / _NOTE
    tried = f"{processor()}, {tried_with}, at most {os.environ.get(ISA_LIMIT, 'all it has')}"
    known = _read(note)
    if tried not in known:
        known[tried] = round(measure(), 2)
        _write(note, known)
    return known[tried]


def gain_of(plain: Callable[[], object], fast: Callable[[], object]) -> float:
    """How many times faster the second is than the first: the best of pairs run in turn, processor time."""
    pairs = [(_seconds(plain), _seconds(fast)) for _ in range(_PAIRS)]
    return min(each for each, _ in pairs) / max(min(each for _, each in pairs), 1e-9)


def processor() -> str:
    """Which processor this is: its architecture, and a digest of what Linux says it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return f"{platform.machine()} {hashlib.sha256(flags.encode()).hexdigest()[:16]}"


def _seconds(work: Callable[[], object]) -> float:
    """Of computing, not of waiting for a processor that is busy with something else."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _read(note: Path) -> dict[str, float]:
    try:
        content = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): float(gain) for name, gain in content.items()} if isinstance(content, dict) else {}


def _write(note: Path, known: dict[str, float]) -> None:
    """Keep what was tried; where the cache cannot be written it is tried again by the next process."""
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        temporary = note.with_name(f".{note.name}.part")
        temporary.write_text(json.dumps(known) + "\n", "utf-8")
        temporary.replace(note)
    except OSError:
        return
