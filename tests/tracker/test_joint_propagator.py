"""Carriers of the same objects; that they meet the contract together is in test_propagator_contract."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from tests.tracker.propagator_contract import frame, label_map, same, started, steps
from tests.tracker.stand_in import sam_memory_propagator, tiny_network
from tracker.errors import TrackerError
from tracker.joint_propagator import JointPropagator, Partner
from tracker.memory_config import MemoryConfig
from tracker.mirrored_propagator import MirroredPropagator
from tracker.spatial_prior import SpatialPrior
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

_NETWORK = tiny_network()
_CONFIG = XMemConfig(mem_every=2, internal_size=None, memory=MemoryConfig(top_k=8))


def light() -> XMemPropagator:
    return XMemPropagator(_NETWORK, _CONFIG)


def joint(every: int = 1, share: float = 1.0) -> JointPropagator:
    return JointPropagator(light(), [Partner(sam_memory_propagator(), every, share)])


def partner_of(propagator: JointPropagator):
    return propagator._partners[0].carrier


def test_what_both_see_is_the_mean_of_what_they_say() -> None:
    propagator, own, other = started(joint), started(light), started(sam_memory_propagator)
    result, leader, partner = (each.step(frame(1)) for each in (propagator, own, other))
    mean = (leader.probabilities + partner.probabilities) / 2
    np.testing.assert_allclose(result.probabilities, mean, atol=1e-6)
    np.testing.assert_array_equal(result.familiarity, leader.familiarity)
    assert not np.array_equal(leader.label_map, partner.label_map)  # they do err differently


def test_partners_count_by_their_shares() -> None:
    propagator, own, other = (
        started(partial(joint, share=3.0)),
        started(light),
        started(sam_memory_propagator),
    )
    result, leader, partner = (each.step(frame(1)) for each in (propagator, own, other))
    mean = (leader.probabilities + 3 * partner.probabilities) / 4
    np.testing.assert_allclose(result.probabilities, mean, atol=1e-6)


def test_a_mirrored_view_of_a_mirrored_scene_is_the_scene_itself() -> None:
    straight, mirrored = started(light), MirroredPropagator(light())
    mirrored.remember(frame(0)[:, ::-1], label_map(0)[:, ::-1])
    for index in range(1, 8):
        seen, turned = straight.step(frame(index)), mirrored.step(frame(index)[:, ::-1])
        np.testing.assert_array_equal(turned.label_map[:, ::-1], seen.label_map)
        np.testing.assert_array_equal(turned.probabilities[..., ::-1], seen.probabilities)
        np.testing.assert_array_equal(turned.familiarity[:, ::-1], seen.familiarity)


def test_a_partner_that_sees_no_frame_says_nothing() -> None:
    seldom = steps(started(partial(joint, every=8)), 1, 8)
    for result, alone in zip(seldom, steps(started(light), 1, 8), strict=True):
        same(result, alone)


def test_which_frames_a_partner_saw_is_told_where_it_sees_but_some() -> None:
    seldom = steps(started(partial(joint, every=3)), 1, 7)
    assert [result.is_embedded for result in seldom] == [False, False, True, False, False, True]
    assert [result.is_embedded for result in steps(started(joint), 1, 3)] == [None, None]


def seldom() -> JointPropagator:
    """A partner that is heard at least once in eight frames."""
    return JointPropagator(light(), [Partner(light(), every=2, longest=8)])


def heard(propagator: JointPropagator, start: int, stop: int) -> list[int]:
    """The frames on which the partner is heard."""
    results = steps(propagator, start, stop)
    return [frame for frame, result in enumerate(results, start) if result.is_embedded]


@pytest.fixture
def they_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a network of noise says."""
    monkeypatch.setattr("tracker.joint_propagator.agreement", lambda *said: 1.0)
    monkeypatch.setattr("tracker.turns.LESS_SURE", 1.0)


@pytest.mark.usefixtures("they_agree")
def test_a_partner_that_agrees_is_heard_more_and_more_seldom() -> None:
    propagator = started(seldom)
    assert heard(propagator, 1, 23) == [2, 6, 14, 22]
    propagator.remember(frame(23), label_map(23))
    assert heard(propagator, 24, 31) == [24, 28]


@pytest.mark.usefixtures("they_agree")
def test_it_is_heard_again_where_the_leader_is_less_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    propagator = started(seldom)
    assert heard(propagator, 1, 8) == [2, 6]
    monkeypatch.setattr("tracker.turns.LESS_SURE", -1.0)  # whatever it is, it is less than that
    assert heard(propagator, 8, 11) == [10]


def test_a_partner_that_does_not_agree_is_heard_as_often_as_can_be() -> None:
    assert heard(started(seldom), 1, 11) == [2, 4, 6, 8, 10]


@pytest.mark.usefixtures("they_agree")
@pytest.mark.parametrize("stop", [2, 5, 8])
def test_how_seldom_is_kept(tmp_path, stop: int) -> None:
    stopped = started(seldom)
    heard(stopped, 1, stop)
    stopped.save(tmp_path / "memory.npz")
    loaded = seldom()
    loaded.load(tmp_path / "memory.npz")
    assert heard(loaded, stop, 24) == [each for each in (2, 6, 14, 22) if each >= stop]


def test_a_partner_says_nothing_of_frames_that_are_too_small_for_it() -> None:
    def small() -> JointPropagator:
        return JointPropagator(
            light(), [Partner(sam_memory_propagator(), least_side=max(frame(0).shape) + 1)]
        )

    for result, alone in zip(steps(started(small), 1, 8), steps(started(light), 1, 8), strict=True):
        same(result, alone)


