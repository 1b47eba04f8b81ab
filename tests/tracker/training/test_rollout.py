"""The training forward pass is the propagation: the same network on the same clip gives the same masks."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tracker.stand_in import TINY, boxes, clip, tiny_network
from tracker.memory_config import MemoryConfig
from tracker.training.clips import ClipBatch
from tracker.training.config import StageConfig
from tracker.training.rollout import draw_memory, roll_out
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

LENGTH, SIZE = 5, (48, 64)
STAGE = StageConfig("any", 1, frames=LENGTH, memory_frames=LENGTH, deep_update_share=1.0)


def batch(objects: int = 2, clips: int = 1) -> ClipBatch:
    frames = torch.from_numpy(np.stack(clip(LENGTH, SIZE))).permute(0, 3, 1, 2) / 255  # (T, 3, H, W)
    labels = torch.from_numpy(boxes(SIZE, objects)).long().expand(LENGTH, -1, -1)  # (T, H, W)
    return ClipBatch(frames.expand(clips, -1, -1, -1, -1), labels.expand(clips, -1, -1, -1), objects)


@pytest.mark.parametrize("position", [0.0, 20.0])
@pytest.mark.parametrize("objects", [1, 2])
def test_a_rollout_is_what_the_propagator_does(objects: int, position: float) -> None:
    memory = MemoryConfig(top_k=None, long_term=False, max_working_frames=None)
    config = XMemConfig(mem_every=1, internal_size=None, memory=memory, position=position)
    propagator = XMemPropagator(tiny_network(), config)
    images = clip(LENGTH, SIZE)
    propagator.remember(images[0], boxes(SIZE, objects))
    steps = [propagator.step(image).probabilities for image in images[1:]]
    stage = replace(STAGE, position=position)
    with torch.no_grad():
        found = roll_out(tiny_network(), batch(objects, clips=2), stage, torch.Generator().manual_seed(0))
    assert found.shape == (2, LENGTH - 1, objects + 1, *SIZE)
    for each in found:
        # Far places are large numbers that cancel, by as much as this on some processors.
        torch.testing.assert_close(each, torch.from_numpy(np.stack(steps)), atol=5e-4, rtol=5e-4)


def test_every_part_of_the_network_learns() -> None:
    network = tiny_network().requires_grad_(True)
    stage = StageConfig("any", 1, frames=LENGTH, deep_update_share=0.5)
    found = roll_out(network, batch(), stage, torch.Generator().manual_seed(0))
    torch.autograd.backward(found[:, :, 1].mean())
    without = [name for name, parameter in network.named_parameters() if parameter.grad is None]
    assert without == []
    assert TINY.hidden_width


def test_memory_holds_the_first_frame_and_a_draw_of_the_others() -> None:
    generator = torch.Generator().manual_seed(0)
    assert draw_memory(1, 3, generator) == [0]
    assert draw_memory(3, 3, generator) == [0, 1, 2]
    drawn = {tuple(draw_memory(6, 3, generator)) for _ in range(40)}
    assert len(drawn) == 10
    assert all(each[0] == 0 and list(each) == sorted(set(each)) and each[-1] < 6 for each in drawn)
