"""Learning from known frames: what is learned tells look-alikes apart, and never without evidence."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.tracker.stand_in import boxes, clip, sam_memory_propagator, tiny_network
from tracker.adaptation import Adaptable, KnownFrame, Learned
from tracker.adaptation.fitting import fit_target
from tracker.adaptation.lessons import MOST_PLACES, Lesson
from tracker.adaptation.target_model import TargetModel
from tracker.adaptation.target_models import TargetModels
from tracker.joint_propagator import JointPropagator, Partner
from tracker.memory_config import MemoryConfig
from tracker.mirrored_propagator import MirroredPropagator
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

MEMORY = MemoryConfig(top_k=8, min_working_frames=2, max_working_frames=4, num_prototypes=6)
CONFIG = XMemConfig(mem_every=2, internal_size=None, memory=MEMORY)


def xmem() -> XMemPropagator:
    return XMemPropagator(tiny_network(), CONFIG)


def pair() -> JointPropagator:
    small = XMemPropagator(tiny_network(), replace(CONFIG, internal_size=32))
    return JointPropagator(xmem(), [Partner(MirroredPropagator(small))])


MAKES = pytest.mark.parametrize("make", [xmem, pair, sam_memory_propagator])


def known(count: int = 3, objects: int = 2) -> list[KnownFrame]:
    label_map = boxes(objects=objects)
    given = frozenset(range(1, objects + 1))
    return [
        KnownFrame(image, np.roll(label_map, 2 * place, axis=1), given)
        for place, image in enumerate(clip(count))
    ]


def learn(pupil: Adaptable, frames: list[KnownFrame], seed: int = 0) -> tuple[Learned, list[tuple[int, int]]]:
    lessons, steps = pupil.learn(frames, seed), []
    while True:
        try:
            steps.append(next(lessons))
        except StopIteration as ended:
            learned: Learned = ended.value
            return learned, steps


@MAKES
def test_learning_goes_step_by_step_and_is_the_same_for_the_same_seed(make: Callable[[], Adaptable]) -> None:
    first, steps = learn(make(), known())
    again, _ = learn(make(), known())
    assert steps[-1][0] == steps[-1][1] == len(steps)
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    assert first.keys() == again.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
        assert np.isfinite(array).all()


@MAKES
def test_one_known_frame_teaches_nothing(make: Callable[[], Adaptable]) -> None:
    assert learn(make(), known(1))[0] == {}
    assert learn(make(), [])[0] == {}
    two = known(2)
    two[1] = replace(two[1], given=frozenset({2}))
    assert not any(".".join(name.rpartition("/")[2].split(".")[:1]) == "1" for name in learn(make(), two)[0])


def stepped(propagator: XMemPropagator, learned: Learned | None) -> NDArray[np.float32]:
    frames = clip(2)
    propagator.remember(frames[0], boxes(objects=2))
    if learned is not None:
        propagator.adapt(learned)
    return propagator.step(frames[1]).probabilities


def test_what_is_learned_is_added_to_the_logits_of_its_object_alone() -> None:
    maps = xmem()._network.maps(xmem()._network.look_at(clip(1)[0], xmem()._network.lay_out((48, 64))))
    nothing = {f"2.{place}": np.zeros(each.shape[1], np.float32) for place, each in enumerate(maps)}
    plain = stepped(xmem(), None)
    np.testing.assert_array_equal(stepped(xmem(), {}), plain)
    same = stepped(xmem(), {**nothing, "2.bias": np.array(0, np.float32)})
    np.testing.assert_array_equal(same, plain)
    more = stepped(xmem(), {**nothing, "2.bias": np.array(3, np.float32)})
    assert (more[2] > plain[2]).all()


def test_a_mirrored_view_learns_and_tracks_in_its_mirror() -> None:
    inner = xmem()
    mirrored = MirroredPropagator(inner)
    turned = [
        replace(each, image=each.image[:, ::-1].copy(), label_map=each.label_map[:, ::-1].copy())
        for each in known()
    ]
    expected, _ = learn(inner, turned)
    found, _ = learn(mirrored, known())
    assert found.keys() == expected.keys()
    for name in found:
        np.testing.assert_array_equal(found[name], expected[name])


def lesson(seed: int, *, is_told_by: int | None, logits: float = -4.0, count: int = 600) -> Lesson:
    """Places of which a third is the object, which the tracker misses; a feature may tell it."""
    draw = np.random.default_rng(seed)
    truth = (draw.random(count) < 1 / 3).astype(np.float32)
    features = draw.normal(size=(count, 5)).astype(np.float32)
    if is_told_by is not None:
        features[:, is_told_by] += 6 * truth
    weights = np.full(count, 1 / count, np.float32)
    return Lesson(features, np.full(count, logits, np.float32), truth, weights)


def test_a_feature_that_tells_the_object_is_found() -> None:
    model = fit_target([lesson(seed, is_told_by=3) for seed in range(3)], (2, 3))
    assert model is not None
    assert [len(each) for each in model.weights] == [2, 3]
    assert int(torch.cat(model.weights).argmax()) == 3


def test_without_gain_on_frames_held_out_nothing_is_learned() -> None:
    told_apart_by_another_each = [lesson(seed, is_told_by=seed) for seed in range(2)]
    right_already = [replace(each, logits=20 * each.truth - 10) for each in told_apart_by_another_each]
    assert fit_target(right_already, (2, 3)) is None
    assert fit_target([lesson(0, is_told_by=3)], (2, 3)) is None


def test_a_score_is_that_of_each_place_enlarged() -> None:
    coarse, fine = torch.zeros(1, 2, 2, 3), torch.zeros(1, 1, 4, 6)
    coarse[0, 1] = 2.0
    fine[0, 0, 3, 5] = 5.0
    model = TargetModel((torch.tensor([7.0, 0.5]), torch.tensor([3.0])), -1.0)
    scores = model.scores((coarse, fine), (4, 6))
    expected = torch.zeros(4, 6)
    expected[3, 5] = 15.0
    torch.testing.assert_close(scores, expected)
    assert model.scores((coarse, fine), (16, 24)).shape == (16, 24)
    logits = scores[None, None]
    assert TargetModels().added_to(logits, [1], xmem()._network, None) is logits


def test_hard_places_are_half_of_those_that_are_learned_from() -> None:
    from tracker.adaptation.lessons import Lessons

    lessons = Lessons(xmem()._network, MEMORY, known(), seed=0)
    errors = np.zeros(20_000, np.float32)
    errors[:8000] = 0.5
    places, weights = lessons._drawn(errors)
    assert len(places) == MOST_PLACES == len(np.unique(places))
    assert (places < 8000).sum() == MOST_PLACES // 2
    assert weights.sum() == pytest.approx(1, abs=1e-4)
    assert weights[places < 8000].sum() == pytest.approx(0.4, abs=1e-4)
