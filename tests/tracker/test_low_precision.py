"""bfloat16 gives the masks of float32, and a memory saved with one is not gone on with by the other."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tracker.stand_in import boxes, clip, tiny_network
from tests.tracker.test_light import followed, overlap
from tracker.build import LIGHT_WEIGHTS, load_xmem
from tracker.errors import TrackerError
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.low_precision import LowPrecisionXMem
from tracker.xmem_propagator import XMemPropagator


@pytest.mark.slow
def test_the_shipped_weights_follow_an_object_in_bfloat16_with_the_masks_of_float32() -> None:
    network = load_xmem(LIGHT_WEIGHTS, precision="bfloat16")
    assert network.precision == "bfloat16"
    found = followed(network)  # once: a processor without the units takes ten seconds
    assert overlap(found) > 0.97
    exact = followed(load_xmem(LIGHT_WEIGHTS))
    assert (np.stack(exact) != np.stack(found)).mean() < 2e-3


def test_everything_that_is_handed_out_is_float32() -> None:
    network = LowPrecisionXMem(ready_for_inference(tiny_network()))
    frame, masks = torch.rand(1, 3, 48, 64), torch.rand(1, 2, 48, 64)
    sensory = torch.rand(1, 2, network.config.hidden_width, 3, 4)
    features = network.encode_key(frame)
    for is_update in (False, True):
        values, state = network.encode_value(frame, features.f16, masks, sensory, deep_update=is_update)
        logits, moved = network.segment(features, values, sensory, update_sensory=is_update)
        for tensor in (features.key, features.shrinkage, features.selection, values, state, logits, moved):
            assert tensor.dtype == torch.float32
        assert torch.equal(state, sensory) == torch.equal(moved, sensory) == (not is_update)


def test_a_memory_is_not_gone_on_with_in_another_precision(tmp_path: Path) -> None:
    exact = XMemPropagator(ready_for_inference(tiny_network()))
    exact.remember(clip(1)[0], boxes())
    exact.save(tmp_path / "memory")
    low = XMemPropagator(LowPrecisionXMem(ready_for_inference(tiny_network())))
    with pytest.raises(TrackerError, match="in bfloat16"):
        low.load(tmp_path / "memory")
