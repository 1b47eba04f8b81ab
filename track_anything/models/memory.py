"""How much memory can be had where networks run."""

from pathlib import Path

_FACTS = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def free_memory(device: str) -> int | None:
    """Bytes that can be had on a device, without anything being swapped out; None where nobody tells."""
    if device == "cuda":
        import torch

        free, _ = torch.cuda.mem_get_info()
        return int(free)
    told = [each for each in (_of_machine(), _of_group()) if each is not None]
    return min(told, default=None)


def _of_machine() -> int | None:
    try:
        lines = dict(line.split(":", 1) for line in _FACTS.read_text("ascii").splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, ValueError, KeyError):
        return None


def _of_group() -> int | None:
    """What a container may take beyond what it has; None = it may take all, or there is none."""
    try:
        limit, taken = (int((_GROUP / name).read_text("ascii")) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # "max" is no number
        return None
    return max(0, limit - taken)
