"""Layers of training clips move as was drawn."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from tracker.training.motion import (
    FILMED,
    PASTED,
    STILL,
    MotionRange,
    Placement,
    _spline_matrix,
    draw_path,
    sample,
)

FIXED = MotionRange(drift=0, shake=0, turn=0, growth=0, shear=0, bend=0)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ramp(height: int = 40, width: int = 60) -> torch.Tensor:
    """(1, 2, H, W): each pixel holds its own x and y."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack((columns, rows))[None].float()


def test_a_layer_without_motion_is_a_crop_of_its_source() -> None:
    path = draw_path(generator(), 3, 16, FIXED, Placement((29.5, 19.5), extent=16))
    crop = sample(ramp(), path, padding="zeros")
    torch.testing.assert_close(crop, ramp()[:, :, 12:28, 22:38].expand(3, -1, -1, -1), atol=1e-3, rtol=0)


def test_a_mirrored_crop_runs_the_other_way() -> None:
    path = draw_path(generator(), 1, 16, FIXED, Placement((29.5, 19.5), 16, is_mirrored=True))
    crop = sample(ramp(), path, padding="zeros")
    torch.testing.assert_close(crop, ramp()[:, :, 12:28, 22:38].flip(3), atol=1e-3, rtol=0)


def test_an_offset_puts_the_centre_elsewhere_in_the_crop() -> None:
    path = draw_path(generator(), 1, 16, FIXED, Placement((30, 20), 16, offset=(0.25, 0)))
    assert (path[0, 8, 11:13].mean(0) - torch.tensor((30.0, 20.5))).abs().max() < 1e-4


def test_a_quarter_turn_exchanges_the_axes() -> None:
    path = draw_path(generator(), 1, 16, FIXED, Placement((29.5, 19.5), 16, angle=90))
    crop = sample(ramp(), path, padding="zeros")
    torch.testing.assert_close(crop, ramp()[:, :, 12:28, 22:38].rot90(1, (2, 3)), atol=1e-2, rtol=0)


@given(st.integers(0, 2**31), st.sampled_from((STILL, PASTED, FILMED)))
def test_a_path_follows_its_generator_and_begins_at_its_placement(seed: int, motion: MotionRange) -> None:
    placement = Placement((20, 20), 24)
    path = draw_path(generator(seed), 4, 16, motion, placement)
    assert torch.equal(path, draw_path(generator(seed), 4, 16, motion, placement))
    assert torch.isfinite(path).all()
    assert (path[0].mean((0, 1)) - 20).abs().max() < 1e-3  # only the shear differs from the placement


def test_a_returning_layer_is_back_where_it_began() -> None:
    motion = MotionRange(drift=0.1, shake=0, turn=10, growth=0.05, shear=0, bend=0)
    path = draw_path(generator(), 5, 16, motion, Placement((20, 20), 24), is_returning=True)
    torch.testing.assert_close(path[4], path[0])
    torch.testing.assert_close(path[3], path[1])
    assert (path[2] - path[0]).abs().max() > 1


def test_the_spline_goes_through_its_control_points() -> None:
    bend = torch.randn(16, 2, generator=generator())
    coarse = (_spline_matrix() @ bend).view(17, 17, 2)
    corners = coarse[::16, ::16].reshape(4, 2)
    torch.testing.assert_close(corners, bend.view(4, 4, 2)[::3, ::3].reshape(4, 2), atol=1e-2, rtol=0)


def test_the_spline_of_a_plane_is_that_plane() -> None:
    axis = torch.linspace(-1, 1, 4)
    plane = torch.cartesian_prod(axis, axis).flip(1)  # each control point displaced by its own place
    axis = torch.linspace(-1, 1, 17)
    expected = torch.cartesian_prod(axis, axis).flip(1)
    torch.testing.assert_close(_spline_matrix() @ plane, expected, atol=1e-3, rtol=0)
