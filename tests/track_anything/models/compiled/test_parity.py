"""What OpenVINO computes is what torch computes: masks that agree, from the networks people use."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from sam.modeling.padding import skippable
from sam.modeling.tiny_vit import TinyVit, TinyVitSize
from sam.prompt import Prompt
from tests.tracker.test_light import film
from track_anything.models.engine import is_installed
from track_anything.models.runtime import Runtime
from track_anything.models.segmenters import SEGMENTERS
from tracker.build import LIGHT_WEIGHTS, light_propagator, load_xmem
from tracker.errors import TrackerError
from tracker.modeling.xmem import XMem

if not is_installed():  # asked without importing it, which would load its telemetry
    pytest.skip("OpenVINO is not installed: pip install 'track-anything[openvino]'", allow_module_level=True)

from track_anything.models.compiled.encoder import CompiledEncoder
from track_anything.models.compiled.quantised import read_ranges
from track_anything.models.compiled.xmem import CompiledXMem

LEAST_AGREEMENT = 0.9999
"""Share of pixels with the label that torch in float32 gives them."""

OBJECTS = 2


@pytest.fixture(scope="module", autouse=True)
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the graphs of these tests go, made once for all of them."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("TRACK_ANYTHING_CACHE", str(folder))
        yield folder


def compiled(precision: str = "float32") -> CompiledXMem:
    ranges = read_ranges(LIGHT_WEIGHTS) if precision == "int8" else None
    return CompiledXMem(load_xmem(LIGHT_WEIGHTS), precision, "CPU", ranges)


def label_maps(network: XMem) -> NDArray[np.uint8]:
    """(T, H, W) of all frames of the film but the first, where the animal is cut in two."""
    pictures, truths = film()
    first = truths[0].copy()
    columns = np.arange(first.shape[1]) > 80
    first[:, columns] *= OBJECTS
    propagator = light_propagator(network)
    propagator.remember(pictures[0], first)
    return np.stack([propagator.step(picture).label_map for picture in pictures[1:]])


@pytest.fixture(scope="module")
def by_torch() -> NDArray[np.uint8]:
    found = label_maps(load_xmem(LIGHT_WEIGHTS))
    assert (np.bincount(found.flatten(), minlength=3) > 5000).all()
    return found


@pytest.mark.slow
def test_label_maps_agree_with_those_of_torch(by_torch: NDArray[np.uint8]) -> None:
    assert (label_maps(compiled()) == by_torch).mean() >= LEAST_AGREEMENT


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "most"), [("bfloat16", 2e-3), ("int8", 5e-3)])
def test_rounding_is_heard_and_changes_hardly_a_pixel(
    by_torch: NDArray[np.uint8], precision: str, most: float
) -> None:
    assert 0 < (label_maps(compiled(precision)) != by_torch).mean() < most


@pytest.mark.slow
@pytest.mark.weights
def test_answers_of_mobile_sam_agree(mobile_sam_weights: Path) -> None:
    picture = np.ascontiguousarray(film()[0][0][:90, :160])
    masks = []
    for engine in ("torch", "openvino"):
        segmenter = SEGMENTERS.build("mobile-sam", mobile_sam_weights, Runtime(engine=engine))
        found = segmenter.predict(segmenter.embed(picture), Prompt.click(60, 70))
        masks.append(found.masks[found.best])
    assert masks[0].any()
    assert (masks[0] == masks[1]).mean() >= LEAST_AGREEMENT


@pytest.mark.slow
@pytest.mark.parametrize("axis", [2, 3])
def test_padding_is_skipped_on_either_side(axis: int) -> None:
    encoder = TinyVit(TinyVitSize(depths=(1, 1, 1, 1))).eval().requires_grad_(False)
    by_openvino = CompiledEncoder(encoder, "float32", "CPU")
    canvas = torch.zeros(1, 3, 256, 256)
    canvas.narrow(axis, 0, 120).copy_(torch.rand(1, 3, 256, 256).narrow(axis, 0, 120))
    assert skippable(canvas) == (axis, 72)
    with torch.inference_mode():
        assert torch.allclose(by_openvino(canvas), encoder(canvas), atol=1e-3)


@pytest.mark.slow
def test_a_memory_is_not_gone_on_with_by_another_engine(tmp_path: Path) -> None:
    pictures, truths = film()
    by_openvino = light_propagator(compiled())
    by_openvino.remember(pictures[0], truths[0])
    by_openvino.save(tmp_path / "memory")
    light_propagator(compiled()).load(tmp_path / "memory")
    with pytest.raises(TrackerError, match="by openvino"):
        light_propagator(load_xmem(LIGHT_WEIGHTS)).load(tmp_path / "memory")
