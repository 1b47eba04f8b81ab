"""Convolutions in int8, by the ranges of what they were seen to be given."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import torch
import torch.nn.functional as F
from pydantic import BaseModel, ValidationError
from torch import Tensor, nn

from track_anything.errors import WeightsError

Ranges: TypeAlias = Mapping[str, tuple[float, float]]
"""Least and greatest value that a convolution of a network is given, by its name there."""

WEIGHT_LIMIT = 127
"""Steps that the greatest weight of a channel has where sums are exact."""

_SUFFIX = ".ranges.json"
_LEAST_WEIGHT = 1e-8  # of a channel of zeros
_HOW = "choose --precision auto, or fit them anew by `python benchmarks/fit_ranges.py`"


class _Fitted(BaseModel):
    """The file beside a checkpoint."""

    weights: str
    ranges: dict[str, tuple[float, float]]


class QuantisedConv(nn.Module):
    """A convolution whose input and weights lie on grids of 256 values (Jacob et al., CVPR 2018).

    Here it computes on the grids with floats; OpenVINO sees them and computes with integers.

    Args:
        conv: is taken over.
        low: least value of its input; what is below counts as that. From 0 on all 256 values are for what is
            above, otherwise they lie evenly around 0.
        high: greatest value.
        weight_limit: steps that the greatest weight of a channel has, at most 127.
    """

    def __init__(self, conv: nn.Conv2d, low: float, high: float, weight_limit: int = WEIGHT_LIMIT) -> None:
        super().__init__()
        self.conv = conv
        self._least, self._most = (0, 255) if low >= 0 else (-128, 127)
        self._step = max(-low, high) / self._most
        self.weight_steps: Tensor
        self.zeros: Tensor
        largest = conv.weight.abs().amax(dim=(1, 2, 3)).clamp(min=_LEAST_WEIGHT)  # (out,)
        self.register_buffer("weight_steps", largest / weight_limit)
        self.register_buffer("zeros", torch.zeros(len(largest), dtype=torch.int32))

    def forward(self, x: Tensor) -> Tensor:
        """(B, in, h, w) -> (B, out, h / stride, w / stride)."""
        x = torch.fake_quantize_per_tensor_affine(x, self._step, 0, self._least, self._most)
        weight = torch.fake_quantize_per_channel_affine(
            self.conv.weight, self.weight_steps, self.zeros, 0, -WEIGHT_LIMIT, WEIGHT_LIMIT
        )
        return F.conv2d(x, weight, self.conv.bias, self.conv.stride, self.conv.padding)

    def extra_repr(self) -> str:
        """What tells two of them apart."""
        return f"step={self._step}, least={self._least}"


def quantise(network: nn.Module, ranges: Ranges, weight_limit: int = WEIGHT_LIMIT) -> None:
    """Put quantised convolutions in place of those that ranges were fitted for; the others stay.

    Args:
        network: is changed.
        ranges: by the names of its convolutions.
        weight_limit: as for ``QuantisedConv``.

    Raises:
        WeightsError: there are ranges for what is no convolution of the network.
    """
    convs = {name: each for name, each in network.named_modules() if isinstance(each, nn.Conv2d)}
    if unknown := ranges.keys() - convs.keys():
        raise WeightsError(f"ranges for int8 are of another network, with a layer {min(unknown)}: {_HOW}")
    for name, (low, high) in ranges.items():
        owner, _, own_name = name.rpartition(".")
        setattr(network.get_submodule(owner), own_name, QuantisedConv(convs[name], low, high, weight_limit))


def ranges_beside(checkpoint: Path) -> Path:
    """Where the ranges of a checkpoint are, if they were fitted: ``net.ranges.json`` of ``net.pth``."""
    return checkpoint.with_suffix(_SUFFIX)


def read_ranges(checkpoint: Path) -> Ranges:
    """The ranges beside a checkpoint.

    Raises:
        WeightsError: there are none, or they are of other weights.
    """
    place = ranges_beside(checkpoint)
    try:
        fitted = _Fitted.model_validate_json(place.read_bytes())
    except (OSError, ValidationError) as error:
        raise WeightsError(f"{place} holds no ranges for int8: {_HOW}") from error
    if fitted.weights != _digest(checkpoint):
        raise WeightsError(f"{place} is of other weights than {checkpoint.name}: {_HOW}")
    return fitted.ranges


def write_ranges(checkpoint: Path, ranges: Ranges) -> Path:
    """Put ranges beside the checkpoint that they were fitted to; returns the place."""
    rounded = {name: [round(value, 4) for value in limits] for name, limits in sorted(ranges.items())}
    content = {"weights": _digest(checkpoint), "ranges": rounded}
    place = ranges_beside(checkpoint)
    place.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return place


def _digest(checkpoint: Path) -> str:
    return hashlib.sha256(checkpoint.read_bytes()).hexdigest()
