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
from tests.tracker.stand_in import tiny_sam_memory
from tests.tracker.test_light import film
from track_anything.models.compiled.core import core
from track_anything.models.engine import is_installed
from track_anything.models.runtime import Runtime
from track_anything.models.segmenters import SEGMENTERS
from tracker.build import LIGHT_WEIGHTS, SAM_MEMORY_WEIGHTS, light_propagator, load_sam_memory, load_xmem
from tracker.errors import TrackerError
from tracker.memory_propagator import MemoryPropagator
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.sam_memory import SamFrame, SamMemory
from tracker.modeling.winograd import spare_products
from tracker.modeling.xmem import XMem
from tracker.sam_memory_propagator import SamMemoryPropagator

if not is_installed():  # asked without importing it, which would load its telemetry
    pytest.skip("OpenVINO is not installed: pip install 'track-anything[openvino]'", allow_module_level=True)

from track_anything.models.compiled.encoder import CompiledEncoder
from track_anything.models.compiled.quantised import read_ranges
from track_anything.models.compiled.sam_memory import CompiledSamMemory
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
    return followed(light_propagator(network))


def followed(propagator: MemoryPropagator) -> NDArray[np.uint8]:
    """The same of any propagator."""
    pictures, truths = film()
    first = truths[0].copy()
    columns = np.arange(first.shape[1]) > 80
    first[:, columns] *= OBJECTS
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
def test_label_maps_agree_where_products_are_spared(by_torch: NDArray[np.uint8]) -> None:
    network = load_xmem(LIGHT_WEIGHTS)
    spare_products(network)
    assert (label_maps(network) == by_torch).mean() >= LEAST_AGREEMENT


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "most"), [("bfloat16", 2e-3), ("int8", 5e-3)])
def test_rounding_is_heard_and_changes_hardly_a_pixel(
    by_torch: NDArray[np.uint8], precision: str, most: float
) -> None:
    share = (label_maps(compiled(precision)) != by_torch).mean()
    has_bfloat16 = "BF16" in core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    has_wide_units = "AVX512" in torch.backends.cpu.get_cpu_capability()  # rounds to it without listing it
    assert (share > 0) == (precision == "int8" or has_bfloat16 or has_wide_units)
    assert share < most


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
@pytest.mark.weights
def test_label_maps_of_the_memory_on_features_agree(mobile_sam_weights: Path) -> None:
    segmenter = SEGMENTERS.build("mobile-sam", mobile_sam_weights, Runtime())
    grids = {picture.tobytes(): segmenter.embed(picture).grid for picture in film()[0]}

    def found_by(network: SamMemory) -> NDArray[np.uint8]:
        return followed(SamMemoryPropagator(network, lambda picture: grids[picture.tobytes()]))

    oracle = found_by(load_sam_memory(SAM_MEMORY_WEIGHTS))
    assert (np.bincount(oracle.flatten(), minlength=3) > 5000).all()
    for spares_products in (False, True):
        network = ready_for_inference(load_sam_memory(SAM_MEMORY_WEIGHTS))
        by_openvino = CompiledSamMemory(network, "float32", "CPU", spares_products=spares_products)
        assert (found_by(by_openvino) == oracle).mean() >= LEAST_AGREEMENT


@pytest.mark.slow
@pytest.mark.parametrize("spares_products", [False, True])
@torch.inference_mode()
def test_objects_of_the_memory_on_features_are_drawn_in_parts(spares_products: bool) -> None:
    network, objects = tiny_sam_memory(), 5
    by_openvino = CompiledSamMemory(network, "float32", "CPU", spares_products=spares_products)
    frame = SamFrame(torch.rand(1, 256, 3, 4), torch.rand(1, 3, 24, 32))
    features, f2 = by_openvino.encode_key(frame), network.encode_key(frame).f2
    torch.testing.assert_close(features.f2, f2, atol=1e-5, rtol=1e-4)
    masks, readout, sensory = (torch.rand(1, objects, *shape) for shape in ((48, 64), (16, 3, 4), (8, 3, 4)))
    for deep_update in (False, True):
        ours, theirs = (
            each.encode_value(frame.embedding, masks, sensory, deep_update=deep_update)
            for each in (by_openvino, network)
        )
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
    drawn, expected = (each.decode(features, readout, sensory) for each in (by_openvino, network))
    for name in ("logits", "presence", "iou", "sensory"):
        torch.testing.assert_close(getattr(drawn, name), getattr(expected, name), atol=1e-4, rtol=1e-4)


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
