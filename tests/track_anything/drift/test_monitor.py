"""What the monitor says of masks that hold, drift and go over to something else."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from track_anything.drift.confidence import load_calibration
from track_anything.drift.look import Contest, Scene, look_at_mask, look_at_propagated, pack, unpack
from track_anything.drift.monitor import DriftMonitor, DriftPolicy, Presence
from track_anything.drift.signals import SIGNAL_NAMES, compare
from track_anything.types import Image, Mask
from tracker.propagator import Propagated

SIZE = (120, 160)


def disc(x: int, y: int = 60, radius: int = 25) -> Mask:
    mask = np.zeros(SIZE, np.uint8)
    cv2.circle(mask, (x, y), radius, 1, -1)
    return mask.astype(np.bool_)


def picture(mask: Mask, colour: tuple[int, int, int] = (220, 60, 50)) -> Image:
    rows, columns = np.ogrid[: SIZE[0], : SIZE[1]]
    grey = (110 + (rows // 8 + columns // 8) % 2 * 16).astype(np.uint8)
    image = np.repeat(grey[:, :, None], 3, axis=2)
    image[mask] = colour
    return image


def found(mask: Mask, certainty: float = 0.98) -> Propagated:
    """An answer with a soft edge, as a network gives it."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0) * certainty + 0.005
    label_map = (soft > 0.5).astype(np.uint8)
    probabilities = np.stack([1 - soft, soft])
    return Propagated(label_map, probabilities, (1,), {1: certainty}, np.full(SIZE, 0.3, np.float32))


@pytest.fixture
def monitor() -> DriftMonitor:
    """Has seen a red disc on the left, and then on three more frames."""
    monitor = DriftMonitor()
    monitor.vouch(picture(disc(40)), {1: disc(40)})
    for x in (42, 44, 46):
        assert monitor.check(picture(disc(x)), found(disc(x)))[1].presence is Presence.PRESENT
    return monitor


def test_the_two_highest_channels_of_each_pixel_contend() -> None:
    maps = np.random.default_rng(0).random((5, 100, 7), np.float32)
    propagated = Propagated(
        np.zeros((100, 7), np.uint8), maps, (1, 2, 3, 4), {}, np.ones((100, 7), np.float32)
    )
    contest = Contest.of(propagated)
    by_height = np.sort(maps, axis=0)
    assert np.array_equal(contest.best, by_height[-1])
    assert np.array_equal(contest.second, by_height[-2])


@pytest.mark.parametrize("middle", [(60, 60), (2, 60), (158, 118), (-100, -100)])
def test_a_look_counts_what_is_near_and_what_is_far_of_the_mask(middle: tuple[int, int]) -> None:
    mask = disc(*middle, radius=14)
    seen = found(mask)
    seen.probabilities[1, 5:8, 150:153] = 0.4  # a little that is far away and not of the mask
    look = look_at_propagated(Scene.of(picture(mask)), Contest.of(seen), 1)

    own = seen.probabilities[1]
    rows, columns = np.nonzero(own > seen.probabilities[0])
    pixels, diagonal = len(rows), np.hypot(*SIZE)
    assert np.array_equal(look.mask, own > seen.probabilities[0])
    assert look.area == pixels / own.size
    assert look.is_empty == (middle == (-100, -100))
    if pixels:
        assert look.centroid == pytest.approx((columns.mean() / diagonal, rows.mean() / diagonal))
        inside = own[look.mask].sum()
        assert look.expected_iou == pytest.approx(inside / (pixels + own[~look.mask].sum()), rel=1e-5)
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    solid = look.mask.astype(np.uint8)
    band = cv2.dilate(solid, around) > cv2.erode(solid, around)
    assert look.thinness == pytest.approx(np.count_nonzero(band) / max(pixels, 1))
    assert look.touches_border == (middle in [(2, 60), (158, 118)])


def test_a_steady_mask_is_trusted(monitor: DriftMonitor) -> None:
    assessment = monitor.check(picture(disc(48)), found(disc(48)))[1]
    assert assessment.confidence > 0.9
    assert (assessment.drifted_for, assessment.reason, assessment.is_withheld) == (0, "", False)


def test_a_mask_that_went_to_something_else_is_not(monitor: DriftMonitor) -> None:
    elsewhere = disc(115, radius=12)
    for frame in (1, 2, 3):
        assessment = monitor.check(picture(disc(48) | elsewhere), found(elsewhere, 0.62))[1]
        assert assessment.confidence < 0.5
        assert assessment.drifted_for == frame
        assert assessment.reason in SIGNAL_NAMES
    assert monitor.check(picture(disc(48)), found(disc(48)))[1].drifted_for == 0


