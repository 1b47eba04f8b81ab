"""Frames are worked on in windows of time, on a coarser grid."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.track_anything.inpaint.drawn import SIZE, Clip, canvas, disc, hidden, panned, psnr, view
from track_anything.inpaint import HoleShape
from track_anything.inpaint.still import diffused
from track_anything.inpaint.window import Window, WindowFrame, resized
from track_anything.types import Image, Mask
from track_anything.video.motion import Flow, FlowEstimator


class Painter:
    """Diffusion that remembers what it was asked for."""

    def __init__(self) -> None:
        self.holes: list[Mask] = []

    def __call__(self, image: Image, hole: Mask) -> Image:
        self.holes.append(hole)
        return diffused(image, hole)


def frames_of(clip: Clip) -> list[WindowFrame]:
    return [
        WindowFrame.of(index, image, HoleShape(0, 0).of(mask), 854)
        for index, (image, mask) in enumerate(clip)
    ]


def window_of(clip: Clip, painter: Callable[[Image, Mask], Image] = diffused) -> Window:
    return Window(frames_of(clip), FlowEstimator(), painter)


@settings(max_examples=30)
@given(
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.integers(1, 90),
    st.tuples(st.integers(0, 89), st.integers(0, 89)),
)
def test_every_pixel_of_a_hole_lies_in_the_hole_of_the_coarser_grid(
    size: tuple[int, int], longest_side: int, pixel: tuple[int, int]
) -> None:
    share = np.zeros(size, np.float32)
    share[pixel[0] % size[0], pixel[1] % size[1]] = 0.1
    frame = WindowFrame.of(0, np.zeros((*size, 3), np.uint8), share, longest_side)
    height, width = frame.small.shape[:2]
    assert max(height, width) == min(longest_side, max(size))
    y, x = (pixel[0] % size[0]) * height // size[0], (pixel[1] % size[1]) * width // size[1]
    assert frame.region.hole[y, x]
    assert frame.region.row_of[y, x] >= 0


@pytest.mark.parametrize("longest_side", [854, 50])
def test_a_frame_does_not_keep_what_its_hole_hides(longest_side: int) -> None:
    truth, share = view(canvas(), 40, 40), HoleShape(2, 3).of(disc(40, 30, 9))
    frames = [
        WindowFrame.of(0, np.where(share[..., None] == 1, np.uint8(level), truth), share, longest_side)
        for level in (0, 255)
    ]
    if longest_side > SIZE[1]:  # pixels of a coarser grid show some of it at the rim, which is hole there
        np.testing.assert_array_equal(frames[0].small, frames[1].small)
        np.testing.assert_array_equal(frames[0].image, frames[1].image)
    np.testing.assert_array_equal(frames[0].image[share < 1], truth[share < 1])
    assert np.abs(frames[0].image[share == 1].astype(int) - truth[share == 1]).mean() < 40


def test_a_frame_without_a_hole_is_kept_as_it_is() -> None:
    image = view(canvas(), 40, 40)
    frame = WindowFrame.of(3, image, np.zeros(SIZE, np.float32), 854)
    assert frame.image is image
    assert frame.small is image
    assert frame.region.pixels.size == 0


def test_frames_without_holes_are_handed_back() -> None:
    clip = hidden([view(canvas(), 40, 40)] * 3, [np.zeros(SIZE, np.bool_)] * 2 + [disc(30, 30, 9)])
    window = window_of(clip)
    filled = window.fill(2)
    assert len(filled) == 2
    assert filled[0] is window.frames[0]
    assert filled[1] is window.frames[1]


def test_motion_is_sought_only_beside_frames_that_have_holes() -> None:
    pairs = []

    class Watched(FlowEstimator):
        def __call__(self, first: Image, second: Image) -> Flow:
            pairs.append({int(first[0, 0, 0]), int(second[0, 0, 0])})
            return super().__call__(first, second)

    truth = [np.full((*SIZE, 3), 10 * frame, np.uint8) for frame in range(7)]
    clip = hidden(truth, [disc(40, 30, 9) if frame == 4 else np.zeros(SIZE, np.bool_) for frame in range(7)])
    Window(frames_of(clip), Watched(), diffused).fill(7)
    assert pairs
    assert all(pair in ({30, 40}, {40, 50}) for pair in pairs)


def test_what_another_frame_shows_is_neither_painted_nor_made_up() -> None:
    clip, painter = panned(3, (1, 0), lambda frame: disc(20 + 25 * frame, 30, 9)), Painter()
    filled = window_of(clip, painter).fill(3)
    assert [frame.index for frame in filled] == [0, 1, 2]
    assert not painter.holes
    for frame, truth, mask in zip(filled, clip.truth, clip.masks, strict=True):
        assert frame.is_made_up is not None
        assert not frame.is_made_up.any()
        assert not frame.region.hole.any()
        assert not frame.share.any()
        assert psnr(frame.image, truth, mask) > 40


def test_what_no_frame_shows_is_painted_once_and_carried_along() -> None:
    clip, painter = panned(5, (0, 0), lambda frame: disc(40, 30, 9)), Painter()
    filled = window_of(clip, painter).fill(5)
    assert len(painter.holes) == 1
    for frame, mask in zip(filled, clip.masks, strict=True):
        assert frame.is_made_up is not None
        np.testing.assert_array_equal(frame.is_made_up, mask)
        assert np.abs(frame.image.astype(int) - filled[0].image)[mask].max() <= 1


def test_what_was_made_up_before_gives_way_to_what_a_frame_shows() -> None:
    clip = panned(3, (0, 0), lambda frame: disc(40 if frame < 2 else 70, 30, 9))
    first = Window(frames_of(clip)[:1], FlowEstimator(), diffused).fill(1)
    assert first[0].is_made_up is not None
    assert first[0].is_made_up.any()
    assert psnr(first[0].image, clip.truth[0], clip.masks[0]) < 30
    filled = Window([*first, *frames_of(clip)[1:]], FlowEstimator(), diffused).fill(2)
    assert filled[0] is first[0]
    assert psnr(filled[1].image, clip.truth[1], clip.masks[1]) > 40
    assert filled[1].is_made_up is not None
    assert not filled[1].is_made_up.any()


def test_what_was_made_up_before_is_carried_along_where_nothing_better_is_seen() -> None:
    clip, painter = panned(4, (0, 0), lambda frame: disc(40, 30, 9)), Painter()
    first = window_of(clip, painter).fill(2)
    filled = Window([first[1], *frames_of(clip)[2:]], FlowEstimator(), painter).fill(3)
    assert len(painter.holes) == 1
    for frame in filled[1:]:
        assert np.abs(frame.image.astype(int) - first[1].image)[clip.masks[0]].max() <= 1
        assert frame.is_made_up is not None
        np.testing.assert_array_equal(frame.is_made_up, clip.masks[0])


def test_the_frame_that_shows_nothing_is_not_painted_from_nothing() -> None:
    everything = np.ones(SIZE, np.bool_)
    clip = panned(4, (0, 0), lambda frame: everything if frame == 1 else disc(40, 30, 9))
    painter = Painter()
    filled = window_of(clip, painter).fill(4)
    assert painter.holes
    assert not any(hole.all() for hole in painter.holes)
    assert psnr(filled[1].image, filled[0].image, everything) > 40


def test_only_so_many_pictures_of_a_window_are_painted() -> None:
    truth = [view(canvas(seed), 40, 40) for seed in range(12)]  # nothing of one frame is seen in another
    clip, painter = hidden(truth, [disc(40, 30, 9)] * 12), Painter()
    filled = window_of(clip, painter).fill(12)
    assert 1 < len(painter.holes) <= 8
    for frame, mask in zip(filled, clip.masks, strict=True):
        around = disc(40, 30, 12) & ~mask
        assert np.abs(frame.image[mask].mean(axis=0) - frame.image[around].mean(axis=0)).max() < 40


def test_a_picture_of_its_own_size_is_not_resized() -> None:
    image = view(canvas(), 40, 40)
    assert resized(image, (96, 72)) is image
    assert resized(image, (48, 36)).shape == (36, 48, 3)
    assert resized(image, (100, 80)).shape == (80, 100, 3)
    grey = np.full((36, 48, 3), 77, np.uint8)
    np.testing.assert_array_equal(resized(grey, (96, 72)), np.full((72, 96, 3), 77))
    np.testing.assert_array_equal(resized(grey, (17, 5)), np.full((5, 17, 3), 77))
