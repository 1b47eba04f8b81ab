"""Networks that are not ours, run by onnxruntime, an extra; their weights come by local path alone."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from track_anything.errors import InputError


def open_network(name: str, file: str, variable: str) -> Any:  # noqa: ANN401 - not installed everywhere
    """The ``onnxruntime.InferenceSession`` of a network, on the CPU.

    Args:
        name: of the network, for messages.
        file: what its authors call the file, with its licence.
        variable: the environment variable that names the file.

    Raises:
        InputError: the file is not where the environment says.
    """
    path = Path(os.environ.get(variable, ""))
    if not path.is_file():
        raise InputError(
            f"the weights of {name} are not there: get {file} from its authors and name the file in the "
            f"environment variable {variable}"
        )
    return import_module("onnxruntime").InferenceSession(str(path), providers=["CPUExecutionProvider"])