def test_a_very_doubtful_mask_of_other_colours_is_of_something_else(monitor: DriftMonitor) -> None:
    elsewhere = disc(115, radius=12)
    image = picture(disc(48))
    image[elsewhere] = (40, 90, 240)
    assessment = monitor.check(image, found(elsewhere, 0.62))[1]
    assert (assessment.presence, assessment.is_withheld) == (Presence.ABSENT, True)


def test_an_object_that_left_is_absent_and_not_drifted(monitor: DriftMonitor) -> None:
    nothing = np.zeros(SIZE, np.bool_)
    assessment = monitor.check(picture(nothing), found(nothing))[1]
    assert assessment.presence is Presence.ABSENT
    assert (assessment.drifted_for, assessment.is_withheld) == (0, False)
    assert assessment.confidence > 0.9


def test_a_remnant_counts_as_gone_and_is_withheld(monitor: DriftMonitor) -> None:
    speck = disc(20, radius=1)
    assessment = monitor.check(picture(speck), found(speck, 1.4))[1]
    assert assessment.presence is Presence.ABSENT
    assert assessment.is_withheld


def test_what_looks_like_an_object_that_left_by_the_border_is_not_it() -> None:
    monitor, parked = DriftMonitor(), disc(115, radius=12)
    monitor.vouch(picture(disc(40) | parked), {1: disc(40)})
    for x in (34, 26, 16, 4, -6):  # it goes out on the left
        assert monitor.check(picture(disc(x) | parked), found(disc(x)))[1].presence is Presence.PRESENT
    for _ in range(2):
        stolen = monitor.check(picture(parked), found(parked, 0.62))[1]
        assert (stolen.presence, stolen.is_withheld) == (Presence.ABSENT, True)
    back = monitor.check(picture(disc(20) | parked), found(disc(20)))[1]
    assert back.presence is Presence.PRESENT


def test_an_object_that_stays_at_the_border_has_not_left() -> None:
    monitor, elsewhere = DriftMonitor(), disc(115, radius=12)
    monitor.vouch(picture(disc(10) | elsewhere), {1: disc(10)})
    for x in (10, 11, 10):
        monitor.check(picture(disc(x) | elsewhere), found(disc(x)))
    drifted = monitor.check(picture(disc(10) | elsewhere), found(elsewhere, 0.62))[1]
    assert (drifted.presence, drifted.drifted_for) == (Presence.PRESENT, 1)


def test_its_return_is_noticed_and_that_of_something_else_is_not(monitor: DriftMonitor) -> None:
    nothing = np.zeros(SIZE, np.bool_)
    monitor.check(picture(nothing), found(nothing))
    blue = monitor.check(picture(disc(100), (40, 90, 240)), found(disc(100)))[1]
    assert (blue.presence, blue.is_withheld) == (Presence.ABSENT, True)
    red = monitor.check(picture(disc(100)), found(disc(100)))[1]
    assert red.presence is Presence.PRESENT
    assert red.confidence > 0.6


def test_over_a_cut_a_mask_is_carried_only_with_evidence(monitor: DriftMonitor) -> None:
    copy = DriftMonitor()
    copy.vouch(picture(disc(40)), {1: disc(40)})
    other = monitor.check(picture(disc(48), (40, 90, 240)), found(disc(48)), is_cut=True)[1]
    assert (other.presence, other.is_withheld) == (Presence.ABSENT, True)
    same = copy.check(picture(disc(120, 40)), found(disc(120, 40)), is_cut=True)[1]
    assert same.presence is Presence.PRESENT


def test_known_objects_are_not_assessed_and_a_known_absence_is_taken_in(monitor: DriftMonitor) -> None:
    nothing = np.zeros(SIZE, np.bool_)
    assert monitor.check(picture(disc(48)), found(disc(48)), skip=(1,)) == {}
    monitor.vouch(picture(nothing), {1: nothing})
    blue = monitor.check(picture(disc(50), (40, 90, 240)), found(disc(50)))[1]
    assert blue.presence is Presence.ABSENT


def test_what_it_remembers_can_be_saved(monitor: DriftMonitor, tmp_path: Path) -> None:
    monitor.save(tmp_path / "monitor")
    other = DriftMonitor()
    other.load(tmp_path / "monitor")
    image, answer = picture(disc(60)), found(disc(60), 0.8)
    assert monitor.check(image, answer) == other.check(image, answer)
    DriftMonitor().save(tmp_path / "empty")
    other.load(tmp_path / "empty")
    assert other.check(image, answer)[1].presence is Presence.PRESENT


