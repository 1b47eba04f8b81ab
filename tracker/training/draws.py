"""Draws from a generator on the CPU, so that every device makes the same clips."""

import torch
from torch import Generator


def chance(generator: Generator, probability: float) -> bool:
    """True as often as ``probability`` says."""
    return float(torch.rand((), generator=generator)) < probability


def choice(generator: Generator, count: int) -> int:
    """One of 0 to ``count - 1``."""
    return int(torch.randint(count, (), generator=generator))


def uniform(generator: Generator, least: float, greatest: float) -> float:
    """A number between two."""
    return least + (greatest - least) * float(torch.rand((), generator=generator))
