"""The memory network on a segmenter's features, with small widths and drawn frames."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.tracker.stand_in import (
    TINY_SIDE,
    boxes,
    clip,
    embedded,
    sam_memory_propagator,
    tiny_sam_memory,
)
from tracker.build import load_sam_memory
from tracker.errors import CheckpointError, TrackerError
from tracker.modeling.canvas import Canvas
from tracker.modeling.detail import DetailHead
from tracker.modeling.sam_memory import SamFrame, SamMemory
from tracker.sam_memory_propagator import SamMemoryPropagator


def test_the_canvas_of_a_long_side_begins_at_the_upper_left_corner() -> None:
    canvas = Canvas.fit_long((30, 64), 128)
    assert (canvas.inner_size, canvas.size, canvas.grid) == ((60, 128), (64, 128), (4, 8))
    label_map = np.zeros((30, 64), np.uint8)
    label_map[:, :32] = 3
    masks = canvas.place_masks(label_map, [3], torch.device("cpu"))  # (1, 64, 128)
    assert masks[0, :60, :64].all()
    assert not masks[0, 60:].any()
    assert canvas.restore(masks)[0].gt(0.5).numpy().tolist() == (label_map == 3).tolist()


def test_training_begins_with_the_segmenter_as_it_is() -> None:
    network = SamMemory().eval()
    frame = SamFrame(torch.randn(1, 256, 3, 4), torch.randn(1, 3, 24, 32))
    features = network.encode_key(frame)
    objects = [torch.randn(1, 1, width, 3, 4) for width in (128, 32)]
    others = [torch.randn(1, 1, width, 3, 4) for width in (128, 32)]
    first, second = (network.decode(features, *each).logits for each in (objects, others))
    torch.testing.assert_close(first, second)  # what was read changes nothing before the first step


def test_details_begin_as_plain_upsampling() -> None:
    head = DetailHead()
    coarse = torch.linspace(-3, 3, 16).view(1, 1, 4, 4)
    fine = head(coarse, torch.randn(1, 32, 4, 4), torch.randn(1, 32, 4, 4), torch.randn(1, 16, 8, 8))
    expected = torch.nn.functional.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
    torch.testing.assert_close(fine, expected)


def test_what_is_not_there_has_no_mask() -> None:
    network = tiny_sam_memory()
    features = network.encode_key(SamFrame(torch.randn(1, 256, 3, 4), torch.randn(1, 3, 24, 32)))
    inputs = features, torch.randn(1, 2, 16, 3, 4), torch.randn(1, 2, 8, 3, 4)
    network.presence_head.layers[-1].bias.fill_(1e4)
    there = network.decode(*inputs)
    network.presence_head.layers[-1].bias.fill_(-1e4)
    gone = network.decode(*inputs)
    assert there.logits.shape == (1, 2, 24, 32)
    assert there.presence.gt(0).all()
    assert gone.presence.lt(0).all()
    assert torch.sigmoid(gone.logits).max() < 1e-3
    assert torch.sigmoid(there.logits).max() > 1e-3


def test_objects_are_drawn_as_if_each_were_alone() -> None:
    network = tiny_sam_memory()
    features = network.encode_key(SamFrame(torch.randn(1, 256, 3, 4), torch.randn(1, 3, 24, 32)))
    readout, sensory = torch.randn(1, 3, 16, 3, 4), torch.randn(1, 3, 8, 3, 4)
    together = network.decode(features, readout, sensory)
    for number in range(3):
        one = slice(number, number + 1)
        alone = network.decode(features, readout[:, one], sensory[:, one])
        torch.testing.assert_close(together.logits[:, one], alone.logits, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(together.sensory[:, one], alone.sensory, atol=1e-4, rtol=1e-4)


def test_a_value_tells_the_object_from_the_others() -> None:
    network = tiny_sam_memory()
    embedding, sensory = torch.randn(1, 256, 3, 4), torch.randn(1, 2, 8, 3, 4)
    masks = torch.zeros(1, 2, 48, 64)
    masks[:, 0, :24], masks[:, 1, 24:] = 1, 1
    values, _ = network.encode_value(embedding, masks, sensory, deep_update=True)
    swapped, _ = network.encode_value(embedding, masks.flip(1), sensory, deep_update=True)
    torch.testing.assert_close(values.flip(1), swapped)
    alone, _ = network.encode_value(embedding, masks[:, :1], sensory[:, :1], deep_update=True)
    assert not torch.allclose(values[:, :1], alone)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_propagation_runs_in_either_precision(precision: str) -> None:
    tracker = sam_memory_propagator(precision)
    frames = clip(6)
    tracker.remember(frames[0], boxes(objects=2))
    for frame in frames[1:]:
        found = tracker.step(frame)
    assert found.label_map.shape == (48, 64)
    assert found.object_ids == (1, 2)
    np.testing.assert_allclose(found.probabilities.sum(axis=0), 1, atol=1e-3)


def test_memory_of_another_precision_is_refused(tmp_path: Path) -> None:
    tracker = sam_memory_propagator()
    tracker.remember(clip(1)[0], boxes())
    tracker.save(tmp_path / "memory.npz")
    with pytest.raises(TrackerError, match="bfloat16"):
        sam_memory_propagator("bfloat16").load(tmp_path / "memory.npz")


def test_an_embedding_of_another_canvas_is_refused() -> None:
    tracker = SamMemoryPropagator(tiny_sam_memory(), embedded, long_side=2 * TINY_SIDE)
    with pytest.raises(TrackerError, match=r"is \(6, 8\) cells, the frame wants \(12, 16\)"):
        tracker.remember(clip(1)[0], boxes())


def test_sizes_are_read_from_the_checkpoint(tmp_path: Path) -> None:
    network = tiny_sam_memory()
    state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(state, tmp_path / "tiny.safetensors")
    read = load_sam_memory(tmp_path / "tiny.safetensors")
    assert read.config == network.config
    assert all(torch.equal(value, state[name]) for name, value in read.state_dict().items())
    del state["key_proj.key_proj.weight"]
    save_file(state, tmp_path / "lacking.safetensors")
    with pytest.raises(CheckpointError, match="is no sam-memory checkpoint: it lacks"):
        load_sam_memory(tmp_path / "lacking.safetensors")
