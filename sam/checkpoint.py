"""Reads the tensors of a checkpoint and nothing else: code inside the file is never run."""

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from sam.errors import CheckpointError

_AGAIN = "fetch it again or give another file"


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Read a state dict on the CPU.

    Args:
        path: a ``.safetensors`` file, or any other name for the zip archive that ``torch.save`` writes.

    Returns:
        The tensors by name.

    Raises:
        CheckpointError: there is no such file, it cannot be read, is damaged, or holds more than tensors.
    """
    if not path.is_file():
        raise CheckpointError(f"no checkpoint at {path}: give the path of a downloaded file")
    try:
        state = load_file(path) if path.suffix == ".safetensors" else _read_torch(path)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is damaged or no safetensors file ({error}): {_AGAIN}") from error
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error}): check its permissions") from error
    _check_finite(state, path)
    return state


def _check_finite(state: Mapping[str, Tensor], path: Path) -> None:
    """A network of such weights answers nonsense and says nothing."""
    for name, tensor in state.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise CheckpointError(f"{path} holds what is no number in {name}, so it is damaged: {_AGAIN}")


def _read_torch(path: Path) -> dict[str, Tensor]:
    with path.open("rb") as file:
        is_whole = zipfile.is_zipfile(file)  # the archive's table of contents is at its very end
    if not is_whole:
        raise CheckpointError(f"{path} is truncated or no torch checkpoint: {_AGAIN}")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path} holds more than tensors and was not loaded, since it could run code: "
            "use the published file or a safetensors file"
        ) from error
    except (RuntimeError, EOFError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{path} is damaged or no torch checkpoint: {_AGAIN}") from error
    is_state = isinstance(state, dict) and all(isinstance(value, Tensor) for value in state.values())
    if not is_state:
        raise CheckpointError(f"{path} holds no table of tensors: give a checkpoint of the weights alone")
    return {str(name): tensor for name, tensor in state.items()}
