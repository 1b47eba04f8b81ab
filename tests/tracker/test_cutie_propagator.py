"""Cutie behind the contract, and against its package's own loop, with random weights."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("cutie", reason="needs Cutie: pip install 'track-anything[cutie]'")

from tests.tracker.propagator_contract import CHECKS, frame, label_map
from tracker.cutie_network import CutieNetwork, load_cutie, new_cutie
from tracker.cutie_propagator import CutiePropagator
from tracker.errors import CheckpointError

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
FEW = 8  # elements that memory is searched for; the package's own loop fails where a frame has fewer
SHORT = {"long_term": {"max_mem_frames": 3, "min_mem_frames": 2, "num_prototypes": 4, "max_num_tokens": 30}}


@cache
def small() -> CutieNetwork:
    torch.manual_seed(3)
    return new_cutie("small", {"top_k": FEW})


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[..., None], tmp_path: Path) -> None:
    check(lambda: CutiePropagator(small()), tmp_path)


def looped(network: CutieNetwork, known: dict[int, np.ndarray], count: int) -> Iterator[np.ndarray]:
    """Probabilities of every frame, by the package's own loop."""
    from cutie.inference.inference_core import InferenceCore

    core = InferenceCore(network.model, cfg=network.config)
    with torch.inference_mode():
        for index in range(count):
            image = torch.from_numpy(frame(index)).permute(2, 0, 1).float() / 255
            mask = torch.from_numpy(known[index]).long() if index in known else None
            is_known = mask is not None
            found = core.step(image, mask, objects=[1, 2] if is_known else None, force_permanent=is_known)
            yield found.numpy()


@pytest.mark.parametrize("corrected", [7, 5, 9])
def test_two_objects_on_twelve_frames_are_those_of_the_packages_own_loop(corrected: int) -> None:
    known = {0: label_map(0), corrected: label_map(corrected)}
    propagator = CutiePropagator(small())
    for index, expected in enumerate(looped(small(), known, 12)):
        if index in known:
            propagator.remember(frame(index), known[index])
        else:
            np.testing.assert_allclose(propagator.step(frame(index)).probabilities, expected, atol=1e-4)


def test_frames_may_be_smaller_than_what_memory_is_searched_for() -> None:
    torch.manual_seed(3)
    propagator = CutiePropagator(new_cutie("small"))
    propagator.remember(frame(0), label_map(0))
    assert propagator.step(frame(1)).object_ids == (1, 2)


def test_what_is_withheld_is_not_written() -> None:
    propagator, undisturbed = CutiePropagator(small()), CutiePropagator(small())
    for each in (propagator, undisturbed):
        each.remember(frame(0), label_map(0))
        for index in range(1, 6):
            each.step(frame(index))
    propagator.withhold((1, 2))
    one, other = propagator.step(frame(6)), undisturbed.step(frame(6))
    before, after = (each._memory.arrays()["work.k.0"].shape[-1] for each in (propagator, undisturbed))
    assert 2 * before == after
    assert np.abs(one.probabilities - other.probabilities).max() > 1e-4


def test_long_memory_goes_on_after_it_was_saved(tmp_path: Path) -> None:
    """With room for so little that frames are made prototypes of."""
    torch.manual_seed(3)
    network = new_cutie("small", SHORT)
    propagator, loaded = CutiePropagator(network), CutiePropagator(network)
    propagator.remember(frame(0), label_map(0))
    for index in range(1, 32):
        propagator.step(frame(index))
    assert propagator._memory.arrays()["long.bucket.0"].tolist() == [1, 2]
    propagator.save(tmp_path / "memory")
    loaded.load(tmp_path / "memory")
    for index in range(32, 44):
        one, other = propagator.step(frame(index)), loaded.step(frame(index))
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
    propagator.forget(1)
    assert propagator.step(frame(44)).object_ids == (2,)


def test_weights_come_from_a_file_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(*_: object, **__: object) -> None:
        raise AssertionError("weights were fetched")

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", fetched)
    monkeypatch.setattr("torch.utils.model_zoo.load_url", fetched)
    torch.manual_seed(3)
    network = new_cutie("small")
    state = network.model.state_dict()
    torch.save(state, tmp_path / "cutie.pth")
    one, other = CutiePropagator(network), CutiePropagator(load_cutie(tmp_path / "cutie.pth"))
    for each in (one, other):
        each.remember(frame(0), label_map(0))
    np.testing.assert_array_equal(one.step(frame(1)).probabilities, other.step(frame(1)).probabilities)
    torch.save({"other.weight": torch.ones(1)}, tmp_path / "other.pth")
    with pytest.raises(CheckpointError, match="holds no weights of Cutie: give cutie-base-mega.pth"):
        load_cutie(tmp_path / "other.pth")
    torch.save({name: state[name] for name in list(state)[:-9]}, tmp_path / "cut.pth")
    with pytest.raises(CheckpointError, match="lacks 9 weights of Cutie small"):
        load_cutie(tmp_path / "cut.pth")
