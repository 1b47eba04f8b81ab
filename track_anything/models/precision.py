"""How exactly networks compute: float32 everywhere, or less where the processor is faster with it."""

from collections.abc import Callable
from functools import cache

from track_anything.errors import InputError, unknown
from track_anything.models.processor import gain_of, noted

PRECISIONS = ("auto", "float32", "bfloat16", "int8")

_LEAST_GAIN = 1.3  # times faster; below that rounding would be paid for with nothing


def resolve_precision(name: str, device: str = "cpu") -> str:
    """``float32``, ``bfloat16`` or ``int8`` for a name in ``PRECISIONS``.

    ``auto`` takes bfloat16 on a processor that computes convolutions at least 1.3 times as fast with it,
    which is tried once and noted in the cache folder; elsewhere, a GPU included, it takes float32. Where
    int8 is faster still is asked by ``resolve_runtime``, since OpenVINO alone computes in it.

    Raises:
        InputError: there is no such precision, or not on that device.
    """
    if name not in PRECISIONS:
        raise unknown("precision", name, PRECISIONS)
    if name == "int8" and device != "cpu":
        raise InputError("int8 is computed by the processor alone: choose --device cpu, or --precision auto")
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
    return noted(f"torch {torch.__version__}", _gain) >= _LEAST_GAIN


def _gain() -> float:
    """How many times faster a convolution is in bfloat16 than in float32."""
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
            return gain_of(exact, low)
    finally:
        torch.set_num_threads(threads)
