"""The whole inpainter on drawn clips whose background is known."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tests.track_anything.inpaint.drawn import (
    SIZE,
    Clip,
    canvas,
    disc,
    hidden,
    panned,
    psnr,
    rounded,
    view,
)
from track_anything.errors import InputError
from track_anything.inpaint import FlowInpainter, HoleShape, Inpainter
from track_anything.inpaint.window import WindowFrame
from track_anything.types import Image, Mask

EXACT = HoleShape(dilation=0, feather=0)
NOTHING, EVERYTHING = np.zeros(SIZE, np.bool_), np.ones(SIZE, np.bool_)


def inpainter(shape: HoleShape = EXACT, **options: Any) -> FlowInpainter:
    """Smooth where nothing was seen: what is made up there is not what is tested."""
    return FlowInpainter(shape, **{"still": "diffusion", **options})


def restored(clip: Clip, **options: Any) -> list[Image]:
    return list(inpainter(**options).inpaint(clip))


def quality(filled: Sequence[Image], clip: Clip) -> float:
    """Decibels inside of the holes of a clip."""
    return psnr(np.stack(filled), np.stack(clip.truth), np.stack(clip.masks))


@st.composite
def clips(draw: st.DrawFn) -> list[tuple[Image, Mask]]:
    """Up to six frames of noise, with boxes and discs of any size and place, or nothing, as masks."""
    height, width = draw(st.tuples(st.integers(1, 40), st.integers(1, 48)))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    clip = []
    for _ in range(draw(st.integers(0, 6))):
        image = generator.integers(0, 256, (height, width, 3)).astype(np.uint8)
        x, y = draw(st.integers(-3, width + 3)), draw(st.integers(-3, height + 3))
        radius = draw(st.integers(0, 20))
        kind = draw(st.sampled_from(["disc", "box", "nothing"]))
        if kind == "disc":
            mask = disc(x, y, radius, (height, width))
        else:
            mask = np.zeros((height, width), np.bool_)
            if kind == "box":
                mask[max(y, 0) : max(y + radius, 0), max(x, 0) : max(x + 7, 0)] = True
        clip.append((image, mask))
    return clip


@settings(max_examples=60)
@given(
    clips(),
    st.builds(HoleShape, dilation=st.integers(0, 4), feather=st.integers(0, 3)),
    st.sampled_from([{}, {"core": 2, "ahead": 1}, {"core": 1, "ahead": 0}, {"longest_side": 20}]),
    st.sampled_from(["diffusion", "telea", "exemplar"]),
)
def test_outside_of_the_hole_every_frame_is_the_given_one_bit_for_bit(
    clip: list[tuple[Image, Mask]], shape: HoleShape, options: dict[str, int], still: str
) -> None:
    given_images = [image.copy() for image, _ in clip]
    ours = FlowInpainter(shape, still=still, **options)
    first = clip[: ours.core + ours.ahead]
    frames = [WindowFrame.of(0, image, shape.of(mask), ours.longest_side) for image, mask in first]
    if frames and all(frame.region.hole.all() for frame in frames):  # masks may happen to grow over all
        with pytest.raises(InputError, match="covers the whole"):
            next(ours.inpaint(clip))
        return
    filled = list(ours.inpaint(clip))
    assert len(filled) == len(clip)
    for image, before, (now, mask) in zip(filled, given_images, clip, strict=True):
        away = ndimage.distance_transform_edt(~mask) if mask.any() else np.full(mask.shape, np.inf)
        is_outside = away > shape.dilation + shape.feather
        assert image.shape == before.shape
        assert image.dtype == np.uint8
        np.testing.assert_array_equal(image[is_outside], before[is_outside])
        np.testing.assert_array_equal(now, before)  # nor is what is given changed


@pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 7, 12, 13])
def test_as_many_frames_come_out_as_go_in(count: int) -> None:
    clip = panned(count, (1, 0))
    filled = restored(clip, core=4, ahead=2)
    assert len(filled) == count
    for image, mask, seen in zip(filled, clip.masks, clip.images, strict=True):
        np.testing.assert_array_equal(image[~mask], seen[~mask])
        assert (image[mask] != seen[mask]).any(axis=1).mean() > 0.99


@pytest.mark.parametrize("still", ["exemplar", "diffusion", "telea"])
def test_a_single_frame_is_made_up_from_itself(still: str) -> None:
    clip = hidden([view(canvas(), 40, 40)], [disc(40, 30, 9)])
    (filled,) = restored(clip, still=still)
    inside, around = filled[clip.masks[0]], clip.truth[0][disc(40, 30, 14) & ~clip.masks[0]]
    assert np.abs(inside.mean(axis=0) - around.mean(axis=0)).max() < 15
    assert inside.min() >= around.min() - 5
    assert inside.max() <= around.max() + 5


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (13, 127, 200)])
@pytest.mark.parametrize("still", ["exemplar", "diffusion"])
def test_one_colour_is_restored_exactly(colour: tuple[int, int, int], still: str) -> None:
    truth = [np.full((*SIZE, 3), colour, np.uint8)] * 5
    clip = hidden(truth, [disc(20 + 6 * frame, 30, 9) for frame in range(5)])
    for shape in (EXACT, HoleShape(2, 3)):
        for image in restored(clip, shape=shape, still=still):
            np.testing.assert_array_equal(image, truth[0])


@pytest.mark.parametrize(
    "velocity", [(0, 0), (2, 0), (-1, 2), (0.5, 0), (1.3, -0.7), (3.25, 1.6)], ids=lambda each: f"{each}"
)
@pytest.mark.parametrize("shape", [EXACT, HoleShape(2, 2)], ids=["exact", "grown"])
def test_a_background_that_moves_evenly_is_restored(velocity: tuple[float, float], shape: HoleShape) -> None:
    clip = panned(10, velocity)
    assert quality(clip.images, clip) < 10
    assert quality(restored(clip, shape=shape), clip) > 40


def test_a_larger_source_is_restored_on_a_coarser_grid() -> None:
    clip = panned(8, (2, -1), lambda frame: disc(24 + 6 * frame, 30, 9))
    for longest_side in (48, 67):
        filled = restored(clip, longest_side=longest_side)
        assert quality(filled, clip) > 33
        for image, mask, seen in zip(filled, clip.masks, clip.images, strict=True):
            np.testing.assert_array_equal(image[~mask], seen[~mask])


@pytest.mark.parametrize(
    "place",
    [
        lambda frame: (0, 12 + 6 * frame),
        lambda frame: (95, 12 + 6 * frame),
        lambda frame: (10 + 8 * frame, 0),
        lambda frame: (10 + 8 * frame, 71),
    ],
    ids=["left", "right", "top", "bottom"],
)
def test_a_hole_at_the_border_of_the_picture_is_restored(place: Callable[[int], tuple[int, int]]) -> None:
    clip = panned(8, (0, 0), lambda frame: disc(*place(frame), 9))
    assert quality(restored(clip), clip) > 40


# ------------------------------------------------------------------ where little or nothing is ever seen


@pytest.mark.parametrize("covered", [{0}, {3}, {7}, {3, 4}])
def test_a_frame_that_is_covered_whole_is_filled_from_the_others(covered: set[int]) -> None:
    def mask(frame: int) -> Mask:
        return EVERYTHING if frame in covered else disc(20 + 7 * frame, 30, 9)

    still = panned(8, (0, 0), mask)
    assert quality(restored(still), still) > 40
    moving = panned(8, (1, 0), mask)
    filled = restored(moving)
    for frame in covered:  # nothing tells how it moved: it stands still like a neighbour
        off = [
            np.abs(filled[frame].astype(int) - moving.truth[other]).mean()
            for other in (frame - 1, frame + 1)
            if 0 <= other < 8 and other not in covered
        ]
        assert min(off) < 10


def test_a_frame_that_is_covered_whole_shows_what_was_made_up_for_the_others_too() -> None:
    clip = panned(5, (0, 0), lambda frame: EVERYTHING if frame == 2 else disc(40, 30, 9))
    filled = restored(clip)
    for image in filled:
        assert np.abs(image.astype(int) - filled[0]).max() <= 1
    assert np.abs(filled[2].astype(int) - clip.truth[2])[disc(40, 30, 9)].mean() < 40


@pytest.mark.parametrize("count", [1, 3, 9])
def test_a_clip_that_is_covered_whole_is_refused_and_nothing_handed_out(count: int) -> None:
    clip = panned(count, (0, 0), lambda frame: EVERYTHING)
    stream = inpainter(core=2, ahead=2).inpaint(clip)
    filled = []
    with pytest.raises(InputError, match=r"covers the whole of frames 0 to \d: .* choose a smaller mask"):
        filled.extend(stream)
    assert not filled


def test_what_is_never_seen_goes_on_smoothly_and_stands_still() -> None:
    slope = np.broadcast_to(np.arange(SIZE[1])[None, :, None] * 2, (*SIZE, 3)).astype(np.uint8)
    clip = hidden([slope] * 6, [disc(48, 36, 14)] * 6)
    filled = restored(clip, core=3, ahead=1)
    for image in filled:
        assert np.abs(image.astype(int) - slope).max() <= 4
        assert np.abs(image.astype(int) - filled[0]).max() <= 1


def test_an_empty_mask_everywhere_gives_back_the_same_frames() -> None:
    clip = hidden(panned(5, (2, 1)).truth, [NOTHING] * 5)
    for image, seen in zip(restored(clip, core=2, ahead=1), clip.images, strict=True):
        assert image is seen


def test_only_frames_with_a_mask_are_changed() -> None:
    clip = panned(6, (1, 0), lambda frame: disc(40, 30, 9) if frame in (1, 4) else NOTHING)
    filled = restored(clip, core=2, ahead=2)
    for frame in (0, 2, 3, 5):
        assert filled[frame] is clip.images[frame]
    assert quality(filled, clip) > 40


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("at", "image", "mask"),
    [(0, (9, 8, 3), (8, 8)), (0, (9, 8), (9, 8)), (0, (9, 8, 4), (9, 8)), (2, (8, 9, 3), (8, 9))],
)
def test_sizes_that_differ_are_refused(at: int, image: tuple[int, ...], mask: tuple[int, ...]) -> None:
    clip = [(np.zeros((9, 8, 3), np.uint8), np.zeros((9, 8), np.bool_))] * at
    clip.append((np.zeros(image, np.uint8), np.zeros(mask, np.bool_)))
    with pytest.raises(InputError, match=f"frame {at} has shape .* give all in one size"):
        list(inpainter().inpaint(clip))


@pytest.mark.parametrize("options", [{"core": 0}, {"ahead": -1}, {"longest_side": 0}])
def test_a_window_of_nothing_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(InputError, match="fills nothing: give at least 1 frame"):
        FlowInpainter(**options)


def test_a_way_that_there_is_not_is_refused_before_anything_is_read() -> None:
    with pytest.raises(InputError, match="unknown inpainting method 'magic'"):
        inpainter(still="magic").inpaint(iter([]))


# ------------------------------------------------------------------ from window to window


@pytest.mark.parametrize(
    ("velocity", "wobble", "radius"), [((0, 0), 5, 10), ((0, 0), 3, 14), ((2, -1), 3, 14)], ids=str
)
def test_no_seam_shows_between_windows(velocity: tuple[int, int], wobble: float, radius: float) -> None:
    """The change of the fill, along the background's motion, from the last frame of a window to the next."""
    clip = panned(20, velocity, lambda frame: disc(48 + wobble * np.sin(frame * np.pi / 4), 36, radius))
    assert np.logical_and.reduce(clip.masks).any()  # some of it is never seen by a camera that stands
    filled = restored(clip, core=6, ahead=6)
    right, down = velocity
    changes = []
    for frame in range(19):
        after = np.roll(filled[frame + 1], (down, right), axis=(0, 1)).astype(int)
        both = clip.masks[frame] & np.roll(clip.masks[frame + 1], (down, right), axis=(0, 1))
        changes.append(np.abs(after - filled[frame])[both].mean())
    borders = [5, 11, 17]
    assert max(changes[frame] for frame in borders) <= max(np.delete(changes, borders)) + 0.1
    assert max(changes) < 1


