"""Networks that are not ours, run by onnxruntime, an extra; their weights come by local path alone."""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from track_anything.errors import InputError


def open_network(name: str, extra: str, file: str, variable: str) -> Any:  # noqa: ANN401 - not installed everywhere
    """The ``onnxruntime.InferenceSession`` of a network, on the CPU.

    Args:
        name: of the network, for messages.
        extra: of ours that brings onnxruntime.
        file: what its authors call the file, with its licence.
        variable: the environment variable that names the file.

    Raises:
        InputError: onnxruntime is not installed, or the file is not where the environment says.
    """
    if find_spec("onnxruntime") is None:
        raise InputError(f"{name} runs on onnxruntime: install it by pip install 'track-anything[{extra}]'")
    path = Path(os.environ.get(variable, ""))
    if not path.is_file():
        raise InputError(
            f"the weights of {name} are not there: get {file} from its authors and name the file in the "
            f"environment variable {variable}"
        )
    return import_module("onnxruntime").InferenceSession(str(path), providers=["CPUExecutionProvider"])
