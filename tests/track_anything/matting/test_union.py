"""The alpha of several objects: no seam where they touch, solid well inside, soft along the outline."""

import numpy as np
import pytest

from track_anything.masks import clipped_to, distance_inside
from track_anything.matting import SoftAlpha
from track_anything.matting.union import clipped_round, united
from track_anything.review import MaskReport, MaskStatus
from track_anything.types import Mask

SIZE = (60, 80)
LEFT, RIGHT = np.zeros(SIZE, bool), np.zeros(SIZE, bool)
LEFT[10:50, 10:40], RIGHT[10:50, 40:70] = True, True
APART = np.zeros(SIZE, bool)
APART[10:50, 43:70] = True


def soft(mask: Mask, width: float = 6.0) -> np.ndarray:
    """Probabilities that fade over so many pixels to either side of an outline."""
    signed = np.where(mask, distance_inside(mask) - 0.5, 0.5 - distance_inside(~mask))
    return np.clip(0.5 + signed / (2 * width), 0, 1).astype(np.float32)


class Masks:
    """A ``MaskSource`` of one frame."""

    def __init__(self, masks: dict[int, Mask], probabilities: dict[int, np.ndarray]) -> None:
        self.masks, self.probabilities = masks, probabilities

    def mask(self, frame: int, object_id: int) -> Mask:
        return self.masks[object_id]

    def probability(self, frame: int, object_id: int) -> np.ndarray:
        return self.probabilities[object_id]

    def standing(self, frame: int, object_id: int) -> MaskReport:
        return MaskReport(frame, object_id, MaskStatus.UNTRACKED, None)


def together(masks: dict[int, Mask], probabilities: dict[int, np.ndarray]) -> np.ndarray:
    source = SoftAlpha(Masks(masks, probabilities), list(masks))
    return source.together(0, np.zeros((*SIZE, 3), np.uint8))


def inside(mask: Mask) -> Mask:
    """Pixels of a mask with nothing but the mask round them."""
    return distance_inside(mask) >= 2


def test_what_objects_have_of_a_pixel_is_added_and_never_more_than_all_of_it() -> None:
    grey = np.full(SIZE, 0.3, np.float32)
    nothing = np.zeros(SIZE, bool)
    np.testing.assert_allclose(united([grey, grey], [nothing, nothing]), 0.6)
    np.testing.assert_array_equal(united([grey, grey, grey, grey], [nothing] * 4), 1)


@pytest.mark.parametrize("width", [1.0, 3.0, 10.0])
def test_no_seam_is_seen_where_two_objects_touch(width: float) -> None:
    alpha = united([soft(LEFT, width), soft(RIGHT, width)], [LEFT, RIGHT])
    border = np.zeros(SIZE, bool)
    border[10:50, 38:42] = True
    assert alpha[border & inside(LEFT | RIGHT)].min() == 1


def test_no_seam_is_left_by_one_that_a_person_gave_beside_one_that_was_tracked() -> None:
    alpha = united([LEFT.astype(np.float32), soft(RIGHT)], [LEFT, RIGHT])
    assert alpha[14:46, 37:43].min() == 1


def test_what_lies_under_another_object_leaves_no_seam() -> None:
    whole = LEFT | RIGHT
    whole[:, 45:] = False  # the right one lies over its edge
    alpha = united([clipped_to(soft(whole), whole), soft(RIGHT)], [whole, RIGHT])
    assert alpha[20:40, 36:55].min() == 1


def test_outer_edges_stay_soft_and_a_gap_stays_a_gap() -> None:
    alpha = united([soft(LEFT), soft(APART)], [LEFT, APART])
    summed = np.minimum(soft(LEFT) + soft(APART), 1)
    np.testing.assert_allclose(alpha, summed)  # they do not touch
    touching = united([soft(LEFT), soft(RIGHT)], [LEFT, RIGHT])
    np.testing.assert_allclose(touching[10:50, :25], soft(LEFT)[10:50, :25])
    np.testing.assert_allclose(touching[10, 20:60], np.minimum(soft(LEFT) + soft(RIGHT), 1)[10, 20:60])


def test_a_part_that_the_tracker_did_not_see_is_solid_up_to_its_edge() -> None:
    seen = LEFT.copy()
    seen[:, 25:] = False  # the segmenter added the right half
    clamped = clipped_to(soft(seen), LEFT)
    assert (clamped[20:40, 33:38] < 0.51).all()  # what the tracker said leaves it half transparent
    alpha = clipped_round(clamped, LEFT)
    assert alpha[20:40, 13:37].min() == 1
    assert ((alpha > 0.5) == LEFT).all()


def test_a_part_that_was_cut_away_leaves_no_shade() -> None:
    seen = LEFT | RIGHT
    alpha = clipped_round(clipped_to(soft(seen), LEFT), LEFT)
    assert alpha[20:40, 47:].max() == 0
    assert ((alpha > 0.5) == LEFT).all()


def test_a_soft_outline_of_the_trackers_own_width_is_as_it_was() -> None:
    natural = soft(LEFT, 2.0)
    np.testing.assert_allclose(clipped_round(natural, LEFT), natural, atol=1e-6)


def test_nothing_and_everything_have_no_outline() -> None:
    nothing = np.zeros(SIZE, bool)
    assert not clipped_round(soft(nothing), nothing).any()
    np.testing.assert_array_equal(clipped_round(np.ones(SIZE, np.float32), ~nothing), 1)


def test_together_is_what_is_exported_and_each_alone_is_its_share() -> None:
    masks = {1: LEFT, 2: RIGHT}
    probabilities = {1: soft(LEFT), 2: soft(RIGHT)}
    alpha = together(masks, probabilities)
    assert alpha[13:47, 13:67].min() == 1
    source = SoftAlpha(Masks(masks, probabilities), [1, 2])
    for object_id, own in source.alphas(0, np.zeros((*SIZE, 3), np.uint8)):
        np.testing.assert_array_equal(own, probabilities[object_id])
    assert not SoftAlpha(Masks({}, {}), []).together(0, np.zeros((*SIZE, 3), np.uint8)).any()