def test_the_policy_is_replaceable() -> None:
    strict = DriftMonitor(DriftPolicy(drifted_below=1.1))
    strict.vouch(picture(disc(40)), {1: disc(40)})
    assert strict.check(picture(disc(42)), found(disc(42)))[1].drifted_for == 1


# Looks and signals


@pytest.mark.parametrize("scale", [2, 6])
def test_a_look_is_the_same_at_every_resolution(scale: int) -> None:
    mask = disc(60)
    large = cv2.resize(mask.astype(np.uint8), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST) > 0
    image = np.kron(picture(mask), np.ones((scale, scale, 1), np.uint8)).astype(np.uint8)
    small_look = look_at_mask(Scene.of(picture(mask)), mask)
    large_look = look_at_mask(Scene.of(image), large)
    assert large_look.area == pytest.approx(small_look.area, rel=0.02)
    assert large_look.centroid == pytest.approx(small_look.centroid, abs=0.01)
    assert np.minimum(large_look.colours, small_look.colours).sum() > 0.95


def test_a_look_says_what_is_there() -> None:
    mask = disc(20) | disc(120, radius=8)
    look = look_at_propagated(Scene.of(picture(mask)), Contest.of(found(mask)), 1)
    assert look.area == pytest.approx(mask.mean(), rel=0.05)
    assert look.fragments == pytest.approx(disc(120, radius=8).sum() / mask.sum(), abs=0.03)
    assert 0.8 < look.expected_iou < 1
    assert look.familiarity == pytest.approx(0.3)
    assert look.colours.sum() == pytest.approx(1)
    nothing = look_at_propagated(Scene.of(picture(mask)), Contest.of(found(mask & False)), 1)
    assert nothing.is_empty
    assert look_at_mask(Scene.of(picture(mask)), np.ones(SIZE, np.bool_)).thinness == 0


def test_looks_survive_packing() -> None:
    looks = [look_at_mask(Scene.of(picture(disc(x))), disc(x)) for x in (30, 60)]
    for one, other in zip(looks, unpack(pack(looks)), strict=True):
        for own in dataclasses.fields(one):
            np.testing.assert_array_equal(getattr(one, own.name), getattr(other, own.name))
    assert unpack(pack([])) == []


def test_signals_grow_with_what_they_are_named_after() -> None:
    scene, here = Scene.of(picture(disc(60))), look_at_mask(Scene.of(picture(disc(60))), disc(60))
    calm = compare(here, [here], [here])
    assert (calm.area_jump, calm.motion, calm.shape_change, calm.colour_jump, calm.fragments) == (0,) * 5
    larger = compare(look_at_mask(scene, disc(60, radius=50)), [here], [here])
    assert larger.area_jump == pytest.approx(2 * np.log(2), abs=0.1)
    moved = compare(look_at_mask(scene, disc(110)), [here], [here])
    assert moved.motion == pytest.approx(50 / 200 / np.sqrt(disc(110).mean()), abs=0.02)
    assert moved.shape_change > 0.9
    assert moved.colour_jump > 0.9
    assert compare(here, [], []).colour_drift == 0


def test_confidence_falls_with_doubt() -> None:
    seen = load_calibration().seen
    assert seen.names == SIGNAL_NAMES
    assert seen(seen.mean) > 0.5
    doubtful = seen.mean.copy()
    doubtful[SIGNAL_NAMES.index("doubt")] += 3 * seen.scale[SIGNAL_NAMES.index("doubt")]
    assert seen(doubtful) < seen(seen.mean)
    assert seen.main_objection(doubtful) == "doubt"
    assert type(seen).from_json(seen.to_json())(doubtful) == pytest.approx(seen(doubtful), abs=1e-3)


@pytest.mark.parametrize("objects", [1, 2, 5])
def test_the_rival_of_an_object_is_the_best_of_all_others(objects: int) -> None:
    generator = np.random.default_rng(objects)
    probabilities = generator.integers(0, 5, (objects + 1, 20, 30)).astype(np.float32)  # with many ties
    probabilities /= 4
    propagated = Propagated(
        np.zeros((20, 30), np.uint8), probabilities, tuple(range(1, objects + 1)), {}, probabilities[0]
    )
    contest = Contest.of(propagated)
    for object_id in propagated.object_ids:
        own, rival = contest.own_and_rival(object_id)
        np.testing.assert_array_equal(own, probabilities[object_id])
        np.testing.assert_array_equal(rival, np.delete(probabilities, object_id, axis=0).max(axis=0))
