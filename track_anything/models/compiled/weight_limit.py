"""How great weights in int8 may be on this processor."""

from functools import cache

import torch
from torch import nn

from track_anything.models.compiled.core import openvino_version
from track_anything.models.compiled.module import CompiledModule
from track_anything.models.compiled.quantised import WEIGHT_LIMIT, QuantisedConv
from track_anything.models.processor import noted

_HALF_LIMIT = 63  # with which two products, of 255 and that at most, fit 16 bits
_WIDTH = 64  # channels of the trial


@cache
def weight_limit() -> int:
    """Steps that weights may have so that OpenVINO adds up their products as they are here: 127 or 63.

    A processor without instructions for dot products of bytes (VNNI) adds them in pairs of 16 bits, and cuts
    off what does not fit; it is asked for a sum of which it is known.
    """
    tried_with = f"openvino {openvino_version()}, share of the greatest sum in int8 that is found"
    return WEIGHT_LIMIT if noted(tried_with, _share_of_sum) > 0.99 else _HALF_LIMIT


def _share_of_sum() -> float:
    """What OpenVINO finds of a sum of the greatest products there are, over what it is."""
    with torch.inference_mode():
        conv = nn.Conv2d(_WIDTH, _WIDTH, 1, bias=False).requires_grad_(False)
        conv.weight.fill_(1.0)
        picture = torch.ones(1, _WIDTH, 16, 16)
        (found,) = CompiledModule(QuantisedConv(conv, 0.0, 1.0), "trial", precision="int8", is_kept=False)(
            picture
        )
        return float(found.min()) / _WIDTH