# ------------------------------------------------------------------ streams


class Recorder:
    """A clip that tells how far it was read, and which of its frames are still held by somebody."""

    def __init__(self, count: int, mask: Callable[[int], Mask]) -> None:
        self.read = 0
        self._count = count
        self._mask = mask
        self._images: list[weakref.ref[Image]] = []

    def __iter__(self) -> Iterator[tuple[Image, Mask]]:
        for frame in range(self._count):
            image = np.full((*SIZE, 3), frame, np.uint8)
            self._images.append(weakref.ref(image))
            self.read += 1
            yield image, self._mask(frame)
            del image

    @property
    def held(self) -> int:
        return sum(image() is not None for image in self._images)


@pytest.mark.parametrize("mask", [lambda frame: NOTHING, lambda frame: disc(10 + 2 * frame, 30, 6)])
def test_no_more_than_a_window_is_read_ahead_or_held(mask: Callable[[int], Mask]) -> None:
    clip = Recorder(30, mask)
    stream = inpainter(core=4, ahead=3).inpaint(clip)
    assert clip.read == 0  # nothing is read before a frame is asked for
    for frame in range(30):
        next(stream)
        assert frame < clip.read <= frame - frame % 4 + 7
        assert clip.held <= 4 + 3 + 1  # and the one that is carried
    assert next(stream, None) is None


