"""How a layer or a clip looks: light, colour, blur and noise."""

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

_BLUR_LENGTHS = (3, 5, 7, 9)


def recolour(clip: Tensor, generator: Generator, strength: float = 1.0) -> Tensor:
    """Change gain, gamma, saturation and tint of a whole clip, and its brightness slowly over time.

    Args:
        clip: (T, 3, H, W) in [0, 1].
        generator: on the CPU.
        strength: 0 changes nothing.
    """

    def around_one(deviation: float, *shape: int) -> Tensor:
        return torch.exp(torch.randn(shape, generator=generator) * deviation * strength).to(clip.device)

    grey = clip.mean(dim=1, keepdim=True)  # (T, 1, H, W)
    clip = grey + (clip - grey) * around_one(0.25, 1)
    clip = clip.clamp(0, 1) ** around_one(0.2, 1)
    gain = around_one(0.15, 1) * around_one(0.06, 3).view(3, 1, 1)
    flicker = around_one(0.03, len(clip)).view(-1, 1, 1, 1)
    return (clip * gain * flicker).clamp(0, 1)


def blur_by_motion(clip: Tensor, generator: Generator) -> Tensor:
    """Smear a clip (T, 3, H, W) along one direction, as a camera or an object in motion does."""
    length = _BLUR_LENGTHS[int(torch.randint(len(_BLUR_LENGTHS), (), generator=generator))]
    angle = float(torch.rand((), generator=generator)) * math.pi
    reach = length // 2
    kernel = torch.zeros(length, length)
    for step in torch.linspace(-reach, reach, 2 * length).tolist():
        kernel[round(reach + step * math.sin(angle)), round(reach + step * math.cos(angle))] += 1
    kernel = (kernel / kernel.sum()).to(clip.device)
    weight = kernel.expand(3, 1, -1, -1)
    return F.conv2d(F.pad(clip, (reach,) * 4, mode="replicate"), weight, groups=3)


def add_noise(clip: Tensor, generator: Generator) -> Tensor:
    """Add fresh noise of one strength to each frame of a clip (T, 3, H, W) in [0, 1]."""
    deviation = float(torch.rand((), generator=generator)) * 0.03
    noise = torch.randn(clip.shape, generator=generator).to(clip.device)
    return (clip + noise * deviation).clamp(0, 1)
