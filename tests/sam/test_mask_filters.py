"""Boxes, overlaps and small pieces of masks, on small drawn ones."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from sam.mask_filters import box_iou, box_of, clean, suppress, touches_inner_edge

Mask = NDArray[np.bool_]


def drawn(*rows: str) -> Mask:
    """A mask from lines of "#" and "."."""
    return np.array([[letter == "#" for letter in row] for row in rows])


@st.composite
def scored_boxes(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    numbers = st.integers(0, 12)
    sides = st.integers(1, 8)
    boxes = draw(st.lists(st.tuples(numbers, numbers, sides, sides), max_size=12))
    scores = draw(st.lists(st.integers(0, 4), min_size=len(boxes), max_size=len(boxes)))
    corners = [(x, y, x + width, y + height) for x, y, width, height in boxes]
    return np.array(corners, np.float64).reshape(-1, 4), np.array(scores, np.float64)


def test_the_box_of_a_mask_is_tight() -> None:
    assert box_of(drawn("....", ".##.", "..#.")) == (1, 1, 3, 3)
    assert box_of(drawn("#")) == (0, 0, 1, 1)


def test_box_iou_counts_pixels() -> None:
    box = np.array([0, 0, 4, 2], np.float64)
    others = np.array([[0, 0, 4, 2], [2, 0, 6, 2], [4, 0, 8, 2], [9, 9, 10, 10]], np.float64)
    assert box_iou(box, others).tolist() == pytest.approx([1, 4 / 12, 0, 0])


def test_suppression_keeps_the_better_of_two_that_overlap() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]], np.float64)
    assert suppress(boxes, np.array([0.8, 0.9, 0.7]), 0.7).tolist() == [1, 2]


def test_what_is_suppressed_suppresses_nothing() -> None:
    # IoU of neighbours 8 / 12, of the first and the last 6 / 14
    boxes = np.array([[0, 0, 10, 1], [2, 0, 12, 1], [4, 0, 14, 1]], np.float64)
    assert suppress(boxes, np.array([3.0, 2, 1]), 0.5).tolist() == [0, 2]


def test_of_equal_scores_the_first_is_kept() -> None:
    boxes = np.array([[0, 0, 10, 10]] * 3, np.float64)
    assert suppress(boxes, np.ones(3), 0.7).tolist() == [0]


def test_an_overlap_at_the_limit_is_kept() -> None:
    boxes = np.array([[0, 0, 2, 1], [0, 0, 1, 1]], np.float64)
    assert suppress(boxes, np.array([2.0, 1]), 0.5).tolist() == [0, 1]
    assert suppress(boxes, np.array([2.0, 1]), 0.49).tolist() == [0]


def test_of_no_boxes_none_is_kept() -> None:
    assert suppress(np.zeros((0, 4)), np.zeros(0), 0.7).tolist() == []


@given(scored_boxes(), st.floats(0, 1))
def test_kept_boxes_do_not_overlap_and_dropped_ones_do(scored: Any, max_overlap: float) -> None:
    boxes, scores = scored
    kept = suppress(boxes, scores, max_overlap)
    assert len(set(kept.tolist())) == len(kept)
    assert (np.diff(scores[kept]) <= 0).all()
    for place, index in enumerate(kept):
        assert (box_iou(boxes[index], boxes[kept[place + 1 :]]) <= max_overlap).all()
    for index in set(range(len(boxes))) - set(kept.tolist()):
        rivals = kept[scores[kept] >= scores[index]]
        assert (box_iou(boxes[index], boxes[rivals]) > max_overlap).any()


@pytest.mark.parametrize(
    ("box", "touches"),
    [
        ((40, 40, 60, 60), False),
        ((40, 40, 100, 60), True),  # the right edge of the crop
        ((40, 40, 96, 60), True),  # within the margin of it
        ((40, 40, 94, 60), False),
        ((0, 40, 60, 60), False),  # the left edge is the image's own
        ((40, 0, 60, 60), False),
        ((40, 40, 60, 100), True),
        ((0, 0, 100, 100), True),
    ],
)
def test_only_edges_inside_the_image_cut_masks_off(box: Any, touches: bool) -> None:
    assert touches_inner_edge(box, (0, 0, 100, 100), (200, 200), margin=5) is touches


def test_the_whole_image_cuts_nothing_off() -> None:
    assert not touches_inner_edge((0, 0, 30, 20), (0, 0, 30, 20), (20, 30))


def test_the_upper_left_edges_of_an_inner_crop_cut_off_too() -> None:
    crop, size = (50, 50, 150, 150), (200, 200)
    assert touches_inner_edge((50, 90, 100, 100), crop, size, margin=5)
    assert touches_inner_edge((90, 52, 100, 100), crop, size, margin=5)
    assert not touches_inner_edge((90, 90, 110, 110), crop, size, margin=5)


def test_small_holes_are_filled_and_small_islands_removed() -> None:
    mask = drawn(
        "######..",
        "#.####..",
        "####..#.",
        "####..#.",
        "######.#",
        "########",
    )
    mask = np.pad(mask, ((0, 4), (0, 4)))
    mask[8, 10] = True
    expected = mask.copy()
    expected[1, 1] = True  # a hole of 1
    expected[8, 10] = False  # an island of 1
    assert np.array_equal(clean(mask, 2), expected)


def test_regions_of_the_least_area_stay() -> None:
    mask = drawn("#####.#", "#...#..", "#####..", ".......", ".......")
    assert np.array_equal(clean(mask, 1), mask)
    filled = drawn("#####..", "#####..", "#####..", ".......", ".......")
    assert np.array_equal(clean(mask, 4), filled)
    assert np.array_equal(clean(mask, 3), filled & mask)


def test_pixels_that_touch_by_a_corner_belong_together() -> None:
    mask = drawn("#....", ".#...", "..#..", ".....", ".....")
    assert np.array_equal(clean(mask, 3), mask)


def test_if_all_islands_are_small_the_largest_stays() -> None:
    mask = np.zeros((30, 30), np.bool_)
    mask[2, 2] = mask[10, 10:13] = True
    expected = np.zeros_like(mask)
    expected[10, 10:13] = True
    assert np.array_equal(clean(mask, 20), expected)


def areas_of_regions(mask: Mask) -> list[int]:
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    return np.bincount(labels.ravel())[1:].tolist()


@given(st.integers(0, 2**25 - 1), st.integers(1, 12))
def test_cleaning_leaves_no_small_region_but_a_lone_one(bits: int, min_region: int) -> None:
    mask = np.zeros((9, 9), np.bool_)
    mask[2:7, 2:7] = np.array([bits >> place & 1 for place in range(25)]).reshape(5, 5)
    mask[4, 4] = True
    cleaned = clean(mask, min_region)
    islands = areas_of_regions(cleaned)
    assert len(islands) == 1 or min(islands) >= min_region
    assert min(areas_of_regions(~cleaned)) >= min_region
    assert np.array_equal(clean(cleaned, min_region), cleaned)
