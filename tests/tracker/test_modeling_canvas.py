"""The way onto the network's canvas and back."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.stand_in import normalised
from tracker.modeling.canvas import Canvas
from tracker.region import Region

CPU = torch.device("cpu")
sides = st.integers(1, 70)


@given(height=sides, width=sides, short_side=st.one_of(st.none(), st.integers(16, 64)))
def test_sizes_fit_the_network_and_come_back(height: int, width: int, short_side: int | None) -> None:
    canvas = Canvas.fit((height, width), short_side)
    assert canvas.size == (16 * canvas.grid[0], 16 * canvas.grid[1])
    assert all(0 <= outer - inner < 16 for outer, inner in zip(canvas.size, canvas.inner_size, strict=True))
    assert short_side is None or min(canvas.inner_size) == short_side
    assert canvas.place_image(np.zeros((height, width, 3), np.uint8), CPU).shape == (1, 3, *canvas.size)
    assert canvas.restore(torch.zeros(2, *canvas.size)).shape == (2, height, width)


@given(height=sides, width=sides, seed=st.integers(0, 9))
def test_frames_and_masks_of_their_own_size_are_only_padded(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    label_map = rng.integers(0, 4, (height, width), dtype=np.uint8)
    canvas = Canvas.fit((height, width), None)
    placed = canvas.place_image(image, CPU)
    torch.testing.assert_close(canvas.restore(placed[0]), normalised(image[None])[0])
    assert np.isclose(placed.abs().sum(), canvas.restore(placed[0]).abs().sum())
    masks = canvas.place_masks(label_map, (1, 3), CPU)
    np.testing.assert_array_equal(canvas.restore(masks), np.stack([label_map == 1, label_map == 3]))
    assert masks.sum() == (label_map % 2 == 1).sum()


@given(st.data())
def test_a_region_of_a_frame_is_that_part_of_all_of_it(data: st.DataObject) -> None:
    height, width, seed = data.draw(sides), data.draw(sides), data.draw(st.integers(0, 9))
    short_side = data.draw(st.one_of(st.none(), st.integers(16, 64)))
    canvas = Canvas.fit((height, width), short_side)
    if data.draw(st.booleans()) and short_side is not None:
        canvas = Canvas.fit_long((height, width), short_side)
    region = data.draw(regions(canvas.grid))
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    whole = canvas.place_image(image, CPU)
    torch.testing.assert_close(canvas.place_image(image, CPU, region), region.cut(whole))


@st.composite
def regions(draw: st.DrawFn, grid: tuple[int, int]) -> Region:
    height, width = draw(st.integers(1, grid[0])), draw(st.integers(1, grid[1]))
    top, left = draw(st.integers(0, grid[0] - height)), draw(st.integers(0, grid[1] - width))
    return Region(top, left, height, width, grid)


def test_padding_is_even_and_the_odd_pixel_goes_to_the_right_and_below() -> None:
    canvas = Canvas.fit((13, 15), None)
    (mask,) = canvas.place_masks(np.ones((13, 15), np.uint8), (1,), CPU)
    rows, columns = np.nonzero(mask.numpy())
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (1, 13, 0, 14)


@pytest.mark.parametrize("size", [(40, 60), (120, 90)])
def test_masks_survive_the_way_to_another_size_and_back(size: tuple[int, int]) -> None:
    label_map = np.zeros(size, np.uint8)
    label_map[size[0] // 4 : size[0] // 2, size[1] // 3 : size[1] // 2] = 7
    canvas = Canvas.fit(size, 64)
    (back,) = canvas.restore(canvas.place_masks(label_map, (7,), CPU)) > 0.5
    mask = label_map == 7
    overlap = np.sum(back.numpy() & mask) / np.sum(back.numpy() | mask)
    assert overlap > 0.8


def test_arrays_that_are_views_or_read_only_are_taken() -> None:
    image = np.zeros((16, 16, 3), np.uint8)
    label_map = np.ones((16, 16), np.uint8)
    for array in (image, label_map):
        array.setflags(write=False)
    canvas = Canvas.fit((16, 16), None)
    assert canvas.place_image(image[::-1, :, ::-1], CPU).shape == (1, 3, 16, 16)
    assert canvas.place_masks(label_map[:, ::-1], (1,), CPU).all()


@pytest.mark.parametrize("canvas", [Canvas.fit((50, 90), 75), Canvas.fit_long((50, 90), 150)])
def test_a_point_lies_where_the_mask_around_it_does(canvas: Canvas) -> None:
    label_map = np.zeros((50, 90), np.uint8)
    label_map[10:30, 40:80] = 1
    rows, columns = np.nonzero(canvas.place_masks(label_map, [1], torch.device("cpu"))[0].numpy())
    placed = ((columns.mean() + 0.5) / canvas.size[0], (rows.mean() + 0.5) / canvas.size[0])
    middle = (60 / 50, 20 / 50)
    assert canvas.place_point(middle) == pytest.approx(placed, abs=0.01)
    assert canvas.restore_point(canvas.place_point(middle)) == pytest.approx(middle)
