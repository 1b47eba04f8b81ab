"""How exactly networks compute: float32 everywhere, or bfloat16 where the processor is faster with it."""

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from track_anything.errors import unknown
from track_anything.models.weights import cache_folder

PRECISIONS = ("auto", "float32", "bfloat16")

_NOTE = "processor.json"
_ISA_LIMIT = "ONEDNN_MAX_CPU_ISA"  # may forbid instructions that the processor has
_LEAST_GAIN = 1.3  # times faster; below that rounding would be paid for with nothing
_PAIRS = 12


def resolve_precision(name: str, device: str = "cpu") -> str:
    """``float32`` or ``bfloat16`` for a name in ``PRECISIONS``.

    ``auto`` takes bfloat16 on a processor that computes convolutions at least 1.3 times as fast with it,
    which is tried once and noted in the cache folder; elsewhere, a GPU included, it takes float32.

    Raises:
        InputError: there is no such precision.
    """
    if name not in PRECISIONS:
        raise unknown("precision", name, PRECISIONS)
    if name != "auto":
        return name
    return "bfloat16" if device == "cpu" and _is_bfloat16_fast() else "float32"


@cache
def _is_bfloat16_fast() -> bool:
    """Whether this processor gains by bfloat16, from the note of an earlier process if there is one."""
    import torch

    has_kernels: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]  # torch's own
    if not (has_kernels and torch.ops.mkldnn._is_mkldnn_bf16_supported()):
        return False
    note = cache_folder() / _NOTE
    processor = (
        f"{_processor()}, torch {torch.__version__}, at most {os.environ.get(_ISA_LIMIT, 'all it has')}"
    )
    known = _read(note)
    if processor not in known:
        known[processor] = round(_gain(), 2)
        _write(note, known)
    return known[processor] >= _LEAST_GAIN


def _gain() -> float:
    """How many times faster a convolution is in bfloat16 than in float32: the best of pairs run in turn."""
    import torch
    import torch.nn.functional as F

    pictures = torch.ones(1, 64, 96, 96).contiguous(memory_format=torch.channels_last)
    weights = torch.ones(64, 64, 3, 3).contiguous(memory_format=torch.channels_last)

    def run(kind: torch.dtype) -> Callable[[], torch.Tensor]:
        frames, kernel = pictures.to(kind), weights.to(kind)
        return lambda: F.conv2d(frames, kernel, padding=1)

    exact, low = run(torch.float32), run(torch.bfloat16)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for each other on a busy machine would be counted too
    try:
        with torch.inference_mode():
            pairs = [(_seconds(exact), _seconds(low)) for _ in range(_PAIRS)]
    finally:
        torch.set_num_threads(threads)
    return min(each for each, _ in pairs) / max(min(each for _, each in pairs), 1e-9)


def _seconds(work: Callable[[], object]) -> float:
    """Of computing, not of waiting for a processor that is busy with something else."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _processor() -> str:
    """Which processor this is: its architecture, and a digest of what Linux says it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return f"{platform.machine()} {hashlib.sha256(flags.encode()).hexdigest()[:16]}"


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
