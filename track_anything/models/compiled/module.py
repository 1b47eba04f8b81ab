"""A torch module that OpenVINO computes, by a graph for all sizes or by one for each."""

import hashlib
import inspect
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias
from uuid import uuid4

import numpy as np
import torch
from torch import Tensor, nn

from track_anything.errors import DeviceError
from track_anything.models.compiled.core import core, openvino, openvino_version
from track_anything.models.processor import processor
from track_anything.models.weights import cache_folder

OF_FRAME = (2, 3)
"""Free axes of what is of a frame, (1, C, h, w)."""

OF_OBJECTS = (1, -2, -1)
"""Those of what is of its objects, (1, K, h, w) or (1, K, C, h, w)."""

_MOST_KEPT = 48  # compiled graphs, of 2 to 60 MB each; those not used for longest go first
_SUFFIX = ".blob"
_CPU = "CPU"
_ANY = -1  # OpenVINO's word for a length that is free

_Shapes: TypeAlias = tuple[tuple[int, ...], ...]


class CompiledModule:
    """Runs a module from float32 tensors to float32 tensors; the answers are the caller's to keep.

    A graph is made when it is first asked for, and kept in the cache folder as this processor wants it: a
    later process reads it in a fraction of the time. Safe to call from several threads.

    Args:
        module: ready for inference, with float32 parameters; takes and returns tensors alone, and does the
            same whatever they hold.
        name: of its files.
        precision: in which it computes: ``float32``, ``bfloat16``, or ``int8`` for what is quantised, and
            bfloat16 for the rest where the processor has units for that.
        unit: OpenVINO's name of the device.
        free_axes: of each input, those whose lengths change from call to call. A processor computes any
            lengths by one graph, as fast as by one of its own; other devices get one for each.
        is_kept: whether graphs go into the cache folder.
    """

    def __init__(
        self,
        module: nn.Module,
        name: str,
        *,
        precision: str = "float32",
        unit: str = _CPU,
        free_axes: Sequence[Sequence[int]] = (),
        is_kept: bool = True,
    ) -> None:
        self._module = module
        self._name = name
        self._precision = precision
        self._unit = unit
        self._free_axes = free_axes if unit == _CPU else ()
        self._is_kept = is_kept
        self._busy = Lock()
        self._requests: dict[_Shapes, Any] = {}
        self._made_of = ""

    def __call__(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """The module's answers, as one or several float32 tensors of their own.

        Raises:
            DeviceError: the device cannot run it.
        """
        shapes = self._shapes(inputs)
        arrays = [each.detach().float().contiguous().numpy() for each in inputs]
        with self._busy:
            if shapes not in self._requests:
                self._requests[shapes] = self._compiled(shapes, inputs).create_infer_request()
            request = self._requests[shapes]
            request.infer(arrays, share_inputs=True)
            found = [np.array(each.data) for each in request.output_tensors]  # its own are written over
        return tuple(torch.from_numpy(each) for each in found)

    def _shapes(self, inputs: Sequence[Tensor]) -> _Shapes:
        """What a graph for such inputs takes."""
        shapes = [list(each.shape) for each in inputs]
        for shape, axes in zip(shapes, self._free_axes, strict=False):
            for axis in axes:
                shape[axis] = _ANY
        return tuple(map(tuple, shapes))

    def _compiled(self, shapes: _Shapes, examples: Sequence[Tensor]) -> Any:  # noqa: ANN401 - OpenVINO's
        """The compiled graph for some shapes, from the cache folder if it is there."""
        settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": _hint(self._precision, self._unit)}
        if self._unit == _CPU:
            settings |= {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "ENABLE_CPU_PINNING": False}
        place = self._place(shapes) if self._is_kept else None
        if place is not None:
            with suppress(OSError, RuntimeError):  # not there, or damaged
                kept = core().import_model(place.read_bytes(), self._unit, settings)
                place.touch()
                return kept
        try:
            compiled = core().compile_model(self._traced(shapes, examples), self._unit, settings)
        except RuntimeError as error:
            reason = next(iter(str(error).strip().splitlines()), "no reason given")
            raise DeviceError(
                f"OpenVINO cannot run the {self._name} on {self._unit} ({reason}): choose --engine torch"
            ) from error
        if place is not None:
            with suppress(OSError, RuntimeError):  # a full disk, or a device that hands nothing out
                _keep(place, compiled.export_model().getbuffer())
        return compiled

    def _traced(self, shapes: _Shapes, examples: Sequence[Tensor]) -> Any:  # noqa: ANN401 - OpenVINO's
        """The module as OpenVINO's graph."""
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # a trace fixes lengths that are not free, on purpose
            blank = tuple(torch.zeros(each.shape) for each in examples)
            traced = torch.jit.trace(self._module, blank, check_trace=False, strict=False)  # type: ignore[no-untyped-call]
            partial = openvino().PartialShape
            return openvino().convert_model(traced, input=[partial(list(shape)) for shape in shapes])

    def _place(self, shapes: _Shapes) -> Path:
        """Where the graph is kept: named by everything that it depends on."""
        if not self._made_of:
            self._made_of = _digest_of(self._module)
        told = (
            self._made_of,
            shapes,
            self._precision,
            self._unit,
            str(core().get_property(self._unit, "FULL_DEVICE_NAME")),
            processor(),
            openvino_version(),
            torch.__version__,
        )
        digest = hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()
        return cache_folder() / "openvino" / f"{self._name}-{digest}{_SUFFIX}"


def _hint(precision: str, unit: str) -> str:
    """OpenVINO's name of the precision that everything has which is not quantised."""
    if precision == "float32":
        return "f32"
    has_units = "BF16" in core().get_property(unit, "OPTIMIZATION_CAPABILITIES")
    return "bf16" if precision == "bfloat16" or has_units else "f32"


def _digest_of(module: nn.Module) -> str:
    """What a module computes: its code and its weights."""
    digest = hashlib.blake2b(digest_size=12)
    files = {Path(inspect.getfile(type(each))) for each in module.modules()}
    for path in sorted(files):
        digest.update(path.read_bytes())
    for name, value in module.state_dict().items():
        digest.update(f"{name} {tuple(value.shape)} {value.dtype}".encode())
        digest.update(value.contiguous().numpy().tobytes())
    digest.update(repr(module).encode())
    return digest.hexdigest()


def _keep(place: Path, content: memoryview) -> None:
    """Write a graph into the cache folder, complete or not at all, and let the oldest go."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{uuid4().hex[:8]}.part")
    try:
        part.write_bytes(content)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    kept = sorted(place.parent.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
