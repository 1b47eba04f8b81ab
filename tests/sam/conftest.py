"""Segmenters that the tests share: a toy one that embeds in milliseconds, and the released MobileSAM."""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sam.build import build_segmenter
from sam.canvas import GRID_STRIDE
from sam.modeling.common import EMBEDDING_DIM
from sam.modeling.sam import Sam
from sam.sam_segmenter import SamSegmenter


class ToyEncoder(nn.Module):
    """Projects the mean colour of every patch: the right shapes in no time."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Conv2d(3, EMBEDDING_DIM, kernel_size=1)

    def forward(self, canvas: Tensor) -> Tensor:
        return self.project(functional.avg_pool2d(canvas, GRID_STRIDE))


@pytest.fixture(scope="session")
def toy_segmenter() -> SamSegmenter:
    """The real prompt encoder and mask decoder behind a toy encoder, all with drawn weights."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        network = Sam(ToyEncoder())
        network.prompt_encoder.pe_layer.positional_encoding_gaussian_matrix.normal_()
    return SamSegmenter(network)


@pytest.fixture(scope="session")
def mobile_sam(mobile_sam_weights: Path) -> SamSegmenter:
    return build_segmenter("mobile-sam", mobile_sam_weights)


@pytest.fixture(scope="session")
def golden(parity: Path) -> Mapping[str, NDArray[Any]]:
    """What the published SAM and MobileSAM computed."""
    with np.load(parity / "sam_golden.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="session")
def fill_stand_in(parity: Path) -> Callable[[nn.Module], None]:
    """Gives a network the stand-in weights that the reference numbers were computed with."""
    spec = importlib.util.spec_from_file_location("parity_fill", parity / "fill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def fill(network: nn.Module) -> None:
        filled = module.fill(network.state_dict())
        network.load_state_dict({name: torch.from_numpy(np.asarray(array)) for name, array in filled.items()})

    return fill


@pytest.fixture(scope="session")
def photo() -> NDArray[np.uint8]:
    """(90, 140, 3): a red disc on a textured ground."""
    y, x = np.mgrid[:90, :140]
    image = np.random.default_rng(3).integers(60, 120, (90, 140, 3)).astype(np.uint8)
    image[(y - 45) ** 2 + (x - 60) ** 2 < 25**2] = (220, 60, 50)
    return image
