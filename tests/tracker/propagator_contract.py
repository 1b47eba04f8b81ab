"""What every propagator must do, whatever its weights: checks that take a factory.

Use them as ``@pytest.mark.parametrize("check", CHECKS)`` and call ``check(make, tmp_path)`` with a ``make``
that returns a new propagator with an empty memory; propagators it returns share their weights.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tracker import Propagated, Propagator, TrackerError

Make = Callable[[], Propagator]
SIZE = (48, 64)
_COLOURS = {1: (230, 40, 40), 2: (40, 90, 230), 255: (250, 220, 40)}


def label_map(index: int, object_ids: tuple[int, ...] = (1, 2)) -> NDArray[np.uint8]:
    """(H, W) truth: discs that drift apart, object by object in a lane of its own."""
    rows, columns = np.ogrid[: SIZE[0], : SIZE[1]]
    labels = np.zeros(SIZE, np.uint8)
    for lane, object_id in enumerate(object_ids):
        centre = (12 + 22 * lane, 20 + index * (1 - 2 * lane) + 20 * lane)
        labels[(rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 < 90] = object_id
    return labels


def frame(index: int, object_ids: tuple[int, ...] = (1, 2)) -> NDArray[np.uint8]:
    """(H, W, 3) picture of ``label_map`` on a ground that is the same in all frames."""
    rows, columns = np.ogrid[: SIZE[0], : SIZE[1]]
    ground = (80 + 2 * rows % 40 + columns % 30).astype(np.uint8)  # (H, W)
    image = np.repeat(ground[:, :, None], 3, axis=2)
    labels = label_map(index, object_ids)
    for object_id, colour in _COLOURS.items():
        image[labels == object_id] = colour
    return image


def same(one: Propagated, other: Propagated) -> None:
    """Check that two results are the same to the last bit."""
    assert one.object_ids == other.object_ids
    assert one.confidence == other.confidence
    np.testing.assert_array_equal(one.label_map, other.label_map)
    np.testing.assert_array_equal(one.probabilities, other.probabilities)


def started(make: Make, object_ids: tuple[int, ...] = (1, 2)) -> Propagator:
    """A propagator that remembers frame 0."""
    propagator = make()
    propagator.remember(frame(0, object_ids), label_map(0, object_ids))
    return propagator


def steps(propagator: Propagator, start: int, stop: int) -> list[Propagated]:
    """Results of consecutive frames."""
    return [propagator.step(frame(index)) for index in range(start, stop)]


def a_result_describes_every_pixel_and_object(make: Make, folder: Path) -> None:
    for result in steps(started(make, (2, 255)), 1, 8):
        assert result.object_ids == (2, 255)
        assert result.label_map.shape == SIZE
        assert result.label_map.dtype == np.uint8
        assert result.probabilities.shape == (3, *SIZE)
        assert result.probabilities.dtype == np.float32
        np.testing.assert_allclose(result.probabilities.sum(axis=0), 1, atol=1e-5)
        assert result.probabilities.min() >= 0
        winner = np.array([0, 2, 255])[result.probabilities.argmax(axis=0)]
        np.testing.assert_array_equal(result.label_map, winner)


def confidence_is_the_mean_probability_inside_the_mask(make: Make, folder: Path) -> None:
    for result in steps(started(make), 1, 8):
        assert result.confidence.keys() == {1, 2}
        for channel, object_id in enumerate(result.object_ids, start=1):
            inside = result.probabilities[channel][result.label_map == object_id]
            expected = inside.mean() if inside.size else 0.0
            np.testing.assert_allclose(result.confidence[object_id], expected, atol=1e-5)


def the_same_frames_give_the_same_results(make: Make, folder: Path) -> None:
    for one, other in zip(steps(started(make), 1, 8), steps(started(make), 1, 8), strict=True):
        same(one, other)


def memories_are_separate(make: Make, folder: Path) -> None:
    alone, disturbed, other = started(make), started(make), started(make, (255,))
    for index in range(1, 6):
        other.step(frame(index, (255,)))
        same(alone.step(frame(index)), disturbed.step(frame(index)))


def arrays_are_neither_changed_nor_shared(make: Make, folder: Path) -> None:
    clean, image, labels = started(make), frame(0), label_map(0)
    propagator = make()
    propagator.remember(image, labels)
    np.testing.assert_array_equal(image, frame(0))
    np.testing.assert_array_equal(labels, label_map(0))
    labels[:] = 0
    for index in range(1, 6):
        image = frame(index)
        result = propagator.step(image)
        same(clean.step(frame(index)), result)
        np.testing.assert_array_equal(image, frame(index))
        result.label_map[:] = 0
        result.probabilities[:] = 0


def the_order_of_objects_does_not_matter(make: Make, folder: Path) -> None:
    propagator, swapped = started(make), make()
    swapped.remember(frame(0), np.array([0, 2, 1], np.uint8)[label_map(0)])
    for one, other in zip(steps(propagator, 1, 8), steps(swapped, 1, 8), strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities[[0, 2, 1]], atol=1e-4)


def objects_may_arrive_later(make: Make, folder: Path) -> None:
    propagator = make()
    propagator.remember(frame(0), label_map(0, (1,)))
    assert steps(propagator, 1, 4)[-1].object_ids == (1,)
    propagator.remember(frame(4), label_map(4))
    for result in steps(propagator, 5, 12):
        assert result.object_ids == (1, 2)


def an_object_may_be_absent_from_a_remembered_frame(make: Make, folder: Path) -> None:
    propagator = started(make)
    propagator.remember(frame(1), label_map(1, (1,)))
    assert propagator.step(frame(2)).object_ids == (1, 2)
    propagator.remember(frame(3), np.zeros(SIZE, np.uint8))
    assert propagator.step(frame(4)).object_ids == (1, 2)


def remembering_the_frame_just_stepped_replaces_it(make: Make, folder: Path) -> None:
    once, twice = started(make), started(make)
    for index in range(1, 6):
        image = frame(index)
        same(once.step(image), twice.step(image))
        twice.remember(image, np.zeros(SIZE, np.uint8), permanent=False)
        twice.remember(image, label_map(index), permanent=False)
        once.remember(image, label_map(index), permanent=False)
    same(once.step(frame(6)), twice.step(frame(6)))


def an_equal_image_in_another_array_is_a_new_frame(make: Make, folder: Path) -> None:
    """It may change what follows, but it is taken."""
    propagator = started(make)
    propagator.remember(frame(0), label_map(0), permanent=False)
    assert propagator.step(frame(1)).object_ids == (1, 2)


def a_forgotten_object_is_gone_and_the_others_are_not(make: Make, folder: Path) -> None:
    propagator = started(make)
    steps(propagator, 1, 4)
    propagator.forget(1)
    for result in steps(propagator, 4, 8):
        assert result.object_ids == (2,)
    with pytest.raises(TrackerError):
        propagator.forget(1)
    propagator.forget(2)
    with pytest.raises(TrackerError):
        propagator.step(frame(8))


def a_forgotten_object_may_come_back(make: Make, folder: Path) -> None:
    propagator = started(make)
    image = frame(1)
    propagator.step(image)
    propagator.forget(2)
    propagator.remember(image, label_map(1))
    assert propagator.step(frame(2)).object_ids == (1, 2)


def after_a_reset_it_is_as_new(make: Make, folder: Path) -> None:
    used, new = started(make, (1, 255)), started(make)
    steps(used, 1, 5)
    used.reset()
    with pytest.raises(TrackerError):
        used.step(frame(5))
    used.remember(frame(0), label_map(0))
    for one, other in zip(steps(used, 1, 6), steps(new, 1, 6), strict=True):
        same(one, other)


def a_saved_memory_goes_on_where_it_left_off(make: Make, folder: Path) -> None:
    """Of one run that is saved again and again; each saved memory gives all that came after it."""
    original, going_on, results = started(make), dict[int, Propagator](), list[Propagated]()
    for index in range(1, 14):
        if index in (1, 2, 3, 6, 9):
            original.save(folder / "memory")
            going_on[index] = started(make, (255,))
            going_on[index].load(folder / "memory")
        results.append(original.step(frame(index)))
    for stop, resumed in going_on.items():
        for one, other in zip(results[stop - 1 :], steps(resumed, stop, 14), strict=True):
            same(one, other)


def an_empty_memory_can_be_saved(make: Make, folder: Path) -> None:
    make().save(folder / "memory")
    propagator = started(make)
    propagator.load(folder / "memory")
    with pytest.raises(TrackerError):
        propagator.step(frame(1))


def a_file_of_something_else_is_refused_and_changes_nothing(make: Make, folder: Path) -> None:
    (folder / "text").write_text("not a memory")
    np.savez(folder / "other.npz", made_by=np.array("something else"))
    propagator, undisturbed = started(make), started(make)
    for name in ("text", "other.npz", "missing"):
        with pytest.raises(TrackerError):
            propagator.load(folder / name)
    same(propagator.step(frame(1)), undisturbed.step(frame(1)))


def familiarity_is_a_share_of_every_pixel(make: Make, folder: Path) -> None:
    """And it falls where the picture shows what was never there."""
    propagator = started(make)
    seen, alien = frame(1), frame(1)
    alien[:, 40:] = (255, 0, 255)
    familiar = propagator.step(seen).familiarity
    unfamiliar = propagator.step(alien).familiarity
    for values in (familiar, unfamiliar):
        assert values.shape == SIZE
        assert values.dtype == np.float32
        assert 0 < values.min() <= values.max() <= 1
    assert unfamiliar[:, 44:].mean() <= familiar[:, 44:].mean()


def withholding_needs_no_step_and_harms_nothing(make: Make, folder: Path) -> None:
    """Objects that are withheld stay remembered."""
    propagator = make()
    propagator.withhold((1,))
    propagator = started(make)
    propagator.step(frame(1))
    propagator.withhold((1, 2, 7))
    assert propagator.step(frame(2)).object_ids == (1, 2)


def nothing_can_be_stepped_before_something_is_remembered(make: Make, folder: Path) -> None:
    with pytest.raises(TrackerError):
        make().step(frame(0))


def an_empty_label_map_is_no_start(make: Make, folder: Path) -> None:
    with pytest.raises(TrackerError):
        make().remember(frame(0), np.zeros(SIZE, np.uint8))


def a_label_map_of_another_size_is_refused(make: Make, folder: Path) -> None:
    with pytest.raises(TrackerError):
        make().remember(frame(0), label_map(0)[:-1])


CHECKS = (
    a_result_describes_every_pixel_and_object,
    confidence_is_the_mean_probability_inside_the_mask,
    the_same_frames_give_the_same_results,
    memories_are_separate,
    arrays_are_neither_changed_nor_shared,
    the_order_of_objects_does_not_matter,
    objects_may_arrive_later,
    an_object_may_be_absent_from_a_remembered_frame,
    remembering_the_frame_just_stepped_replaces_it,
    an_equal_image_in_another_array_is_a_new_frame,
    a_forgotten_object_is_gone_and_the_others_are_not,
    a_forgotten_object_may_come_back,
    after_a_reset_it_is_as_new,
    a_saved_memory_goes_on_where_it_left_off,
    an_empty_memory_can_be_saved,
    a_file_of_something_else_is_refused_and_changes_nothing,
    familiarity_is_a_share_of_every_pixel,
    withholding_needs_no_step_and_harms_nothing,
    nothing_can_be_stepped_before_something_is_remembered,
    an_empty_label_map_is_no_start,
    a_label_map_of_another_size_is_refused,
)
