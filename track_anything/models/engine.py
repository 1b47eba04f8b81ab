"""What computes the networks: torch, or OpenVINO where it is installed and faster."""

import os
from functools import cache
from importlib.util import find_spec

from track_anything.errors import InputError, unknown
from track_anything.models.processor import ISA_LIMIT, gain_of, noted

ENGINES = ("auto", "torch", "openvino")

# In these, J&F on the development sequences moves by at most 0.003: see ``benchmarks/engines.py``.
WITHIN_GATE = ("float32", "bfloat16", "int8")

_LEAST_GAIN = 1.1  # times faster; below that the time to compile would be paid for with nothing
# Likewise, against what it takes the place of. Where matrix units make bfloat16 so fast that int8 is 1.4
# times as fast by itself, the whole product gains 1.03 times, and int8 strays farther from float32.
_LEAST_INT8_GAIN = {"float32": 1.3, "bfloat16": 1.7}
_LEAST_WINOGRAD_GAIN = 1.1  # likewise, where it gains least
_SIDE = 256  # pixels of the canvas on which the engines are compared
_TRIAL_SIDE = 96  # of the features on which int8 is tried


def resolve_engine(name: str, device: str, precision: str) -> str:
    """``torch`` or ``openvino`` for a name in ``ENGINES``.

    ``auto`` takes OpenVINO where it is installed and computes a small image encoder at least 1.1 times as
    fast as torch in the same precision, which is tried once and noted in the cache folder; under a limit on
    instructions (``ONEDNN_MAX_CPU_ISA``), which OpenVINO does not hear, it takes torch.

    Args:
        name: in ``ENGINES``.
        device: ``cpu``, ``cuda`` or ``mps``.
        precision: ``float32``, ``bfloat16`` or ``int8``, which OpenVINO alone computes in.

    Raises:
        InputError: there is no such engine, it is not installed, or it does not run on that device.
    """
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    if name == "openvino":
        check_installed()
        if device != "cpu":
            place = {"cuda": "CUDA", "mps": "Metal"}[device]
            raise InputError(f"openvino does not run on {place}: choose --engine torch or --device cpu")
        return name
    if precision == "int8":
        if name == "torch":
            raise InputError("torch does not compute in int8: leave out --engine, or choose --precision auto")
        check_installed()
        return "openvino"
    is_limited = ISA_LIMIT in os.environ  # which OpenVINO does not hear: it would be no fair trial
    may_be_taken = device == "cpu" and precision in WITHIN_GATE and is_installed() and not is_limited
    return "openvino" if name == "auto" and may_be_taken and _is_faster(precision) else "torch"


def check_installed() -> None:
    """Raise InputError where OpenVINO is missing."""
    if not is_installed():
        raise InputError("the engine openvino needs openvino: pip install 'track-anything[openvino]'")


def is_installed() -> bool:
    """Whether OpenVINO is there."""
    return find_spec("openvino") is not None


@cache
def _is_faster(precision: str) -> bool:
    """Whether OpenVINO is faster here, from the note of an earlier process if there is one."""
    import torch

    from track_anything.models.compiled.core import openvino_version

    compared = f"openvino {openvino_version()} against torch {torch.__version__} in {precision}"
    return noted(compared, lambda: _gain(precision)) >= _LEAST_GAIN


@cache
def is_int8_faster(precision: str) -> bool:
    """Whether OpenVINO gains enough here by int8 over ``float32`` or ``bfloat16``; tried once."""
    from track_anything.models.compiled.core import openvino_version

    compared = f"openvino {openvino_version()} in int8 against {precision}"
    least = _LEAST_INT8_GAIN[precision]
    return "int8" in WITHIN_GATE and noted(compared, lambda: _int8_gain(precision)) >= least


@cache
def is_winograd_faster() -> bool:
    """Whether torch computes wide convolutions in float32 at least 1.1 times as fast by fewer products."""
    import torch

    tried_with = f"torch {torch.__version__} by Winograd's convolutions, warm"
    return noted(tried_with, _winograd_gain) >= _LEAST_WINOGRAD_GAIN


def _winograd_gain() -> float:
    """How many times faster one of 128 channels is, of those that gain the one that gains least."""
    import torch
    from torch import nn

    from tracker.modeling.winograd import WinogradConv

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(), torch.random.fork_rng():
            conv = nn.Conv2d(128, 128, 3, padding=1).requires_grad_(False)
            conv.weight.data = conv.weight.contiguous(memory_format=torch.channels_last)
            spared = WinogradConv(conv)
            picture = torch.rand(1, 128, 60, 108).contiguous(memory_format=torch.channels_last)
            # At first the allocator hands room back after each try: getting it again would be timed.
            return max(gain_of(lambda: conv(picture), lambda: spared(picture)) for _ in range(3))
    finally:
        torch.set_num_threads(threads)


def _int8_gain(precision: str) -> float:
    """How many times faster OpenVINO computes three convolutions in int8 than in another precision."""
    import torch
    from torch import nn

    from track_anything.models.compiled.module import CompiledModule
    from track_anything.models.compiled.quantised import QuantisedConv

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(), torch.random.fork_rng():
            convs = [nn.Conv2d(64, 64, 3, padding=1).requires_grad_(False) for _ in range(3)]
            rounded = [QuantisedConv(conv, -4.0, 4.0) for conv in convs]
            plain = CompiledModule(nn.Sequential(*convs), "trial", precision=precision, is_kept=False)
            fast = CompiledModule(nn.Sequential(*rounded), "trial", precision="int8", is_kept=False)
            picture = torch.rand(1, 64, _TRIAL_SIDE, _TRIAL_SIDE)
            plain(picture), fast(picture)
            return gain_of(lambda: plain(picture), lambda: fast(picture))
    finally:
        torch.set_num_threads(threads)


def _gain(precision: str) -> float:
    """How many times faster OpenVINO computes an encoder of MobileSAM's kind with one block per stage."""
    import torch

    from sam.modeling.low_precision import LowPrecisionEncoder
    from sam.modeling.tiny_vit import TinyVit, TinyVitSize
    from track_anything.models.compiled.encoder import FixedPadding
    from track_anything.models.compiled.module import CompiledModule

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(), torch.random.fork_rng():
            encoder = TinyVit(TinyVitSize(depths=(1, 1, 1, 1))).eval().requires_grad_(False)
            encoder.fold_norms()
            canvas = torch.rand(1, 3, _SIDE, _SIDE).contiguous(memory_format=torch.channels_last)
            whole = FixedPadding(encoder, (2, 0))
            compiled = CompiledModule(whole, "trial", precision=precision, is_kept=False)
            compiled(canvas)  # before torch's own takes the encoder over
            by_torch = LowPrecisionEncoder(encoder) if precision == "bfloat16" else encoder
            return gain_of(lambda: by_torch(canvas), lambda: compiled(canvas))
    finally:
        torch.set_num_threads(threads)
