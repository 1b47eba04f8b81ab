"""XMem's frame loop on a tiny network: what it promises whatever the weights."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.tracker.stand_in import TINY, boxes, clip, tiny_network
from tracker import MemoryFullError, Propagated, TrackerError
from tracker.aggregation import soft_aggregate
from tracker.memory_config import MemoryConfig
from tracker.modeling.xmem import XMem
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

MEMORY = MemoryConfig(
    top_k=8, min_working_frames=2, max_working_frames=4, num_prototypes=6, max_long_term_elements=20
)
CONFIG = XMemConfig(mem_every=2, internal_size=None, memory=MEMORY)
CELLS = 12
"""Elements of one (48, 64) frame."""


def propagator(config: XMemConfig = CONFIG, network: XMem | None = None) -> XMemPropagator:
    return XMemPropagator(network or tiny_network(), config)


def started(objects: int = 2, config: XMemConfig = CONFIG) -> XMemPropagator:
    """A propagator that remembers frame 0 of ``clip``."""
    tracker = propagator(config)
    tracker.remember(clip(1)[0], boxes(objects=objects))
    return tracker


def assert_same(one: Propagated, other: Propagated, tolerance: float = 0) -> None:
    assert one.object_ids == other.object_ids
    np.testing.assert_allclose(one.probabilities, other.probabilities, atol=tolerance, rtol=0)


def steps(tracker: XMemPropagator, images: Iterable[NDArray[np.uint8]]) -> list[Propagated]:
    return [tracker.step(image) for image in images]


class Spy:
    """Counts the passes of a network and notes what they were told."""

    def __init__(self, network: XMem, monkeypatch: pytest.MonkeyPatch) -> None:
        self.key_passes = 0
        self.deep_updates: list[bool] = []
        self.normal_updates: list[bool] = []
        encode_key, encode_value, segment = network.encode_key, network.encode_value, network.segment

        def spied_key(*args, **kwargs):
            self.key_passes += 1
            return encode_key(*args, **kwargs)

        def spied_value(*args, **kwargs):
            self.deep_updates.append(kwargs["deep_update"])
            return encode_value(*args, **kwargs)

        def spied_segment(*args, **kwargs):
            self.normal_updates.append(kwargs["update_sensory"])
            return segment(*args, **kwargs)

        monkeypatch.setattr(network, "encode_key", spied_key)
        monkeypatch.setattr(network, "encode_value", spied_value)
        monkeypatch.setattr(network, "segment", spied_segment)


# What a step returns


@pytest.mark.parametrize("size", [(48, 64), (37, 53), (15, 80), (1, 1)])
@pytest.mark.parametrize("internal_size", [None, 32])
def test_any_size_in_and_masks_of_that_size_out(size: tuple[int, int], internal_size: int | None) -> None:
    tracker = propagator(dataclasses.replace(CONFIG, internal_size=internal_size))
    label_map = np.zeros(size, np.uint8)
    label_map[: size[0] // 2 + 1, : size[1] // 2 + 1] = 5
    first, *others = clip(4, size)
    tracker.remember(first, label_map)
    for image in others:
        result = tracker.step(image)
        assert result.label_map.shape == size
        assert result.label_map.dtype == np.uint8
        assert result.probabilities.shape == (2, *size)
        assert result.probabilities.dtype == np.float32
        assert result.object_ids == (5,)
        np.testing.assert_allclose(result.probabilities.sum(axis=0), 1, atol=1e-5)
        assert set(np.unique(result.label_map)) <= {0, 5}
        assert 0 <= result.confidence[5] <= 1


def test_the_order_of_objects_does_not_matter() -> None:
    other_id = np.array((0, 30, 10, 20), np.uint8)
    first, *others = clip(9)
    in_order, renamed = propagator(), propagator()
    in_order.remember(first, boxes(objects=3))
    renamed.remember(first, other_id[boxes(objects=3)])
    for one, other in zip(steps(in_order, others), steps(renamed, others), strict=True):
        assert other.object_ids == (10, 20, 30)
        np.testing.assert_allclose(other.probabilities[[0, 3, 1, 2]], one.probabilities, atol=1e-4)


def test_many_objects_in_chunks_equal_all_at_once() -> None:
    first, *others = clip(6)
    at_once = propagator(dataclasses.replace(CONFIG, object_chunk=32))
    in_chunks = propagator(dataclasses.replace(CONFIG, object_chunk=3))
    for tracker in (at_once, in_chunks):
        tracker.remember(first, boxes(objects=32))
    for one, other in zip(steps(at_once, others), steps(in_chunks, others), strict=True):
        assert len(one.object_ids) == 32
        assert_same(one, other, tolerance=1e-4)


def test_no_more_objects_than_a_chunk_are_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    seen: list[int] = []
    for part in (network.decoder, network.value_encoder):
        part.register_forward_pre_hook(lambda _, inputs: seen.append(max(i.shape[1] for i in inputs[2:3])))
    tracker = propagator(dataclasses.replace(CONFIG, object_chunk=3), network)
    first, *others = clip(4)
    tracker.remember(first, boxes(objects=8))
    steps(tracker, others)
    assert max(seen) == 3


def test_two_propagations_share_a_network_and_no_memory() -> None:
    network = tiny_network()
    first, *others = clip(6)
    alone, one, other = (propagator(network=network) for _ in range(3))
    alone.remember(first, boxes())
    undisturbed = steps(alone, others)
    one.remember(first, boxes())
    other.remember(first[::-1].copy(), boxes(objects=2))
    for image, expected in zip(others, undisturbed, strict=True):
        other.step(image[::-1].copy())
        assert_same(one.step(image), expected)


# When memory is written and updated


def test_memory_is_written_every_few_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    spy = Spy(network, monkeypatch)
    tracker = propagator(dataclasses.replace(CONFIG, mem_every=3), network)
    first, *others = clip(8)
    tracker.remember(first, boxes())
    steps(tracker, others)
    assert spy.key_passes == 8
    assert spy.deep_updates == [True] * 3  # frames 0, 3 and 6
    assert spy.normal_updates == [True, True, False, True, True, False, True]


def test_deep_updates_may_have_an_interval_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    spy = Spy(network, monkeypatch)
    tracker = propagator(dataclasses.replace(CONFIG, mem_every=2, deep_update_every=4), network)
    first, *others = clip(10)
    tracker.remember(first, boxes())
    steps(tracker, others)
    assert spy.deep_updates == [True, False, True, False, True]  # of the writes at 0, 2, 4, 6 and 8
    assert spy.normal_updates == [True] * 9


def test_a_deep_update_is_done_again_when_its_frame_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    spy = Spy(network, monkeypatch)
    tracker = propagator(dataclasses.replace(CONFIG, mem_every=2, deep_update_every=2), network)
    first, *others = clip(3)
    tracker.remember(first, boxes())
    steps(tracker, others)
    tracker.remember(others[-1], boxes())
    tracker.remember(others[-1], boxes())
    assert spy.deep_updates == [True, True, True]


def test_a_frame_that_is_corrected_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    spy = Spy(network, monkeypatch)
    tracker = propagator(dataclasses.replace(CONFIG, mem_every=2), network)
    first, *others = clip(4)
    tracker.remember(first, boxes())
    steps(tracker, others[:2])
    tracker.remember(others[1], boxes(), permanent=False)
    steps(tracker, others[2:])
    assert len(spy.deep_updates) == 2  # the first frame and the correction of the third


def test_what_is_withheld_does_not_enter_memory() -> None:
    tracker = propagator(dataclasses.replace(CONFIG, mem_every=1))
    first, *others = clip(4)
    tracker.remember(first, boxes(objects=2))
    known = tracker.bank.permanent_size
    shape = (tracker._network.hidden_width, *tracker.bank._grid)
    before = tracker.bank.sensory.read((1, 2), shape)
    tracker.step(others[0])
    tracker.withhold((1, 2))
    torch.testing.assert_close(tracker.bank.sensory.read((1, 2), shape), before)
    tracker.step(others[1])
    assert tracker.bank.working_size == 0
    tracker._frame.masks[2] = torch.ones_like(tracker._frame.masks[2])  # random weights see little
    tracker.withhold((1,))
    assert not tracker._frame.masks[1].any()
    tracker.step(others[2])
    assert (tracker.bank.permanent_size, tracker.bank.working_size) == (known, known)


def test_a_given_mask_starts_the_interval_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    spy = Spy(network, monkeypatch)
    tracker = propagator(dataclasses.replace(CONFIG, mem_every=2), network)
    first, second, *others = clip(5)
    tracker.remember(first, boxes())
    tracker.remember(second, boxes())
    steps(tracker, others)
    assert spy.normal_updates == [True, False, True]  # frames 2, 3 and 4


def test_the_last_frame_leaves_the_memory_as_it_is() -> None:
    tracker = started()
    _, *others = clip(3)
    tracker.step(others[0])
    before = tracker.bank.state()
    tracker.step(others[1], last=True)  # would be written otherwise
    after = tracker.bank.state()
    unread = [name for name in before if name not in ("store.usage", "store.age")]
    assert before.keys() == after.keys()
    for name in unread:
        np.testing.assert_array_equal(before[name], after[name])


# Remembering a frame that was just stepped


def test_a_correction_replaces_what_the_step_wrote() -> None:
    """Whether the step wrote its own masks first must not be seen afterwards."""
    _, *others = clip(5)
    correction = np.roll(boxes(objects=2), 5, axis=0)
    wrote, did_not = (started(config=dataclasses.replace(CONFIG, mem_every=n)) for n in (3, 4))
    results = []
    for tracker in (wrote, did_not):
        steps(tracker, others[:3])
        tracker.remember(others[2], correction)
        results.append(tracker.step(others[3]))
    assert wrote.bank.permanent_size == did_not.bank.permanent_size == 2 * CELLS
    assert wrote.bank.working_size == did_not.bank.working_size == 0
    assert_same(*results)


def test_only_the_last_correction_of_a_frame_counts() -> None:
    _, second, third = clip(3)
    twice, once = started(), started()
    for tracker in (twice, once):
        tracker.step(second)
    twice.remember(second, np.roll(boxes(objects=2), 9, axis=1))
    for tracker in (twice, once):
        tracker.remember(second, boxes(objects=2))
    assert_same(twice.step(third), once.step(third))


def test_a_correction_encodes_no_frame_again(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    spy = Spy(network, monkeypatch)
    tracker = propagator(network=network)
    first, second = clip(2)
    tracker.remember(first, boxes())
    tracker.remember(first, boxes())
    tracker.step(second)
    tracker.remember(second, boxes())
    assert spy.key_passes == 2
    tracker.remember(second.copy(), boxes())
    assert spy.key_passes == 3


def test_objects_that_are_not_given_keep_what_the_step_said(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_network()
    tracker = propagator(network=network)
    first, second = clip(2)
    tracker.remember(first, boxes(objects=2))
    result = tracker.step(second)
    predicted = result.probabilities[2].copy()
    result.probabilities[:] = 0  # is the caller's own
    written: list[torch.Tensor] = []
    encode_value = network.encode_value

    def spied(frame, f16, masks, sensory, **kwargs):
        written.append(masks[0])
        return encode_value(frame, f16, masks, sensory, **kwargs)

    monkeypatch.setattr(network, "encode_value", spied)
    given = np.where(boxes(objects=2) == 1, 1, 0).astype(np.uint8)
    given[0, 0] = 2  # not spoken for
    tracker.remember(second, given, given={1})
    mask, other = written[0].numpy()
    assert mask[given == 1].min() > 0.99
    assert other[given == 1].max() < 0.01
    outside = boxes(objects=2) != 1
    kept = soft_aggregate(torch.from_numpy(np.stack((given == 1, predicted * outside))).float())
    np.testing.assert_allclose(other, kept[2], atol=1e-5)

    tracker.remember(second, np.where(boxes(objects=2) == 2, 2, 0).astype(np.uint8), given={2})
    mask, other = written[1].numpy()
    assert mask[given == 1].min() > 0.9  # the first correction is kept by the second
    assert other[boxes(objects=2) == 2].min() > 0.99


def test_a_frame_without_a_step_needs_all_objects() -> None:
    tracker = started(objects=2)
    (image,) = clip(1, seed=1)
    with pytest.raises(TrackerError, match=r"nothing is known of objects \[2\] in this frame: step it first"):
        tracker.remember(image, boxes(objects=1), given={1})
    assert tracker.bank.permanent_size == CELLS


# Objects that come and go


def test_an_object_may_arrive_with_a_correction() -> None:
    tracker = started(objects=1)
    _, *others = clip(8)
    steps(tracker, others[:3])
    tracker.remember(others[2], boxes(objects=2))
    for result in steps(tracker, others[3:]):
        assert result.object_ids == (1, 2)
        np.testing.assert_allclose(result.probabilities.sum(axis=0), 1, atol=1e-5)


def test_an_object_may_arrive_with_a_new_frame() -> None:
    tracker = started(objects=1)
    _, *others = clip(3)
    tracker.remember(others[0], boxes(objects=2))
    assert tracker.bank.object_ids == (1, 2)
    assert tracker.step(others[1]).object_ids == (1, 2)


def test_a_known_object_missing_from_a_label_map_is_absent() -> None:
    absent, present = started(objects=2), started(objects=2)
    _, second, third = clip(3)
    absent.remember(second, boxes(objects=2) % 2)
    present.remember(second, boxes(objects=2))
    assert absent.bank.object_ids == (1, 2)
    assert not np.array_equal(absent.step(third).probabilities, present.step(third).probabilities)


def test_forgetting_an_object_frees_its_memory() -> None:
    tracker = started(objects=2)
    _, *others = clip(9)
    steps(tracker, others[:4])
    size = sum(array.nbytes for array in tracker.bank.state().values())
    tracker.forget(1)
    assert sum(array.nbytes for array in tracker.bank.state().values()) < size
    for result in steps(tracker, others[4:]):
        assert result.object_ids == (2,)


def test_a_frame_may_be_corrected_after_an_object_was_forgotten() -> None:
    tracker = started(objects=2)
    _, second, third, fourth = clip(4)
    steps(tracker, (second, third))
    tracker.forget(1)
    tracker.remember(third, boxes(objects=2) // 2 * 2)
    assert tracker.step(fourth).object_ids == (2,)


def test_an_object_forgotten_and_given_again_starts_anew() -> None:
    again, new = started(objects=2), started(objects=1)
    _, second, third = clip(3)
    for tracker in (again, new):
        tracker.step(second)
    again.forget(2)
    shapes = []
    for tracker in (again, new):
        tracker.remember(second, boxes(objects=2))
        shapes.append(tracker.bank.sensory.read((2,), (TINY.hidden_width, 3, 4)))
    torch.testing.assert_close(shapes[0], shapes[1], rtol=1e-4, atol=1e-5)
    assert again.step(third).object_ids == (1, 2)


def test_all_objects_may_be_forgotten_and_others_given() -> None:
    tracker = started(objects=2)
    _, second, third = clip(3)
    tracker.step(second)
    tracker.forget(1)
    tracker.forget(2)
    with pytest.raises(TrackerError, match="nothing is remembered"):
        tracker.step(third)
    tracker.remember(second, boxes() * 9)
    assert tracker.bank.permanent_size == CELLS
    assert tracker.step(third).object_ids == (9,)


def test_forgetting_a_stranger_is_an_error() -> None:
    with pytest.raises(TrackerError):
        started(objects=2).forget(3)
    with pytest.raises(TrackerError):
        propagator().forget(1)


def test_after_a_reset_nothing_is_left() -> None:
    tracker = started(objects=3)
    steps(tracker, clip(7)[1:])
    tracker.reset()
    assert tracker.bank.object_ids == ()
    first, *others = clip(7, size=(32, 48), seed=1)
    new = propagator()
    for each in (tracker, new):
        each.remember(first, boxes((32, 48)))
    for one, other in zip(steps(tracker, others), steps(new, others), strict=True):
        assert_same(one, other)


# Saving and loading


@pytest.mark.parametrize("stop", [1, 2, 7, 12])
def test_a_saved_memory_goes_on_where_it_stopped(stop: int, tmp_path: Path) -> None:
    first, *others = clip(16)
    whole, broken = propagator(), propagator()
    for tracker in (whole, broken):
        tracker.remember(first, boxes(objects=2))
    steps(whole, others[: stop - 1])
    steps(broken, others[: stop - 1])
    broken.save(tmp_path / "memory.npz")
    reopened = started(objects=3)
    reopened.load(tmp_path / "memory.npz")
    for one, other in zip(steps(whole, others[stop - 1 :]), steps(reopened, others[stop - 1 :]), strict=True):
        assert_same(one, other)


def test_an_empty_memory_is_saved_too(tmp_path: Path) -> None:
    propagator().save(tmp_path / "memory.npz")
    tracker = started(objects=2)
    tracker.load(tmp_path / "memory.npz")
    assert tracker.bank.object_ids == ()
    tracker.remember(clip(1, size=(20, 20))[0], boxes((20, 20)))


def test_a_frame_remembered_after_a_load_is_a_new_one(tmp_path: Path) -> None:
    tracker = started()
    tracker.save(tmp_path / "memory.npz")
    (image,) = clip(1)
    tracker.remember(image, boxes(objects=2))
    tracker.load(tmp_path / "memory.npz")
    tracker.remember(image, boxes(objects=2))
    assert tracker.bank.permanent_size == 2 * CELLS


def test_a_memory_of_another_network_is_refused(tmp_path: Path) -> None:
    started().save(tmp_path / "memory.npz")
    other = propagator(network=tiny_network(config=dataclasses.replace(TINY, key_width=4)))
    with pytest.raises(TrackerError, match="was made by"):
        other.load(tmp_path / "memory.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x80\x04N."])
def test_a_damaged_file_is_refused_and_the_memory_kept(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "memory.npz").write_bytes(content)
    tracker = started(objects=2)
    with pytest.raises(TrackerError, match="no saved memory, or damaged"):
        tracker.load(tmp_path / "memory.npz")
    assert tracker.bank.object_ids == (1, 2)


def test_a_truncated_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "memory.npz"
    started().save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TrackerError, match="no saved memory, or damaged"):
        started().load(path)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", clock=np.zeros(3))
    with pytest.raises(TrackerError, match="was made by"):
        started().load(tmp_path / "other.npz")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="no saved memory at"):
        started().load(tmp_path / "nowhere.npz")


# Errors


def test_a_step_needs_something_to_remember() -> None:
    with pytest.raises(TrackerError, match="nothing is remembered: call remember"):
        propagator().step(clip(1)[0])


def test_an_empty_label_map_starts_nothing() -> None:
    tracker = propagator()
    with pytest.raises(TrackerError, match="mark an object first"):
        tracker.remember(clip(1)[0], np.zeros((48, 64), np.uint8))
    assert tracker.bank.object_ids == ()


@pytest.mark.parametrize(
    "image",
    [np.zeros((48, 64), np.uint8), np.zeros((48, 64, 4), np.uint8), np.zeros((48, 64, 3), np.float32)],
)
def test_an_image_must_be_rgb_bytes(image: np.ndarray) -> None:
    with pytest.raises(TrackerError, match=r"give \(height, width, 3\) uint8 RGB"):
        propagator().remember(image, boxes())
    with pytest.raises(TrackerError, match=r"give \(height, width, 3\) uint8 RGB"):
        started().step(image)


@pytest.mark.parametrize("label_map", [np.ones((48, 63), np.uint8), np.ones((48, 64), np.int64)])
def test_a_label_map_must_fit_its_image(label_map: np.ndarray) -> None:
    with pytest.raises(TrackerError, match="give uint8 object ids of the image's size"):
        propagator().remember(clip(1)[0], label_map)


def test_all_frames_have_one_size() -> None:
    with pytest.raises(TrackerError, match="reset for another video"):
        started().step(clip(1, size=(48, 80))[0])


@pytest.mark.parametrize(
    ("config", "source", "side"),
    [
        (XMemConfig(), (720, 1280), 480),
        (XMemConfig(), (200, 300), 480),
        (XMemConfig(internal_size=None), (200, 300), 200),
        (XMemConfig(enlarge_to=256), (1080, 1920), 480),
        (XMemConfig(enlarge_to=256), (320, 568), 320),
        (XMemConfig(enlarge_to=256), (300, 200), 256),
        (XMemConfig(enlarge_to=256, reduction=0.8), (720, 1280), 384),
        (XMemConfig(enlarge_to=256, reduction=0.8), (280, 400), 256),
        (XMemConfig(internal_size=200, enlarge_to=256, reduction=0.8), (720, 1280), 200),
        (XMemConfig(reduction=0.5), (720, 1280), 240),
        (XMemConfig(enlarge_to=600), (200, 300), 480),
    ],
)
def test_frames_are_seen_at_one_size_or_as_they_are(config: XMemConfig, source, side: int) -> None:
    assert config.short_side(source) == side


def test_a_memory_of_frames_of_another_size_is_refused(tmp_path: Path) -> None:
    started().save(tmp_path / "memory.npz")
    with pytest.raises(TrackerError, match=r"internal size None with .*, not by .*reduced by 0\.5"):
        propagator(dataclasses.replace(CONFIG, reduction=0.5)).load(tmp_path / "memory.npz")


def test_a_size_of_nothing_is_refused() -> None:
    with pytest.raises(TrackerError, match="reduction is 0"):
        XMemConfig(reduction=0)


@pytest.mark.parametrize("name", ["mem_every", "object_chunk", "internal_size", "enlarge_to"])
def test_sizes_below_one_are_refused(name: str) -> None:
    with pytest.raises(TrackerError, match=f"{name} is 0: give at least 1"):
        XMemConfig(**{name: 0})


def test_a_full_permanent_memory_says_so_and_goes_on() -> None:
    capped = dataclasses.replace(CONFIG, memory=dataclasses.replace(MEMORY, max_permanent_frames=1))
    tracker = started(config=capped)
    _, second, third = clip(3)
    tracker.step(second)
    with pytest.raises(MemoryFullError):
        tracker.remember(second, boxes(objects=2))
    tracker.remember(second, boxes(objects=2), permanent=False)
    assert tracker.step(third).object_ids == (1, 2)
