"""The training-free propagator on clips whose truth is drawn."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.tracker.colour_features import CELL, colour_features
from tests.tracker.propagator_contract import SIZE, frame, label_map, same
from tracker import MemoryFullError, TrackerError
from tracker.feature_propagator import FeatureMemoryConfig, FeatureMemoryPropagator

CELLS = (SIZE[0] // CELL) * (SIZE[1] // CELL)
LONG_TERM = FeatureMemoryConfig(window=2, long_term=True, num_prototypes=16, max_long_term_elements=48)


class CountingFeatures:
    """Notes how often the features of an image were asked for."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, image: NDArray[np.uint8]) -> torch.Tensor:
        self.calls += 1
        return colour_features(image)


def _started(config: FeatureMemoryConfig | None = None) -> FeatureMemoryPropagator:
    propagator = FeatureMemoryPropagator(colour_features, config)
    propagator.remember(frame(0), label_map(0))
    return propagator


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize(
    "config",
    [
        FeatureMemoryConfig(),
        LONG_TERM,
        FeatureMemoryConfig(memory_every=3, locality_radius=2, long_term=False),
        FeatureMemoryConfig(top_k=1, window=1, long_term=False, locality_radius=None, query_chunk=None),
    ],
)
def test_moving_objects_are_followed(config: FeatureMemoryConfig) -> None:
    propagator = _started(config)
    for index in range(1, 20):
        result = propagator.step(frame(index))
        for object_id in (1, 2):
            assert _iou(result.label_map == object_id, label_map(index) == object_id) > 0.8
            assert result.confidence[object_id] > 0.6


def test_a_still_object_keeps_its_place_to_the_pixel() -> None:
    """Masks go down to the grid and up again without a shift."""
    propagator = FeatureMemoryPropagator(colour_features)
    square = np.zeros(SIZE, np.uint8)
    square[12:28, 20:36] = 1
    image = np.where(square[..., None] > 0, np.uint8([200, 30, 30]), np.uint8([20, 60, 90]))
    propagator.remember(image, square)
    for _ in range(10):
        label_map = propagator.step(image.copy()).label_map

    rows, columns = np.nonzero(label_map)
    assert (rows.min() + rows.max(), columns.min() + columns.max()) == (12 + 27, 20 + 35)
    assert _iou(label_map > 0, square > 0) > 0.95


@pytest.mark.parametrize("size", [(41, 67), (9, 100), (1, 1)])
def test_any_size_in_and_masks_of_that_size_out(size: tuple[int, int]) -> None:
    extent_of = lambda size: (size[0] / CELL, size[1] / CELL)  # noqa: E731  # as handed in by a caller
    propagator = FeatureMemoryPropagator(colour_features, extent=extent_of)
    labels = np.zeros(size, np.uint8)
    labels[: size[0] // 2 + 1, : size[1] // 2 + 1] = 1
    image = labels[..., None].repeat(3, axis=2) * np.uint8(200)
    propagator.remember(image, labels)

    assert _iou(propagator.step(image.copy()).label_map > 0, labels > 0) > 0.85


def test_padding_beyond_the_extent_does_not_matter() -> None:
    def padded(image: NDArray[np.uint8]) -> torch.Tensor:
        return torch.nn.functional.pad(colour_features(image), (0, 3, 0, 5), value=7)

    extent = SIZE[0] / CELL, SIZE[1] / CELL
    cut = FeatureMemoryPropagator(padded, extent=lambda size: extent)
    cut.remember(frame(0), label_map(0))

    same(cut.step(frame(1)), _started().step(frame(1)))


def test_features_that_do_not_reach_the_extent_are_refused() -> None:
    propagator = FeatureMemoryPropagator(colour_features, extent=lambda size: (99, 99))

    with pytest.raises(TrackerError, match=r"features are \(8, 12, 16\), too small for an extent of \(99"):
        propagator.remember(frame(0), label_map(0))


def test_features_are_computed_once_per_frame() -> None:
    features = CountingFeatures()
    propagator = FeatureMemoryPropagator(features)
    for index in range(4):
        image = frame(index)
        if index:
            propagator.step(image)
        propagator.remember(image, label_map(index))
        propagator.remember(image, label_map(index), permanent=False)

    assert features.calls == 4


def test_the_window_holds_the_latest_frames() -> None:
    propagator = _started(FeatureMemoryConfig(window=3, memory_every=2, long_term=False))
    sizes = []
    for index in range(1, 12):
        propagator.step(frame(index))
        sizes.append(propagator.bank.working_size // CELLS)

    assert sizes == [0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 3]  # a frame is written when the next one comes
    assert propagator.bank.permanent_size == CELLS


def test_a_correction_takes_the_place_of_the_prediction() -> None:
    propagator = _started()
    image = frame(1)
    propagator.step(image)
    propagator.remember(image, label_map(1), permanent=False)
    assert propagator.bank.working_size == CELLS

    propagator.remember(image, label_map(1))
    assert propagator.bank.working_size == 0
    assert propagator.bank.permanent_size == 2 * CELLS

    propagator.step(frame(2))
    assert propagator.bank.working_size == 0


def test_what_is_withheld_does_not_enter_memory() -> None:
    propagator = _started()
    propagator.step(frame(1))
    propagator.withhold((1, 2))
    propagator.step(frame(2))
    assert propagator.bank.working_size == 0
    propagator.withhold((1,))
    propagator.step(frame(3))
    assert propagator.bank.working_size == CELLS


def test_an_object_forgotten_before_its_frame_is_written_leaves_the_others() -> None:
    propagator = _started()
    propagator.step(frame(1))
    propagator.forget(1)
    propagator.step(frame(2))
    assert propagator.bank.working_size == CELLS
    propagator.forget(2)
    assert propagator.bank.object_ids == ()


def test_a_correction_of_a_frame_that_was_not_written_is_written() -> None:
    propagator = _started(FeatureMemoryConfig(memory_every=9))
    image = frame(1)
    propagator.step(image)

    propagator.remember(image, label_map(1), permanent=False)

    assert propagator.bank.working_size == CELLS


def test_long_term_memory_is_capped() -> None:
    propagator = _started(LONG_TERM)
    largest = 0
    for index in range(1, 40):
        propagator.step(frame(index % 20))
        largest = max(largest, propagator.bank.long_term_size)
        assert propagator.bank.working_size <= 2 * LONG_TERM.window * CELLS

    assert largest == 48


def test_a_full_permanent_memory_says_so() -> None:
    propagator = _started(FeatureMemoryConfig(max_permanent_frames=2))
    propagator.remember(frame(1), label_map(1))

    with pytest.raises(MemoryFullError, match="all 2 permanent frames are taken"):
        propagator.remember(frame(2), label_map(2))

    assert propagator.step(frame(3)).object_ids == (1, 2)


def test_a_memory_of_other_settings_is_refused(tmp_path: Path) -> None:
    _started().save(tmp_path / "memory")
    other = FeatureMemoryPropagator(colour_features, FeatureMemoryConfig(window=9))

    with pytest.raises(TrackerError, match="was made by feature-memory"):
        other.load(tmp_path / "memory")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0.0}, "temperature is 0.0"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"window": 0}, "window is 0"),
        ({"memory_every": 0}, "memory_every 0"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(TrackerError, match=message):
        dataclasses.replace(FeatureMemoryConfig(), **changes)


def test_settings_can_be_written_down() -> None:
    written = json.dumps(dataclasses.asdict(LONG_TERM))

    assert FeatureMemoryConfig(**json.loads(written)) == LONG_TERM
