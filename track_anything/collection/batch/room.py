"""How much memory this machine has left for one more worker."""

from pathlib import Path

_FACTS = Path("/proc/meminfo")
_SPARE = 1.25  # times what a worker has needed, since a larger video needs more


def has_room(peak: int) -> bool:
    """Whether there is memory for a worker that needs as much as another one has; True where nobody tells.

    Args:
        peak: bytes; 0 = not known.
    """
    free = available_memory()
    return free is None or peak == 0 or free > peak * _SPARE


def available_memory() -> int | None:
    """Bytes that programs can have without anything being swapped out; None where the system tells none."""
    try:
        lines = dict(line.split(":", 1) for line in _FACTS.read_text("ascii").splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, ValueError, KeyError):
        return None
