"""Pictures and the network's grid, one into the other."""

import pytest
import torch
from torch.nn import functional

from tracker.grid import Grid


def _maps(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def test_whole_cells_are_averaged() -> None:
    maps = _maps(2, 12, 20)

    torch.testing.assert_close(
        Grid((12, 20), (3, 5)).average(maps), functional.avg_pool2d(maps, kernel_size=4)
    )


@pytest.mark.parametrize("size", [(30, 41), (3, 5), (7, 100)])
def test_interpolation_is_bilinear_with_pixel_centres(size: tuple[int, int]) -> None:
    maps = _maps(2, 5, 6)

    expected = functional.interpolate(maps[None], size=size, mode="bilinear", align_corners=False)[0]
    torch.testing.assert_close(Grid(size, (5, 6)).interpolate(maps), expected)


def test_cells_that_are_no_whole_pixels_share_them() -> None:
    row = torch.tensor([[1.0, 0.0, 1.0]])

    torch.testing.assert_close(Grid((1, 3), (1, 2)).average(row), torch.tensor([[2 / 3, 2 / 3]]))


def test_an_overhanging_cell_averages_over_the_part_inside() -> None:
    grid = Grid((10, 10), (2.5, 2.5))
    maps = torch.zeros(10, 10)
    maps[8:, 8:] = 1

    assert grid.shape == (3, 3)
    torch.testing.assert_close(grid.average(maps)[2, 2], torch.tensor(1.0))
    torch.testing.assert_close(grid.average(torch.ones(10, 10)), torch.ones(3, 3))


def test_an_overhanging_grid_is_read_where_its_cells_are() -> None:
    whole, part = Grid((12, 12), (3, 3)), Grid((10, 12), (2.5, 3))
    cells = _maps(3, 3)

    torch.testing.assert_close(part.interpolate(cells), whole.interpolate(cells)[:10])


def test_a_linear_ramp_comes_back_in_place() -> None:
    grid = Grid((8, 64), (1, 16))
    ramp = torch.linspace(0, 1, 64).expand(8, 64)

    back = grid.interpolate(grid.average(ramp))

    torch.testing.assert_close(back[:, 2:-2], ramp[:, 2:-2], rtol=0, atol=1e-5)


def test_rounding_in_the_extent_adds_no_cell() -> None:
    assert Grid((48, 64), (3.0000001, 3.9999999)).shape == (3, 4)
    assert Grid((48, 64), (1e-9, 4.2)).shape == (1, 5)
