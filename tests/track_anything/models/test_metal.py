"""Apple's Metal, simulated: what is asked of torch there, and that no network needs what Metal lacks."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from sam.modeling.sam import Sam
from sam.prompt import Prompt
from sam.sam_segmenter import SamSegmenter
from tests.sam.conftest import ToyEncoder
from tests.tracker.colour_features import colour_features
from tests.tracker.stand_in import boxes, clip, sam_memory_propagator, tiny_network
from track_anything.errors import DeviceError, InputError
from track_anything.models.engine import resolve_engine
from track_anything.models.memory import free_memory
from track_anything.models.runtime import Runtime, resolve_device, resolve_runtime
from tracker.feature_propagator import FeatureMemoryPropagator
from tracker.joint_propagator import JointPropagator, Partner
from tracker.memory_config import MemoryConfig
from tracker.mirrored_propagator import MirroredPropagator
from tracker.propagator import Propagator
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

FALLBACK = "PYTORCH_ENABLE_MPS_FALLBACK"


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setenv(FALLBACK, "")  # so that it is put back
    monkeypatch.delenv(FALLBACK)


@pytest.mark.usefixtures("mac")
def test_metal_is_taken_when_it_is_asked_for_and_the_rest_falls_back_to_the_processor() -> None:
    assert resolve_runtime("mps") == Runtime("mps", "torch", "float32")
    assert os.environ[FALLBACK] == "1"


@pytest.mark.usefixtures("mac")
def test_who_forbids_the_fallback_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FALLBACK, "0")
    resolve_device("mps")
    assert os.environ[FALLBACK] == "0"


@pytest.mark.usefixtures("mac")
def test_nobody_gets_metal_unasked() -> None:
    assert resolve_device("auto") in ("cpu", "cuda")
    assert FALLBACK not in os.environ


def test_without_metal_the_remedy_is_told() -> None:
    with pytest.raises(DeviceError, match="no Metal device is available: use --device cpu"):
        resolve_device("mps")


def test_openvino_does_not_run_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("track_anything.models.engine.is_installed", lambda: True)
    with pytest.raises(InputError, match="openvino does not run on Metal: choose --engine torch"):
        resolve_engine("openvino", "mps", "float32")


def test_memory_is_that_of_the_machine() -> None:
    assert free_memory("mps") is None or free_memory("mps") == pytest.approx(free_memory("cpu"), rel=0.2)


class LikeMetal(TorchDispatchMode):
    """Refuses what torch refuses on Metal: numbers of 64 bits behind the point, and complex ones of 128."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for each in tree_leaves(result):
            if isinstance(each, torch.Tensor) and each.dtype in (torch.float64, torch.complex128):
                raise TypeError(f"{func} makes {each.dtype}, which Metal lacks")
        return result


MEMORY = MemoryConfig(
    top_k=8, min_working_frames=2, max_working_frames=4, num_prototypes=6, max_long_term_elements=20
)
CONFIG = XMemConfig(mem_every=1, internal_size=32, memory=MEMORY)


def pair() -> JointPropagator:
    small = MirroredPropagator(XMemPropagator(tiny_network(), replace(CONFIG, reduction=0.8)))
    return JointPropagator(XMemPropagator(tiny_network(), CONFIG), [Partner(small)])


@pytest.mark.parametrize(
    "make", [pair, sam_memory_propagator, lambda: FeatureMemoryPropagator(colour_features)]
)
def test_trackers_need_no_float64(make: Any, tmp_path: Path) -> None:
    propagator: Propagator = make()
    frames = clip(9)
    with LikeMetal():
        propagator.remember(frames[0], boxes(objects=2))
        for frame in frames[1:]:
            found = propagator.step(frame)
        propagator.save(tmp_path / "memory.npz")
        propagator.load(tmp_path / "memory.npz")
    assert np.isfinite(found.probabilities).all()


def test_the_segmenter_needs_no_float64() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(5)
        network = Sam(ToyEncoder())
    segmenter = SamSegmenter(network)
    with LikeMetal():
        embedding = segmenter.embed(clip(1)[0])
        prompt = Prompt.clicks([(20.0, 20.0)], [(50.0, 40.0)])
        answer = segmenter.predict(embedding, replace(prompt, box=np.array([8, 8, 40, 40], np.float32)))
        segmenter.predict(embedding, prompt.with_logits(answer.logits[answer.best]))
    assert np.isfinite(answer.scores).all()


def test_the_simulation_refuses_what_metal_refuses() -> None:
    with LikeMetal(), pytest.raises(TypeError, match="which Metal lacks"):
        torch.ones(2).double()