def test_both_remember_what_they_agreed_on() -> None:
    """Afterwards each goes on by itself as if it had found the mean."""
    propagator, own = started(joint), started(light)
    steps(propagator, 1, 4)
    steps(own, 1, 4)
    with_partner, alone = propagator._leader.step(frame(4)), own.step(frame(4))
    assert not np.array_equal(with_partner.probabilities, alone.probabilities)


def test_a_known_frame_reaches_a_partner_that_did_not_see_it() -> None:
    propagator, partner = started(partial(joint, every=4)), started(sam_memory_propagator)
    steps(propagator, 1, 3)
    propagator.remember(frame(3), label_map(3))
    partner.remember(frame(3), label_map(3))
    same(partner_of(propagator).step(frame(4)), partner.step(frame(4)))


def test_some_objects_may_be_given_on_a_frame_that_the_partner_did_not_see() -> None:
    propagator = started(partial(joint, every=4))
    image = frame(1)
    propagator.step(image)
    propagator.remember(image, label_map(1, (1,)), given=[1])
    assert propagator.step(frame(2)).object_ids == (1, 2)


def placed(every: int) -> JointPropagator:
    """Carriers for which places count."""
    config = replace(_CONFIG, position=5.0)
    leader, partner = XMemPropagator(_NETWORK, config), XMemPropagator(_NETWORK, config)
    return JointPropagator(leader, [Partner(partner, every)])


def test_a_partner_knows_where_objects_went_on_frames_that_it_did_not_see() -> None:
    propagator = started(partial(placed, 3))
    leader, asked = propagator._leader, asked_about(partner_of(propagator))
    known = []
    for index in range(1, 7):
        known.append(leader.centres())
        propagator.step(frame(index))
    assert len(asked) == 2
    assert known[0] != known[2] != known[5]
    for places, centres in zip(asked, (known[2], known[5]), strict=True):
        torch.testing.assert_close(places, places_from(leader, centres))


def test_a_partner_knows_where_they_went_where_some_are_corrected_on_a_frame_it_did_not_see() -> None:
    propagator = started(partial(placed, 4))
    leader, asked = propagator._leader, asked_about(partner_of(propagator))
    steps(propagator, 1, 3)
    image = frame(3)
    propagator.step(image)
    before = leader.centres()
    propagator.remember(image, np.roll(label_map(3, (1,)), 4, axis=1), given=[1])
    after = leader.centres()
    assert before[1] != after[1]
    assert len(asked) == 1
    torch.testing.assert_close(asked[0], places_from(leader, after))


def asked_about(carrier: XMemPropagator) -> list[object]:
    """What a carrier will be told of places whenever its memory is read."""
    asked: list[object] = []
    match = carrier.bank.match

    def watched(key, selection, places, parts, **options):
        asked.append(places)
        return match(key, selection, places, parts, **options)

    carrier.bank.match = watched
    return asked


def places_from(carrier: XMemPropagator, centres):
    """Where the cells of a frame lie, seen from the centres of both objects."""
    expected = SpatialPrior(5.0)
    expected.centres = {each: carrier._canvas.place_point(centre) for each, centre in centres.items()}
    return expected.places([1, 2], carrier._canvas.grid, "cpu")


@pytest.mark.parametrize("stop", [3, 4, 5])
def test_a_loaded_memory_goes_on_wherever_the_partner_was(tmp_path, stop: int) -> None:
    going_on, stopped = (started(partial(placed, 3)) for _ in range(2))
    steps(going_on, 1, stop)
    steps(stopped, 1, stop)
    stopped.save(tmp_path / "memory.npz")
    loaded = placed(3)
    loaded.load(tmp_path / "memory.npz")
    for ours, theirs in zip(steps(loaded, stop, 9), steps(going_on, stop, 9), strict=True):
        same(ours, theirs)


def test_the_memory_of_both_is_counted() -> None:
    propagator = started(joint)
    bytes_of = [each.memory_use().bytes for each in (propagator, propagator._leader, partner_of(propagator))]
    assert bytes_of[0] == bytes_of[1] + bytes_of[2]
    assert propagator.memory_use().permanent == 1


def test_a_saved_memory_is_of_one_way_to_share_the_work(tmp_path) -> None:
    started(partial(joint, every=2)).save(tmp_path / "memory.npz")
    with pytest.raises(TrackerError, match="every 2"):
        joint(every=3).load(tmp_path / "memory.npz")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"every": 0}, "every is 0"),
        ({"share": 0}, "share is 0"),
        ({"every": 5, "longest": 4}, "longest is 4: give at least every, 5, or 0"),
    ],
)
def test_what_cannot_work_is_refused(config, said) -> None:
    with pytest.raises(TrackerError, match=said):
        Partner(light(), **config)


def test_an_object_that_arrives_with_a_frame_that_ages_is_known_to_all() -> None:
    propagator = started(partial(joint, every=3))
    image = frame(1, (1, 2, 255))
    propagator.step(image)  # the partner does not see it
    propagator.remember(image, label_map(1, (1, 2, 255)), permanent=False)
    for index in range(2, 5):
        assert list(propagator.step(frame(index, (1, 2, 255))).object_ids) == [1, 2, 255]
    propagator.forget(255)
    assert list(propagator.step(frame(5)).object_ids) == [1, 2]
