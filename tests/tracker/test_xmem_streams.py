"""Whole streams against what the published implementation computed with the same weights."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.tracker.stand_in import published_network
from tracker.memory_config import MemoryConfig
from tracker.modeling.inference import ready_for_inference
from tracker.modeling.xmem import XMem
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

PROBABILITY_TOLERANCE = 1e-3
PIXEL_AGREEMENT = 0.999
STREAMS = ("B_single_long", "C_two_long", "D_no_long", "E_late_object")


@pytest.fixture(scope="module")
def network(parity: Path) -> XMem:
    return ready_for_inference(published_network(parity))


def config_of(published: dict) -> XMemConfig:
    return XMemConfig(
        mem_every=published["mem_every"],
        deep_update_every=published["deep_update_every"],
        internal_size=None,
        memory=MemoryConfig(
            top_k=published["top_k"],
            long_term=published["enable_long_term"],
            min_working_frames=published["min_mid_term_frames"],
            max_working_frames=published["max_mid_term_frames"] if published["enable_long_term"] else None,
            num_prototypes=published["num_prototypes"],
            max_long_term_elements=published["max_long_term_elements"],
        ),
    )


@pytest.mark.slow
@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_equals_the_published_one(stream: str, parity: Path, network: XMem) -> None:
    with np.load(parity / "xmem_golden.npz") as golden:
        arrays = {name.removeprefix(stream + "_"): golden[name] for name in golden if name.startswith(stream)}
    frames = arrays["frames"]
    propagator = XMemPropagator(network, config_of(json.loads(str(arrays["config"]))))

    for index, image in enumerate(frames):
        event = arrays.get(f"event{index}")
        if index == 0:
            propagator.remember(image, event)
            continue
        step = propagator.step(image, last=index == len(frames) - 1)
        if event is None:
            label_map = step.label_map
            np.testing.assert_allclose(
                step.probabilities[:, ::3, ::3],
                arrays["prob"][index][: 1 + len(step.object_ids)],
                atol=PROBABILITY_TOLERANCE,
            )
        else:  # only the new object is given: the others keep what the step said
            propagator.remember(image, event, permanent=False, given=set(np.unique(event)))
            label_map = np.where(event > 0, event, step.label_map)
        agreement = np.mean(label_map == arrays["argmax"][index])
        assert agreement >= PIXEL_AGREEMENT, f"frame {index}: {agreement:.5f} of the pixels agree"

    bank = propagator.bank
    assert bank.permanent_size + bank.working_size == arrays["work_size"]
    assert bank.long_term_size == arrays["long_size"]