def test_filled_frames_are_let_go_when_they_were_handed_out() -> None:
    stream = inpainter(core=4, ahead=3).inpaint(panned(16, (1, 0)))
    handed: list[weakref.ref[Image]] = []
    for image in stream:
        handed.append(weakref.ref(image))
        del image
        assert sum(each() is not None for each in handed) <= 2  # the newest, and the one that is carried


def test_an_error_of_the_clip_is_not_swallowed() -> None:
    def broken() -> Iterator[tuple[Image, Mask]]:
        yield from panned(3, (1, 0))
        raise InputError("frame 3 cannot be decoded: convert the video")

    with pytest.raises(InputError, match="cannot be decoded"):
        list(inpainter(core=2, ahead=2).inpaint(broken()))


def test_it_is_an_inpainter() -> None:
    ours: Inpainter = FlowInpainter()
    assert list(ours.inpaint([])) == []


# ------------------------------------------------------------------ light


def rim_errors(clip: Clip, filled: Sequence[Image], shape: HoleShape) -> list[float]:
    """Levels by which the mean colour along the rim, inside, is off what fits to the outside; by frame.

    Outside nothing differs from the truth, so that what is off the truth inside is a step at the rim.
    """
    errors = []
    for image, truth, mask in zip(filled, clip.truth, clip.masks, strict=True):
        hole = shape.of(mask) > 0
        inside = hole & ndimage.binary_dilation(~hole, iterations=3)
        outside = ~hole & ndimage.binary_dilation(hole, iterations=3)
        steps = [np.mean(each[inside], axis=0) - np.mean(each[outside], axis=0) for each in (image, truth)]
        errors.append(float(np.abs(steps[0] - steps[1]).max()))
    return errors


