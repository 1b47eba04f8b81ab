"""The network: its parameters, its numbers, and what they must not depend on."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.tracker.stand_in import TINY, boxes, clip, normalised, published_network, tiny_network
from tracker.aggregation import soft_aggregate
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.xmem import FrameFeatures, XMem

RELATIVE = 1e-4
ROUNDING = {"rtol": 1e-4, "atol": 1e-5}


def two_masks(label_map: NDArray[np.uint8]) -> torch.Tensor:
    """(1, 2, H, W) of objects 1 and 2."""
    return torch.from_numpy(np.stack([label_map == 1, label_map == 2])).float().unsqueeze(0)


def tiny_frames(count: int = 2) -> torch.Tensor:
    return normalised(np.stack(clip(count)))


class Parts:
    """The parts A of the reference, computed by the network under test."""

    def __init__(self, network: XMem, golden: dict[str, NDArray[np.float32]]) -> None:
        frames = normalised(golden["A_frames"])
        masks = two_masks(golden["A_label"]).expand(2, -1, -1, -1)
        features = network.encode_key(frames)
        start = torch.zeros(2, 2, 64, 6, 10)
        values, sensory = network.encode_value(frames, features.f16, masks, start, deep_update=True)
        readout = read_densely(features, values[0])
        second = FrameFeatures(*(getattr(features, field.name)[1:] for field in dataclasses.fields(features)))
        logits, after = network.segment(second, readout, sensory[:1], update_sensory=True)
        self.results = {
            "key": features.key,
            "shrinkage": features.shrinkage,
            "selection": features.selection,
            "value": values[:, :, ::8],
            "hidden": sensory,
            "readout": readout[:, :, ::8],
            "hidden_after": after,
            "prob": soft_aggregate(torch.sigmoid(logits[0])).unsqueeze(0),
        }


def read_densely(features: FrameFeatures, values: torch.Tensor) -> torch.Tensor:
    """Read frame 1 from the values (K, CV, h, w) of frame 0: the similarity written out, no top-k."""
    memory, query = features.key[0].flatten(1), features.key[1].flatten(1)  # (CK, h * w) each
    selection = features.selection[1].flatten(1)
    distance = ((memory.unsqueeze(2) - query.unsqueeze(1)).square() * selection.unsqueeze(1)).sum(0)
    similarity = -features.shrinkage[0].flatten().unsqueeze(1) * distance / len(memory) ** 0.5
    affinity = torch.softmax(similarity, dim=0)  # (memory, query)
    return (values.flatten(2) @ affinity).view(1, *values.shape)


@pytest.fixture(scope="module")
def golden(parity: Path) -> dict[str, NDArray[np.float32]]:
    with np.load(parity / "xmem_golden.npz") as file:
        return {name: file[name] for name in file if name.startswith("A_")}


@pytest.fixture(scope="module", params=["as trained", "ready for inference"])
def parts(parity: Path, golden: dict[str, NDArray[np.float32]], request: pytest.FixtureRequest) -> Parts:
    network = published_network(parity)
    with torch.inference_mode():
        return Parts(
            ready_for_inference(network) if request.param == "ready for inference" else network, golden
        )


def test_parameters_are_those_of_the_published_checkpoint(parity: Path) -> None:
    published = json.loads((parity / "xmem_state_dict.json").read_text())
    with torch.device("meta"):
        network = XMem(NetworkConfig())
    assert {name: list(value.shape) for name, value in network.state_dict().items()} == published


@pytest.mark.parametrize(
    "part", ["key", "shrinkage", "selection", "value", "hidden", "readout", "hidden_after", "prob"]
)
def test_a_part_equals_the_published_one(
    part: str, parts: Parts, golden: dict[str, NDArray[np.float32]]
) -> None:
    expected = golden[f"A_{part}"]
    difference = np.abs(parts.results[part].numpy() - expected).max()
    assert difference <= RELATIVE * np.abs(expected).max()


@pytest.mark.parametrize("depth", [18, 50])
def test_features_have_the_widths_the_configuration_says(depth: int) -> None:
    network = tiny_network(config=dataclasses.replace(TINY, encoder_depth=depth))
    features = network.encode_key(tiny_frames(1))
    widths = tuple(level.shape[1] for level in (features.f4, features.f8, features.f16))
    assert widths == network.config.frame_widths
    assert [level.shape[-1] for level in (features.f4, features.f8, features.f16)] == [16, 8, 4]
    assert features.key.shape == (1, TINY.key_width, 3, 4)
    assert features.shrinkage.min() >= 1
    assert 0 < features.selection.min() < features.selection.max() < 1


def test_an_unknown_encoder_depth_is_refused() -> None:
    with pytest.raises(ValueError, match="encoder_depth is 34: choose one of"):
        NetworkConfig(encoder_depth=34)


def encoded(network: XMem, objects: int, chunk: int) -> tuple[torch.Tensor, ...]:
    """Values, logits and both sensory memories of a frame with some objects."""
    frame = tiny_frames(1)
    features = network.encode_key(frame)
    label_map = torch.from_numpy(boxes(objects=objects))
    masks = torch.stack([label_map == index + 1 for index in range(objects)]).float().unsqueeze(0)
    generator = torch.Generator().manual_seed(1)
    sensory = torch.randn(1, objects, network.config.hidden_width, 3, 4, generator=generator)
    values, deep = network.encode_value(frame, features.f16, masks, sensory, deep_update=True, chunk=chunk)
    logits, normal = network.segment(features, values, sensory, update_sensory=True, chunk=chunk)
    return values, logits, deep, normal


def test_a_network_that_is_ready_computes_what_it_computed_before() -> None:
    network = ready_for_inference(tiny_network())
    for before, ready in zip(encoded(tiny_network(), 3, 3), encoded(network, 3, 3), strict=True):
        torch.testing.assert_close(ready, before, **ROUNDING)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    values = encoded(network, 3, 3)[0]
    again = encoded(ready_for_inference(network), 3, 3)[0]
    assert torch.equal(again, values)


def test_objects_in_chunks_equal_objects_at_once() -> None:
    network = tiny_network()
    for at_once, in_chunks in zip(encoded(network, 5, 5), encoded(network, 5, 2), strict=True):
        torch.testing.assert_close(in_chunks, at_once, **ROUNDING)


def test_several_frames_in_a_batch_equal_one_after_the_other() -> None:
    network = tiny_network()
    frames = tiny_frames(2)
    masks = two_masks(boxes(objects=2)).expand(2, -1, -1, -1)
    sensory = torch.zeros(2, 2, TINY.hidden_width, 3, 4)
    together, _ = network.encode_value(
        frames, network.encode_key(frames).f16, masks, sensory, deep_update=False
    )
    for index in range(2):
        frame = frames[index : index + 1]
        alone, _ = network.encode_value(
            frame, network.encode_key(frame).f16, masks[:1], sensory[:1], deep_update=False
        )
        torch.testing.assert_close(together[index], alone[0], **ROUNDING)


@pytest.mark.parametrize("batch", [1, 2])
def test_gradients_reach_every_weight(batch: int) -> None:
    network = tiny_network().train().requires_grad_(True)
    frames = tiny_frames(batch)
    features = network.encode_key(frames)
    masks = two_masks(boxes(objects=2)).expand(batch, -1, -1, -1)
    sensory = torch.ones(batch, 2, TINY.hidden_width, 3, 4)
    values, sensory = network.encode_value(frames, features.f16, masks, sensory, deep_update=True, chunk=1)
    readout = values * (features.key * features.selection + features.shrinkage).mean(1)[:, None, None]
    logits, sensory = network.segment(features, readout, sensory, update_sensory=True, chunk=1)
    (logits.square().mean() + sensory.square().mean()).backward()
    assert [name for name, weight in network.named_parameters() if weight.grad is None] == []


def test_a_value_depends_on_the_other_objects() -> None:
    network = tiny_network()
    frame = tiny_frames(1)
    f16 = network.encode_key(frame).f16
    masks = two_masks(boxes(objects=2))
    sensory = torch.zeros(1, 2, TINY.hidden_width, 3, 4)
    both, _ = network.encode_value(frame, f16, masks, sensory, deep_update=False)
    alone, _ = network.encode_value(frame, f16, masks[:, :1], sensory[:, :1], deep_update=False)
    assert not torch.allclose(both[:, 0], alone[:, 0])


def test_the_sensory_memory_moves_only_when_told() -> None:
    network = tiny_network()
    frame = tiny_frames(1)
    features = network.encode_key(frame)
    sensory = torch.ones(1, 2, TINY.hidden_width, 3, 4)
    masks = two_masks(boxes(objects=2))
    values, kept = network.encode_value(frame, features.f16, masks, sensory, deep_update=False)
    assert torch.equal(kept, sensory)
    _, kept = network.segment(features, values, sensory, update_sensory=False)
    assert torch.equal(kept, sensory)


def test_a_network_without_sensory_memory_runs() -> None:
    network = tiny_network(config=dataclasses.replace(TINY, hidden_width=0))
    _, logits, deep, normal = encoded(network, 2, 2)
    assert logits.shape == (1, 2, 48, 64)
    assert deep.numel() == normal.numel() == 0
