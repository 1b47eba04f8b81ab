"""How networks run: on which device, by which engine, how exactly."""

import os
from dataclasses import dataclass, replace

from track_anything.errors import DeviceError, InputError, unknown
from track_anything.models.engine import is_int8_faster, is_winograd_faster, resolve_engine
from track_anything.models.precision import resolve_precision

DEVICES = ("auto", "cpu", "cuda", "mps")
OPENVINO = "openvino:"
"""How the name of a device begins that OpenVINO drives; its own name follows, such as GPU or NPU."""

_CPU = "CPU"
_FALLBACK = "PYTORCH_ENABLE_MPS_FALLBACK"


@dataclass(frozen=True)
class Runtime:
    """How networks run.

    Attributes:
        device: of torch, ``cpu``, ``cuda`` or ``mps``.
        engine: ``torch`` or ``openvino``.
        precision: ``float32``, ``bfloat16`` or ``int8``.
        unit: OpenVINO's name of what it runs on.
    """

    device: str = "cpu"
    engine: str = "torch"
    precision: str = "float32"
    unit: str = _CPU

    @property
    def engine_name(self) -> str:
        """The engine, and what it runs on where that is not the processor: ``openvino:GPU``."""
        return self.engine if self.unit == _CPU else f"{self.engine}:{self.unit}"

    @property
    def spares_products(self) -> bool:
        """Whether torch computes trackers in float32 faster here than any engine does, by fewer products."""
        is_plain = (self.device, self.unit, self.precision) == ("cpu", _CPU, "float32")
        return is_plain and is_winograd_faster()

    @property
    def rest_precision(self) -> str:
        """In which torch computes what stays with it: torch knows no int8."""
        return resolve_precision("auto", self.device) if self.precision == "int8" else self.precision


def resolve_runtime(
    device: str = "auto", engine: str = "auto", precision: str = "auto", *, has_int8: bool = True
) -> Runtime:
    """How networks run for the names a user gives; ``auto`` takes what is fastest on this machine.

    Args:
        device: one of ``DEVICES``, or ``openvino:`` and a device of OpenVINO.
        engine: one of ``ENGINES``.
        precision: one of ``PRECISIONS``.
        has_int8: whether ranges for int8 were fitted to what is to run.

    Raises:
        InputError: a name that is not known, or names that do not go together.
        DeviceError: the device is not there.
    """
    if precision == "int8" and not has_int8:
        raise InputError("no int8 was fitted to this tracker and its weights: choose --precision auto")
    if not device.startswith(OPENVINO):
        place = resolve_device(device)
        exactly = resolve_precision(precision, place)
        found = Runtime(place, resolve_engine(engine, place, exactly), exactly)
        may_be_rounded = precision == "auto" and found.engine == "openvino" and has_int8
        return replace(found, precision="int8") if may_be_rounded and is_int8_faster(exactly) else found
    if engine == "torch":
        raise InputError(f"torch does not drive {device}: leave out --engine, or choose --device cpu")
    resolve_engine("openvino" if engine == "auto" else engine, "cpu", "float32")  # which must be there
    from track_anything.models.compiled.core import units

    unit = device.removeprefix(OPENVINO).upper()
    if unit not in units():
        raise DeviceError(
            f"OpenVINO finds no {unit} here, only {', '.join(units())}: choose --device cpu, or install "
            f"the driver of the {unit}"
        )
    exactly = resolve_precision(precision, "cpu" if unit == _CPU else device)
    return Runtime("cpu", "openvino", exactly, unit)


def resolve_device(name: str) -> str:
    """``cpu``, ``cuda`` or ``mps``, where torch computes.

    ``auto`` takes CUDA where it is; Metal (``mps``) only who asks for it gets, since nobody has measured it.
    What Metal cannot compute torch computes on the processor then. Beside a device that OpenVINO drives,
    torch computes the rest on the processor.

    Raises:
        InputError: there is no such name.
        DeviceError: the device is not there.
    """
    if name.startswith(OPENVINO):
        return "cpu"
    if name not in DEVICES:
        raise unknown("device", name, (*DEVICES, f"{OPENVINO}GPU", f"{OPENVINO}NPU"))
    if name == "cpu":
        return "cpu"
    if name == "mps":
        os.environ.setdefault(_FALLBACK, "1")  # torch reads it when it is imported
    import torch

    if name == "mps":
        if not torch.backends.mps.is_available():
            raise DeviceError("no Metal device is available: use --device cpu, or a Mac with Apple silicon")
        return "mps"
    if torch.cuda.is_available():
        return "cuda"
    if name == "cuda":
        raise DeviceError("no CUDA device is available: use --device cpu, or install a CUDA build of torch")
    return "cpu"
