"""Cuts, fades and dissolves are found where they were drawn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from track_anything.video.shots import ShotDetector, find_cuts

HEIGHT, WIDTH = 72, 128
DARK, LIGHT = (60, 30, 20), (150, 190, 210)


def _texture(colour, seed, width=WIDTH):
    """A (H, width, 3) float picture of blocks around a colour."""
    blocks = np.random.default_rng(seed).uniform(-60, 60, (HEIGHT // 8, width // 8, 1))
    return np.clip(np.kron(blocks, np.ones((8, 8, 1))) + colour, 0, 255)


def _shot(colour, count, seed=0, speed=1):
    """A camera that pans over a texture by some pixels a frame."""
    picture = _texture(colour, seed, WIDTH + 8 * (count * speed // 8 + 1))
    return [picture[:, i * speed : i * speed + WIDTH].astype(np.uint8) for i in range(count)]


def _mixed(first, second, share):
    return np.rint((1 - share) * first + share * second).astype(np.uint8)


def _dissolve(first, second, length):
    """Both shots play on in a transition of ``length`` frames."""
    pairs = zip(first[-length:], second[:length], strict=True)
    blends = [_mixed(ours, theirs, (i + 1) / (length + 1)) for i, (ours, theirs) in enumerate(pairs)]
    return first[:-length] + blends + second[length:]


def _faded(shot, length, colour=0):
    """The shot with its last frames fading out; the last of all is blank."""
    blank = np.full_like(shot[0], colour)
    return shot[:-length] + [_mixed(shot[i - length], blank, (i + 1) / length) for i in range(length)]


@pytest.mark.parametrize("index", [1, 2, 5, 20, 38, 39])
def test_a_hard_cut_is_the_first_frame_of_the_new_shot(index):
    assert find_cuts(_shot(DARK, index) + _shot(LIGHT, 40 - index, seed=1)) == (index,)


@settings(max_examples=25, deadline=None)
@given(
    index=st.integers(1, 29),
    colours=st.permutations([(70, 60, 190), (180, 70, 60), (60, 170, 80)]),
    seed=st.integers(0, 1000),
    speed=st.integers(0, 6),
)
def test_two_clips_of_different_colours_are_cut_exactly_where_they_were_spliced(index, colours, seed, speed):
    first, second = _shot(colours[0], index, seed, speed), _shot(colours[1], 30 - index, seed + 1, speed)
    assert find_cuts(first + second) == (index,)


@pytest.mark.parametrize("length", [5, 6])
def test_shots_as_short_as_5_frames_are_kept_apart(length):
    clip = _shot(DARK, 20) + _shot((60, 170, 80), length, seed=1) + _shot(LIGHT, 20, seed=2)
    assert find_cuts(clip) == (20, 20 + length)


def test_a_shot_that_comes_back_after_5_frames_was_cut_away_from():
    shot = _shot(DARK, 40, speed=0)
    assert find_cuts(shot[:20] + _shot(LIGHT, 5, seed=1) + shot[25:]) == (20, 25)


@pytest.mark.parametrize("length", [6, 8, 15, 24, 30])
def test_a_dissolve_is_one_cut_in_its_middle(length):
    clip = _dissolve(_shot(DARK, 30 + length), _shot(LIGHT, 30 + length, seed=1), length)
    (cut,) = find_cuts(clip)
    assert abs(cut - (30 + (length - 1) / 2)) <= 2


@pytest.mark.parametrize("colour", [0, 255])
@pytest.mark.parametrize(("length", "held"), [(3, 0), (4, 1), (12, 0), (15, 50)])
def test_a_fade_through_black_or_white_is_one_cut_in_its_middle(colour, length, held):
    out = _faded(_shot(DARK, 30), length, colour)
    back = _faded(_shot(LIGHT, 30, seed=1)[::-1], length, colour)[::-1]
    (cut,) = find_cuts(out + [out[-1]] * held + back)
    assert abs(cut - (30 + held / 2)) <= 1


def test_a_fade_that_does_not_quite_reach_black_is_one_cut():
    out, back = _faded(_shot(LIGHT, 30), 7)[:-1], _faded(_shot(LIGHT, 30, seed=1)[::-1], 7)[-2::-1]
    (cut,) = find_cuts(out + back)
    assert abs(cut - 29) <= 1


def test_a_dip_to_black_within_a_few_frames_is_none():
    clip = _shot(LIGHT, 30)
    for index, share in ((14, 0.48), (15, 0.9), (16, 0.48)):
        clip[index] = _mixed(clip[index], clip[index] * 0, share)
    assert find_cuts(clip) == ()


def test_a_fade_out_that_a_new_shot_ends_at_once_is_cut_at_the_new_shot():
    assert find_cuts(_faded(_shot(DARK, 30), 10) + _shot(LIGHT, 20, seed=1)) == (30,)


@pytest.mark.parametrize("held", [0, 20])
def test_a_fade_at_the_beginning_or_the_end_of_a_clip_is_none(held):
    clip = _faded(_shot(LIGHT, 40), 12)
    clip += [clip[-1]] * held
    assert find_cuts(clip) == ()
    assert find_cuts(clip[::-1]) == ()


@pytest.mark.parametrize("length", [1, 3])
@pytest.mark.parametrize("level", [0, 255])
def test_a_flash_is_none(length, level):
    clip = _shot(LIGHT, 30)
    for index in range(15, 15 + length):
        clip[index] = np.full_like(clip[index], level)
    assert find_cuts(clip) == ()


@pytest.mark.parametrize("index", [19, 20])
def test_a_flash_beside_a_cut_leaves_one_cut(index):
    clip = _shot(DARK, 20) + _shot(LIGHT, 20, seed=1)
    clip[index] = np.full_like(clip[index], 255)
    (cut,) = find_cuts(clip)
    assert abs(cut - 20) <= 1


def test_a_gap_of_two_black_frames_is_one_cut():
    clip = _shot(LIGHT, 20) + _shot((190, 150, 110), 20, seed=1)
    clip[20] = clip[21] = np.zeros_like(clip[0])  # much farther from both than they are from each other
    (cut,) = find_cuts(clip)
    assert cut in {20, 22}


def test_a_cut_between_shots_of_similar_colours_is_found():
    assert find_cuts(_shot(DARK, 20) + _shot((85, 50, 30), 20, seed=1)) == (20,)


def test_a_cut_through_one_blended_frame_is_one_cut():
    first, second = _shot(DARK, 20), _shot(LIGHT, 20, seed=1)
    (cut,) = find_cuts([*first, _mixed(first[-1], second[0], 0.5), *second])
    assert cut in {20, 21}


@pytest.mark.parametrize("speed", [0, 2, 16])
def test_a_pan_is_none(speed):
    assert find_cuts(_shot(LIGHT, 40, speed=speed)) == ()


def test_a_blurred_pan_to_another_place_is_none():
    places = np.hstack([_texture(colour, seed) for seed, colour in enumerate((DARK, (60, 170, 80), LIGHT))])
    lefts = [0] * 15 + list(range(0, 2 * WIDTH, 4)) + [2 * WIDTH] * 15
    views = [(places[:, left : left + WIDTH], places[:, left + 2 : left + 2 + WIDTH]) for left in lefts[:-15]]
    views += [(places[:, 2 * WIDTH :],) * 2] * 15
    clip = [np.mean([*first, second[0]], axis=0).astype(np.uint8) for first, second in pairwise(views)]
    assert find_cuts(clip) == ()


def test_a_blank_wall_that_the_camera_pans_across_is_none():
    wall = np.full((HEIGHT, 200, 3), 128.0)
    places = np.hstack([_texture(LIGHT, 0), wall, _texture(LIGHT, 1)])
    clip = [places[:, left : left + WIDTH].astype(np.uint8) for left in range(0, 329, 8)]
    assert find_cuts(clip) == ()


def test_faint_noise_that_comes_and_goes_is_none():
    noise = np.random.default_rng(0).uniform(0, 20, (40, HEIGHT // 8, WIDTH // 8, 1))
    strengths = np.abs(np.cos(np.arange(40) * np.pi / 20))[:, None, None, None]
    clip = np.kron(noise * strengths, np.ones((1, 8, 8, 3))).astype(np.uint8) // 2
    assert find_cuts(clip) == ()


def test_a_large_thing_that_moves_fast_is_none():
    clip = _shot(DARK, 40)
    for index in range(10, 30):
        left = (index - 10) * 10 - 40
        clip[index][16:56, max(0, left) : left + 48] = (230, 40, 200)
    assert find_cuts(clip) == ()


def test_a_caption_that_pops_up_is_none():
    clip = _shot(DARK, 40)
    for frame in clip[20:]:
        frame[52:68, 8:120] = (240, 240, 60)
    assert find_cuts(clip) == ()


def test_light_that_dims_gradually_is_none():
    clip = [_mixed(frame, frame * 0, min(1, i / 20) * 0.6) for i, frame in enumerate(_shot(LIGHT, 40))]
    assert find_cuts(clip) == ()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_clip_has_none(level):
    assert find_cuts([np.full((HEIGHT, WIDTH, 3), level, np.uint8)] * 40) == ()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_clip_too_short_to_change_has_none(count):
    assert find_cuts(_shot(DARK, count, speed=2)) == ()


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (720, 1280), (640, 360)])
def test_frames_may_have_any_size(size):
    dark, light = (np.full((*size, 3), colour, np.uint8) for colour in (DARK, LIGHT))
    assert find_cuts([dark] * 8 + [light] * 8) == (8,)


def test_frames_that_are_added_give_what_the_whole_clip_gives():
    clip = _dissolve(_shot(DARK, 40), _shot(LIGHT, 40, seed=1), 12) + _shot((60, 170, 80), 20, seed=2)
    detector = ShotDetector()
    for index, frame in enumerate(clip):
        assert detector.count == index
        detector.add(frame)
        if index in {10, 34, 45, 69}:
            assert detector.cuts() == find_cuts(clip[: index + 1])
    assert detector.cuts() == find_cuts(clip)
    assert detector.cuts()[1:] == (68,)


def test_the_frames_themselves_are_not_kept():
    detector = ShotDetector()
    for frame in _shot(DARK, 80, speed=0):
        detector.add(frame)
    assert len(detector._window) == 35
    kept = [array for signature in detector._window for array in vars(signature).values()]
    assert max(array.nbytes for array in kept if isinstance(array, np.ndarray)) < HEIGHT * WIDTH * 3
    assert all(array.base is None or array.base.nbytes < 30_000 for array in kept if hasattr(array, "base"))
