"""How a layer moves through a clip: an affine path with a thin-plate spline on top."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

_CONTROLS = 4  # control points per side
_COARSE = 17  # places per side at which the spline is evaluated; bilinear in between


@dataclass(frozen=True)
class MotionRange:
    """How wildly a layer moves; each number is the standard deviation of a draw.

    Attributes:
        drift: steady motion per frame, in crop sides.
        shake: displacement of each frame on its own, in crop sides.
        turn: steady rotation per frame, in degrees.
        growth: steady change of size per frame, as a logarithm.
        shear: of the clip as a whole.
        bend: displacement of the spline's control points per frame, in crop sides.
    """

    drift: float
    shake: float
    turn: float
    growth: float
    shear: float
    bend: float


STILL = MotionRange(drift=0.04, shake=0.01, turn=5, growth=0.04, shear=0.08, bend=0.012)
"""A picture as a whole, background and object alike."""

PASTED = MotionRange(drift=0.08, shake=0.02, turn=8, growth=0.06, shear=0.08, bend=0.015)
"""A cut-out on its way across the picture."""

WILDER = 3.0
"""How much faster a wild layer turns and changes size."""

FILMED = MotionRange(drift=0.004, shake=0.004, turn=0.5, growth=0.005, shear=0.04, bend=0.0)
"""A real clip, which moves by itself."""


def draw_path(
    generator: Generator,
    frames: int,
    size: int,
    motion: MotionRange,
    start: "Placement",
    *,
    is_returning: bool = False,
) -> Tensor:
    """Where each pixel of each crop comes from.

    Args:
        generator: on the CPU, so that a path is the same on every device.
        frames: T.
        size: side of the crops in pixels.
        motion: how wildly.
        start: where the first frame looks.
        is_returning: whether the steady motion turns back in the middle, twice as fast.

    Returns:
        (T, size, size, 2): (x, y) in pixels of the source.
    """
    time = torch.arange(frames, dtype=torch.float32)  # (T,)
    if is_returning:
        time = 2 * torch.minimum(time, frames - 1 - time)

    def steady(deviation: float) -> Tensor:
        return float(torch.randn((), generator=generator)) * deviation * time  # (T,)

    angle = math.radians(start.angle) + steady(math.radians(motion.turn))  # (T,)
    half = start.extent / 2 * torch.exp(-steady(motion.growth))  # (T,) source pixels from centre to edge
    shear = float(torch.randn((), generator=generator)) * motion.shear
    offset = torch.stack((steady(motion.drift), steady(motion.drift)), dim=1)  # (T, 2) in crop sides
    shake = torch.randn(frames, 2, generator=generator) * motion.shake
    shake[0] = 0
    offset += shake
    offset += torch.tensor(start.offset)

    ahead = _unit_grid(size)  # (S, S, 2) in [-1, 1]
    placed = ahead[None] - 2 * offset[:, None, None]  # (T, S, S, 2)
    if motion.bend:
        placed = placed + _bend(generator, frames, size, motion.bend)
    placed = placed * torch.tensor((-1.0 if start.is_mirrored else 1.0, 1.0))
    turn = torch.stack(
        (
            torch.stack((angle.cos(), shear - angle.sin()), dim=1),
            torch.stack((angle.sin(), angle.cos()), dim=1),
        ),
        dim=1,
    )  # (T, 2, 2)
    turned = torch.einsum("tij,tyxj->tyxi", turn, placed) * half[:, None, None, None]
    return turned + torch.tensor(start.centre)


@dataclass(frozen=True)
class Placement:
    """Where the first crop of a path looks.

    Attributes:
        centre: (x, y) of the source that the layer turns about.
        extent: source pixels across the crop.
        offset: (x, y) of that centre from the middle of the crop, in crop sides.
        angle: in degrees.
        is_mirrored: left and right exchanged.
    """

    centre: tuple[float, float]
    extent: float
    offset: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    is_mirrored: bool = False


def sample(source: Tensor, path: Tensor, *, padding: str) -> Tensor:
    """Look up a source along a path.

    Args:
        source: (T, C, H, W), or (1, C, H, W) for one that stands still.
        path: (T, S, S, 2) pixels.
        padding: what lies outside, as ``grid_sample`` has it.

    Returns:
        (T, C, S, S) float32.
    """
    height, width = source.shape[-2:]
    scale = torch.tensor((2 / width, 2 / height), device=path.device)
    grid = (path + 0.5) * scale - 1
    frames = source.float().expand(len(path), -1, -1, -1)
    return F.grid_sample(frames, grid, mode="bilinear", padding_mode=padding, align_corners=False)


def _unit_grid(size: int) -> Tensor:
    axis = (torch.arange(size) + 0.5) * (2 / size) - 1  # (S,)
    return torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)  # (S, S, 2)


def _bend(generator: Generator, frames: int, size: int, deviation: float) -> Tensor:
    """A displacement that wanders from frame to frame, (T, S, S, 2) in half crop sides; none at first."""
    steps = torch.randn(frames, _CONTROLS**2, 2, generator=generator) * 2 * deviation
    steps[0] = 0
    coarse = _spline_matrix() @ steps.cumsum(dim=0)  # (T, G * G, 2)
    coarse = coarse.transpose(1, 2).reshape(frames, 2, _COARSE, _COARSE)  # (T, 2, G, G)
    fine = F.interpolate(coarse, (size, size), mode="bilinear", align_corners=True)
    return fine.permute(0, 2, 3, 1)


def _spline_matrix() -> Tensor:
    """(G * G, P): from displacements of the control points to those of a coarse grid.

    A thin-plate spline (Bookstein, IEEE TPAMI 1989) is linear in the displacements of its control points.
    """
    axis = torch.linspace(-1, 1, _CONTROLS)
    controls = torch.cartesian_prod(axis, axis).flip(1)  # (P, 2)
    axis = torch.linspace(-1, 1, _COARSE)
    places = torch.cartesian_prod(axis, axis).flip(1)  # (G * G, 2)
    count = len(controls)
    affine = torch.cat((torch.ones(count, 1), controls), dim=1)  # (P, 3)
    system = torch.zeros(count + 3, count + 3)
    system[:count, :count] = _kernel(controls, controls)
    system[:count, count:] = affine
    system[count:, :count] = affine.T
    evaluated = torch.cat((_kernel(places, controls), torch.ones(len(places), 1), places), dim=1)
    solved: Tensor = torch.linalg.inv(system)
    return evaluated @ solved[:, :count]


def _kernel(places: Tensor, controls: Tensor) -> Tensor:
    square: Tensor = torch.cdist(places, controls).square()
    return square * torch.log(square + 1e-9)