@pytest.mark.parametrize(
    ("velocity", "speed", "windows"),
    [
        ((0, 0), 1, {}),  # what is seen beside each other comes from frames far apart
        ((1, 0), 1, {}),
        ((0, 0), 3, {}),
        ((0, 0), 3, {"core": 6, "ahead": 6}),
        ((1, 0), 3, {"core": 6, "ahead": 6}),
    ],
    ids=str,
)
def test_light_that_drifts_leaves_no_step_at_the_rim(
    velocity: tuple[int, int], speed: int, windows: dict[str, int]
) -> None:
    clip = panned(20, velocity, lambda frame: disc(20 + speed * frame, 36, 9), lambda frame: frame - 10)
    shape = HoleShape(2, 0)
    errors = rim_errors(clip, restored(clip, shape=shape, **windows), shape)
    assert max(errors) < 2
    assert np.mean(errors) < 0.5


def test_a_flash_leaves_no_step_at_the_rim() -> None:
    clip = panned(8, (0, 0), lambda frame: disc(20 + 7 * frame, 36, 9), lambda frame: 60 * (frame == 3) - 40)
    shape = HoleShape(2, 0)
    assert max(rim_errors(clip, restored(clip, shape=shape), shape)) < 2


def test_dark_corners_through_which_the_camera_leads_leave_no_step_at_the_rim() -> None:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    bright = 1.1 - 0.5 * (((x - 48) / 60) ** 2 + ((y - 36) / 60) ** 2)
    truth = [rounded(view(canvas(), 40 + 3 * frame, 40) * bright[..., None]) for frame in range(12)]
    clip = hidden(truth, [disc(24, 40, 12)] * 12)
    filled = restored(clip)
    assert max(rim_errors(clip, filled, EXACT)[2:]) < 3
    assert quality(filled[2:], Clip(clip.truth[2:], clip.images[2:], clip.masks[2:])) > 34
