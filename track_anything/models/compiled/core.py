"""OpenVINO itself, which is told to tell nobody that it is used."""

import sys
from functools import cache
from typing import Any

_TELEMETRY = "openvino_telemetry"


@cache
def openvino() -> Any:  # noqa: ANN401 - a module that may be missing
    """OpenVINO's module; its telemetry is kept from being imported with it, and nothing is ever sent."""
    if "openvino" not in sys.modules:
        earlier = sys.modules.get(_TELEMETRY)
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]  # an import of it fails: there is a stub
        try:
            import openvino as module
        finally:
            sys.modules.pop(_TELEMETRY)
            if earlier is not None:
                sys.modules[_TELEMETRY] = earlier
    import openvino as module

    return module


@cache
def core() -> Any:  # noqa: ANN401 - OpenVINO's
    """What knows the devices; one for the whole process."""
    return openvino().Core()


def openvino_version() -> str:
    """Its version, which a compiled graph is bound to."""
    return str(openvino().get_version())


def units() -> list[str]:
    """The devices that OpenVINO can drive on this machine, such as CPU, GPU and NPU."""
    return [str(name) for name in core().available_devices]
