"""Reads the tensors of a checkpoint and nothing else: code inside the file is never run."""

import pickle
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from tracker.errors import CheckpointError

_AGAIN = "fetch it again or give another file"


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Read a state dict on the CPU.

    Args:
        path: a ``.safetensors`` file, or any other name for what ``torch.save`` writes.

    Returns:
        The tensors by name; those of real numbers as float32.

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
        raise CheckpointError(f"{path} cannot be read ({error.strerror}): check its permissions") from error
    for name, tensor in state.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise CheckpointError(f"{path} holds what is no number in {name}, so it is damaged: {_AGAIN}")
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in state.items()}


def _read_torch(path: Path) -> dict[str, Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path} is damaged, or holds more than tensors and could run code, so it was not loaded: "
            "use the published file or a safetensors file"
        ) from error
    except (RuntimeError, EOFError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{path} is damaged or no torch checkpoint: {_AGAIN}") from error
    is_state = isinstance(state, dict) and all(isinstance(value, Tensor) for value in state.values())
    if not is_state:
        raise CheckpointError(f"{path} holds no table of tensors: give a checkpoint of the weights alone")
    return {str(name): tensor for name, tensor in state.items()}
