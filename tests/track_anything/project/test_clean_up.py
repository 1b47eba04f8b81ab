"""Masks are cleaned where they are shown or handed out; what is stored and tracked stays as it was."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from track_anything.errors import InputError
from track_anything.project import Description, Project
from track_anything.project.clean_up import (
    CleanUp,
    grown,
    smoothed,
    softened,
    without_holes,
    without_islands,
    without_specks,
)
from track_anything.project.edits import GiveMask, Propagate, SetCleanUp
from track_anything.testing import MovingShapes
from track_anything.types import Mask

SIZE = (40, 50)
CLIP = MovingShapes(frame_count=3, height=SIZE[0], width=SIZE[1])

masks = arrays.arrays(np.bool_, (12, 15))


def block(top: int, left: int, bottom: int, right: int) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


BODY = block(10, 10, 30, 30)  # 400 pixels
HOLE = block(15, 15, 17, 18)  # 6 pixels inside of it
DOT = block(2, 2, 4, 4)  # 4 pixels apart from it
TORN = BODY & ~HOLE | DOT


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project", Description(Path("clip.mp4"), "print", CLIP.info))


def test_holes_and_islands_go_up_to_their_area_and_no_further() -> None:
    np.testing.assert_array_equal(without_holes(TORN, 5), TORN)
    np.testing.assert_array_equal(without_holes(TORN, 6), BODY | DOT)
    np.testing.assert_array_equal(without_islands(TORN, 3), TORN)
    np.testing.assert_array_equal(without_islands(TORN, 4), TORN & ~DOT)
    np.testing.assert_array_equal(without_islands(TORN, 10_000), TORN & ~DOT)  # the largest piece stays


def test_an_outline_grows_and_shrinks_by_pixels_but_not_at_the_border_of_the_frame() -> None:
    assert grown(BODY, 2)[8, 20]
    assert not grown(BODY, 2)[7, 20]
    np.testing.assert_array_equal(grown(block(0, 0, 20, 50), -3), block(0, 0, 17, 50))
    assert not grown(DOT, -3).any()


def test_smoothing_takes_a_spike_and_fills_a_notch() -> None:
    ragged = (BODY | block(20, 30, 21, 36)) & ~block(10, 20, 16, 21)
    smooth = smoothed(ragged, 3)
    assert not smooth[20, 33]
    assert smooth[14, 20]
    assert np.count_nonzero(smooth ^ BODY) < 40


def test_specks_go_unless_somebody_clicked_them() -> None:
    large = np.zeros((200, 200), np.bool_)
    large[20:180, 20:180] = True
    speck, pinhole = np.zeros_like(large), np.zeros_like(large)
    speck[5, 5:8] = pinhole[100, 100:103] = True
    torn = large & ~pinhole | speck
    np.testing.assert_array_equal(without_specks(torn), large)
    np.testing.assert_array_equal(without_specks(torn, clicked=speck | pinhole), torn)


@given(masks)
def test_a_clean_up_of_nothing_leaves_every_mask_as_it_is(mask: Mask) -> None:
    np.testing.assert_array_equal(CleanUp().apply(mask), mask)


@given(masks, masks, st.integers(0, 20), st.integers(0, 20), st.floats(0, 3), st.floats(-2, 2))
def test_a_clean_up_never_makes_an_object_of_nothing_nor_takes_from_another(
    mask: Mask, others: Mask, holes: int, islands: int, smooth: float, grow: float
) -> None:
    cleaned = CleanUp(holes, islands, smooth, grow).apply(mask, others)
    assert not (cleaned & others & ~mask).any()
    assert mask.any() or not cleaned.any()


@given(masks, st.integers(0, 20), st.floats(-2, 2))
def test_probabilities_follow_the_cleaned_mask(mask: Mask, holes: int, grow: float) -> None:
    after = CleanUp(holes=holes, grow=grow).apply(mask)
    soft = softened(mask.astype(np.float32), mask, after)
    np.testing.assert_array_equal(soft > 0.5, after)


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        ({"holes": -1}, "holes of -1 pixels"),
        ({"islands": 10**9}, "islands of 1000000000 pixels"),
        ({"smooth": -0.5}, "smoothing by -0.5 pixels"),
        ({"grow": 101.0}, "growing by 101.0 pixels"),
        ({"grow": float("nan")}, "growing by nan pixels"),
    ],
)
def test_values_out_of_range_are_refused(project: Project, values: dict[str, float], cause: str) -> None:
    project.add_object()
    with pytest.raises(InputError, match=cause):
        project.edit(SetCleanUp(1, **values))  # type: ignore[arg-type]
    assert not project.state.clean_ups


def test_what_is_shown_is_cleaned_and_what_is_stored_is_not(project: Project) -> None:
    project.add_object()
    project.give_mask(GiveMask(0, 1), TORN)
    project.edit(SetCleanUp(1, holes=10, islands=10))
    np.testing.assert_array_equal(project.mask(0, 1), BODY)
    np.testing.assert_array_equal(project.label_map(0), BODY)
    np.testing.assert_array_equal(project.stored_mask(0, 1), TORN)
    np.testing.assert_array_equal(project.known[0][1], TORN)
    np.testing.assert_array_equal(project.label_map_before(0), TORN)
    assert project.probability(0, 1)[16, 16] == 1
    project.undo()
    np.testing.assert_array_equal(project.mask(0, 1), TORN)
    project.redo()
    project.close()
    with Project(project.folder) as reopened:
        np.testing.assert_array_equal(reopened.mask(0, 1), BODY)


def test_an_object_that_grows_keeps_out_of_the_others(project: Project) -> None:
    project.add_object()
    project.add_object()
    project.give_mask(GiveMask(0, 2), block(10, 30, 30, 40))
    project.give_mask(GiveMask(0, 1), BODY)
    project.edit(SetCleanUp(1, grow=4))
    assert (project.label_map(0)[10:30, 30:40] == 2).all()
    assert not project.mask(0, 1)[10:30, 30:40].any()
    assert project.mask(0, 1)[20, 6]


def test_tracked_masks_are_cleaned_with_the_soft_edge_following(project: Project) -> None:
    project.add_object()
    number = project.begin_pass(Propagate(1, 2, 1, (1,)))
    project.write_pass(number, 1, TORN.astype(np.uint8), {}, {1: TORN.astype(np.float32) * 0.9})
    project.edit(SetCleanUp(1, holes=10, islands=10, grow=1))
    mask, soft = project.mask(1, 1), project.probability(1, 1)
    np.testing.assert_array_equal(soft > 0.5, mask)
    assert mask[9, 20]
    assert not mask[2, 2]


@settings(max_examples=20)
@given(masks)
def test_label_map_and_masks_of_single_objects_agree(mask: Mask) -> None:
    clean_up = CleanUp(holes=4, islands=4, smooth=1)
    once = clean_up.apply(mask)
    np.testing.assert_array_equal(clean_up.apply(mask, np.zeros_like(mask)), once)
