"""Trackers of transformers behind the contract, and against their own streaming session."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.tracker.propagator_contract import CHECKS, SIZE, frame, label_map
from tests.tracker.tiny_sessions import KINDS, tiny
from tracker.aggregation import soft_aggregate
from tracker.errors import CheckpointError
from tracker.session_build import SAM2, load_session_network
from tracker.session_network import SessionNetwork
from tracker.session_propagator import SessionPropagator

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Callable[..., None], name: str, tmp_path: Path) -> None:
    check(lambda: SessionPropagator(tiny(name)), tmp_path)


def streamed(network: SessionNetwork, known: dict[int, np.ndarray], count: int) -> list[np.ndarray]:
    """Probabilities of every frame, by the library's session as its documentation streams a video."""
    session, found = network.session(), []
    with torch.inference_mode():
        for index in range(count):
            if index in known:
                for object_id in (1, 2):
                    place = session.obj_id_to_idx(object_id)
                    session.add_mask_inputs(place, index, network.mask(known[index] == object_id))
                session.obj_with_new_inputs = [1, 2]
            told = network.model(session, frame=network.pixels(frame(index)), frame_idx=index)
            whole = F.interpolate(told.pred_masks.float(), SIZE, mode="bilinear", align_corners=False)
            found.append(soft_aggregate(torch.sigmoid(whole[:, 0])).numpy())
    return found


@pytest.mark.parametrize("name", KINDS)
def test_two_objects_on_twelve_frames_are_those_of_the_librarys_own_session(name: str) -> None:
    """A mask is given on frame 0, and corrected in the middle, once after the frame was tracked."""
    network = tiny(name)
    known = {0: label_map(0), 6: np.roll(label_map(6), 3, axis=1)}
    expected = streamed(network, known, 12)
    propagator = SessionPropagator(network)
    for index in range(12):
        image = frame(index)
        result = propagator.step(image) if index else None
        if index in known:
            propagator.remember(image, known[index])
        else:
            assert result is not None
            np.testing.assert_allclose(result.probabilities, expected[index], atol=1e-4)
    without = streamed(network, {0: known[0]}, 8)
    assert np.abs(expected[7] - without[7]).max() > 0.1  # what was given makes a difference


def test_what_is_too_far_back_is_not_kept() -> None:
    propagator = SessionPropagator(tiny("sam2"))
    propagator.remember(frame(0), label_map(0))
    for index in range(1, 15):
        propagator.step(frame(index))
    outputs = propagator._memory._session.output_dict_per_obj[0]
    assert list(outputs["cond_frame_outputs"]) == [0]
    assert len(outputs["non_cond_frame_outputs"]) <= tiny("sam2").reach + 1
    assert len(propagator._memory._session.processed_frames) == 1


def test_weights_come_from_a_folder(tmp_path: Path) -> None:
    network = tiny("sam2")
    network.model.save_pretrained(tmp_path / "net")
    loaded = load_session_network(SAM2, str(tmp_path / "net"))
    one, other = SessionPropagator(network), SessionPropagator(loaded)
    for each in (one, other):
        each.remember(frame(0), label_map(0))
    np.testing.assert_allclose(
        one.step(frame(1)).probabilities, other.step(frame(1)).probabilities, atol=1e-6
    )
    with pytest.raises(CheckpointError, match="cannot be loaded as Sam2VideoModel"):
        load_session_network(SAM2, str(tmp_path / "nowhere"))
