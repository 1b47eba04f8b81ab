"""From a published checkpoint to a segmenter that runs."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from sam.checkpoint import read_checkpoint
from sam.errors import CheckpointError
from sam.modeling.image_encoder import VIT_B, VIT_H, VIT_L, ImageEncoder
from sam.modeling.low_precision import LowPrecisionEncoder
from sam.modeling.sam import Sam
from sam.modeling.tiny_vit import TINY_VIT, TinyVit
from sam.sam_segmenter import SamSegmenter

ENCODERS: Mapping[str, Callable[[], torch.nn.Module]] = {
    "mobile-sam": partial(TinyVit, TINY_VIT),
    "sam-vit-b": partial(ImageEncoder, VIT_B),
    "sam-vit-l": partial(ImageEncoder, VIT_L),
    "sam-vit-h": partial(ImageEncoder, VIT_H),
}
"""The architectures by name; a new one is one line."""

AUTO = "auto"

_NECK = "image_encoder.neck.0.weight"
_MODEL_OF_NECK_WIDTH = {
    TINY_VIT.dim: "mobile-sam",
    VIT_B.dim: "sam-vit-b",
    VIT_L.dim: "sam-vit-l",
    VIT_H.dim: "sam-vit-h",
}


def build_network(model: str) -> Sam:
    """The network of one architecture with weights that are not yet loaded.

    Raises:
        CheckpointError: there is no architecture of this name.
    """
    if model not in ENCODERS:
        raise CheckpointError(f"unknown model {model!r}; choose one of {', '.join(ENCODERS)}")
    return Sam(ENCODERS[model]())


def build_segmenter(
    model: str, checkpoint: Path, device: str = "cpu", *, precision: str = "float32"
) -> SamSegmenter:
    """Load a published checkpoint.

    Args:
        model: a name in ``ENCODERS``, or "auto" to recognise it from the checkpoint's tensors.
        checkpoint: a torch or safetensors file; code inside it is never run.
        device: a torch device.
        precision: ``float32``, or ``bfloat16`` for an image encoder that is faster and rounded.

    Raises:
        CheckpointError: there is no such model, or the file cannot be read or holds another network.
    """
    if model != AUTO and model not in ENCODERS:
        raise CheckpointError(f"unknown model {model!r}; choose one of {AUTO}, {', '.join(ENCODERS)}")
    state = read_checkpoint(checkpoint)
    looks_like = _recognise(state)
    if looks_like is None:
        raise CheckpointError(
            f"{checkpoint} is not a SAM checkpoint: it holds {next(iter(state), 'nothing')!r}, but no "
            f"{_NECK!r}; give a checkpoint of {', '.join(ENCODERS)}"
        )
    if model not in (AUTO, looks_like):
        raise CheckpointError(
            f"{checkpoint} holds {looks_like}, not {model}: choose the model {looks_like} or another file"
        )
    network = _load(looks_like, state, checkpoint)
    if precision == "bfloat16":
        network.image_encoder = LowPrecisionEncoder(network.image_encoder)
    return SamSegmenter(network.to(device))


def _load(model: str, state: Mapping[str, Tensor], checkpoint: Path) -> Sam:
    with torch.device("meta"):  # the checkpoint's own tensors become the parameters: nothing is drawn first
        network = build_network(model)
    _check_fit(model, network.state_dict(), state, checkpoint)
    network.load_state_dict(state, assign=True)
    network.float().eval()
    if isinstance(network.image_encoder, TinyVit):
        network.image_encoder.fold_norms()
    return network


def _recognise(state: Mapping[str, Tensor]) -> str | None:
    """The architecture whose encoder hands as many channels to its neck as this one."""
    neck = state.get(_NECK)
    return _MODEL_OF_NECK_WIDTH.get(neck.shape[1]) if neck is not None and neck.ndim == 4 else None


def _check_fit(
    model: str, expected: Mapping[str, Tensor], found: Mapping[str, Tensor], checkpoint: Path
) -> None:
    missing = sorted(expected.keys() - found.keys())
    unknown = sorted(found.keys() - expected.keys())
    misfits = [name for name in expected if name in found and expected[name].shape != found[name].shape]
    complaints = []
    if missing:
        complaints.append(f"lacks {_first(missing)}")
    if unknown:
        complaints.append(f"has the unknown {_first(unknown)}")
    if misfits:
        complaints.append(f"has another shape of {_first(misfits)}")
    if complaints:
        raise CheckpointError(
            f"{checkpoint} looks like {model} but {' and '.join(complaints)}: fetch the published file again"
        )


def _first(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
