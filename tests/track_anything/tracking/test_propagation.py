"""The loop carries known masks to every frame, on the fakes."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.drift import RefinePolicy, Refiner
from track_anything.errors import InputError
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator
from track_anything.tracking.propagation import paste, propagate
from track_anything.types import Image, Known, LabelMap, Mask
from tracker.errors import MemoryFullError
from tracker.propagator import Propagated

CLIP = MovingShapes(frame_count=10, height=40, width=60, shapes=2)


def stream(frames: range = range(10)) -> Iterator[tuple[int, Image]]:
    return ((frame, CLIP.frame(frame)) for frame in frames)


def truth(frame: int, object_id: int) -> Mask:
    mask: Mask = CLIP.label_map(frame) == object_id
    return mask


def known(*pairs: tuple[int, int]) -> Known:
    known: dict[int, dict[int, Mask]] = {}
    for frame, object_id in pairs:
        known.setdefault(frame, {})[object_id] = truth(frame, object_id)
    return known


class RecordingPropagator(ShiftingPropagator):
    """Notes what it was told to remember, and under which flag."""

    def __init__(self) -> None:
        super().__init__()
        self.remembered: list[tuple[bool, frozenset[int]]] = []
        self.steps = 0

    def remember(self, image: Image, label_map: LabelMap, *, permanent: bool = True) -> None:
        self.remembered.append((permanent, frozenset(np.unique(label_map).tolist()) - {0}))
        super().remember(image, label_map, permanent=permanent)

    def step(self, image: Image) -> Propagated:
        self.steps += 1
        return super().step(image)


def test_every_frame_gets_its_mask() -> None:
    results = list(propagate(stream(), known((0, 1), (0, 2)), ShiftingPropagator()))
    assert [result.index for result in results] == list(range(10))
    for result in results:
        np.testing.assert_array_equal(result.label_map, CLIP.label_map(result.index))
        assert result.confidence == {1: 1.0, 2: 1.0}


def test_a_backward_pass_is_a_stream_in_reverse() -> None:
    results = list(propagate(stream(range(9, -1, -1)), known((9, 1)), ShiftingPropagator()))
    assert [result.index for result in results] == list(range(9, -1, -1))
    assert (results[-1].label_map == truth(0, 1)).all()


def test_objects_may_arrive_later() -> None:
    propagator = RecordingPropagator()
    results = list(propagate(stream(), known((0, 1), (4, 2)), propagator))
    assert not (results[3].label_map == 2).any()
    np.testing.assert_array_equal(results[6].label_map, CLIP.label_map(6))
    assert propagator.remembered == [(True, {1}), (True, {1, 2})]


def test_a_frame_known_in_full_needs_no_step_and_a_known_mask_comes_back_as_it_was_given() -> None:
    wrong = {0: {1: truth(0, 1)}, 3: {1: np.zeros((40, 60), np.bool_)}}
    wrong[3][1][2:5, 2:5] = True
    propagator = RecordingPropagator()
    results = list(propagate(stream(range(5)), wrong, propagator))
    assert propagator.steps == 3
    np.testing.assert_array_equal(results[3].label_map == 1, wrong[3][1])


def test_nothing_known_is_an_error_and_no_empty_result() -> None:
    with pytest.raises(InputError, match="nothing is known on frame 0 or before it: click"):
        next(propagate(stream(), {}, ShiftingPropagator()))


def test_an_object_known_to_be_absent_from_the_start_is_absent_until_it_is_seen() -> None:
    nothing = np.zeros((40, 60), np.bool_)
    results = list(propagate(stream(), {0: {1: nothing}, 4: {1: truth(4, 1)}}, ShiftingPropagator()))
    assert [bool(result.label_map.any()) for result in results] == [False] * 4 + [True] * 6


def test_an_object_can_be_known_to_be_absent() -> None:
    absent = {0: {1: truth(0, 1)}, 2: {1: np.zeros((40, 60), np.bool_)}}
    results = list(propagate(stream(range(4)), absent, ShiftingPropagator()))
    assert not results[2].label_map.any()
    assert not results[3].label_map.any()


def test_paste_replaces_a_mask_and_keeps_the_others() -> None:
    label_map = np.array([[1, 1, 2, 2, 0]], np.uint8)
    given = {1: np.array([[0, 1, 1, 0, 0]], np.bool_)}
    np.testing.assert_array_equal(paste(label_map, given), [[0, 1, 1, 2, 0]])


class FixedSegmenter:
    """Answers with one mask whatever it is asked, and counts."""

    def __init__(self, mask: Mask, score: float = 0.9, stability: float = 1.0) -> None:
        self._mask, self._score, self._stability = mask, score, stability
        self.prompts: list[Prompt] = []

    def embed(self, image: Image) -> Image:
        return image

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        self.prompts.append(prompt)
        logits = np.zeros((1, 256, 256), np.float32)
        scores, stability = np.float32([self._score]), np.float32([self._stability])
        return Candidates(self._mask[None], scores, stability, logits)


def propagated(label_map: LabelMap, probabilities: dict[int, float]) -> Propagated:
    ids = tuple(sorted(probabilities))
    foreground = [np.where(label_map == i, probabilities[i], 0.01) for i in ids]
    background = 1 - np.sum(foreground, axis=0)
    stack = np.stack([background, *foreground]).astype(np.float32)
    return Propagated(label_map, stack, ids, probabilities, np.ones(label_map.shape, np.float32))


LABELS = np.zeros((20, 30), np.uint8)
LABELS[5:15, 5:15] = 1
LABELS[5:15, 18:26] = 2
IMAGE = np.zeros((20, 30, 3), np.uint8)


def test_an_answer_that_agrees_replaces_the_mask_and_is_recorded() -> None:
    better = LABELS == 1
    better[4, 5:15] = True
    segmenter = FixedSegmenter(better)
    refined = Refiner(segmenter).refine(7, IMAGE, propagated(LABELS, {1: 0.8, 2: 0.7}), skip=(2,))
    assert refined.is_mended
    np.testing.assert_array_equal(refined.label_map == 1, better)
    np.testing.assert_array_equal(refined.label_map == 2, LABELS == 2)
    (firing,) = refined.firings
    assert (firing.frame, firing.object_id, firing.accepted) == (7, 1, True)
    assert firing.agreement == pytest.approx(100 / 110)
    assert (firing.before, firing.after) == pytest.approx((0.8, 0.9))
    (prompt,) = segmenter.prompts
    assert prompt.box is not None
    assert prompt.box.tolist() == [5, 5, 15, 15]
    assert prompt.logits is not None
    assert (prompt.logits > 0).any()


@pytest.mark.parametrize(("stability", "is_taken"), [(1.0, True), (0.9, False)])
def test_an_answer_that_makes_a_mask_smaller_has_to_be_steady(stability: float, is_taken: bool) -> None:
    smaller, larger = LABELS == 1, LABELS == 1
    smaller[14], larger[4, 5:15] = False, True
    found = propagated(LABELS, {1: 0.8})
    policy = RefinePolicy(thin_below=0)
    refined = Refiner(FixedSegmenter(smaller, stability=stability), policy).refine(0, IMAGE, found)
    np.testing.assert_array_equal(refined.label_map == 1, smaller if is_taken else LABELS == 1)
    grown = Refiner(FixedSegmenter(larger, stability=stability), policy).refine(0, IMAGE, found)
    np.testing.assert_array_equal(grown.label_map == 1, larger)


@pytest.mark.parametrize("score", [0.9, 0.1])
def test_an_answer_that_does_not_earn_its_place_is_recorded_and_left(score: float) -> None:
    elsewhere = LABELS == 2 if score == 0.9 else LABELS == 1
    refined = Refiner(FixedSegmenter(elsewhere, score)).refine(0, IMAGE, propagated(LABELS, {1: 0.8}))
    assert not refined.is_mended
    np.testing.assert_array_equal(refined.label_map, np.where(LABELS == 1, 1, 0))
    assert [firing.accepted for firing in refined.firings] == [False]


def test_a_pixel_claimed_twice_goes_to_the_more_probable() -> None:
    everything = np.ones((20, 30), np.bool_)
    policy = RefinePolicy(min_agreement=0.0)
    refined = Refiner(FixedSegmenter(everything), policy).refine(
        0, IMAGE, propagated(LABELS, {1: 0.9, 2: 0.6})
    )
    assert (refined.label_map[LABELS == 1] == 1).all()
    assert (refined.label_map[LABELS == 2] == 2).all()


def test_nothing_to_ask_about_embeds_nothing() -> None:
    segmenter = ColourSegmenter()
    refined = Refiner(segmenter).refine(0, IMAGE, propagated(np.zeros((20, 30), np.uint8), {1: 0.0}))
    assert refined.firings == ()
    assert segmenter.encoder_passes == 0


def test_a_mended_mask_goes_to_memory_as_one_that_ages() -> None:
    propagator = RecordingPropagator()
    results = list(propagate(stream(range(4)), known((0, 1), (0, 2)), propagator, Refiner(ColourSegmenter())))
    assert propagator.remembered == [(True, {1, 2})] + 3 * [(False, {1, 2})]
    assert all(len(result.firings) == 2 for result in results[1:])
    np.testing.assert_array_equal(results[3].label_map, CLIP.label_map(3))


class SmallPropagator(RecordingPropagator):
    """Takes one permanent frame and no more."""

    def remember(self, image: Image, label_map: LabelMap, *, permanent: bool = True) -> None:
        if permanent and any(is_permanent for is_permanent, _ in self.remembered):
            raise MemoryFullError("permanent memory holds 1 frame, its cap: forget an object")
        super().remember(image, label_map, permanent=permanent)


def test_a_full_permanent_memory_costs_no_mask_and_is_said() -> None:
    propagator = SmallPropagator()
    results = list(propagate(stream(range(4)), known((0, 1), (2, 1)), propagator))
    assert [result.notes for result in results[:2]] == [(), ()]
    (note,) = results[2].notes
    assert "known masks of frame 2 will be forgotten in time: permanent memory holds 1 frame" in note
    assert propagator.remembered == [(True, {1}), (False, {1})]
    np.testing.assert_array_equal(results[3].label_map == 1, truth(3, 1))


@pytest.mark.parametrize(("most_enlarged", "is_asked"), [(35.0, True), (34.0, False)])
def test_nothing_is_asked_about_frames_that_are_too_small_for_the_segmenter(
    most_enlarged: float, is_asked: bool
) -> None:
    segmenter = FixedSegmenter(LABELS == 1)  # 30 pixels wide, and seen at 1024
    refiner = Refiner(segmenter, RefinePolicy(most_enlarged=most_enlarged))
    assert bool(refiner.refine(0, IMAGE, propagated(LABELS, {1: 0.8})).firings) == is_asked


def test_refinement_may_be_asked_now_and_then() -> None:
    segmenter = FixedSegmenter(LABELS == 1, 0.9)
    refiner = Refiner(segmenter, RefinePolicy(every=3))
    asked = [bool(refiner.refine(frame, IMAGE, propagated(LABELS, {1: 0.8})).firings) for frame in range(7)]
    assert asked == [True, False, False, True, False, False, True]
    with pytest.raises(InputError, match="every -1 frames is not possible: give at least 0"):
        RefinePolicy(every=-1)
    with pytest.raises(InputError, match="a cool-down of 0 frames is not possible: give at least 1"):
        RefinePolicy(cooldown=0)


@pytest.mark.parametrize(
    ("every", "is_embedded", "is_asked"), [(3, True, True), (3, False, False), (0, True, False)]
)
def test_where_the_tracker_looked_at_an_embedding_the_segmenter_is_asked_about_that(
    every: int, is_embedded: bool, is_asked: bool
) -> None:
    refiner = Refiner(FixedSegmenter(LABELS == 1, 0.9), RefinePolicy(every=every))
    for frame in (3, 4):
        found = replace(propagated(LABELS, {1: 0.8}), is_embedded=is_embedded)
        assert bool(refiner.refine(frame, IMAGE, found).firings) == is_asked
