"""Changes of colour, blur and noise of training clips stay in range."""

import torch

from tracker.training.appearance import add_noise, blur_by_motion, recolour


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def clip() -> torch.Tensor:
    return torch.rand(3, 3, 16, 16, generator=generator(9))


def test_colours_change_within_range_and_not_at_strength_zero() -> None:
    changed = recolour(clip(), generator())
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert (changed - clip()).abs().mean() > 0.01
    torch.testing.assert_close(recolour(clip(), generator(), strength=0), clip())


def test_blur_keeps_what_is_even_and_smears_what_is_not() -> None:
    even = torch.full((2, 3, 16, 16), 0.4)
    for seed in range(8):
        torch.testing.assert_close(blur_by_motion(even, generator(seed)), even)
    dot = torch.zeros(1, 3, 17, 17)
    dot[..., 8, 8] = 1
    smeared = blur_by_motion(dot, generator())
    assert smeared.shape == dot.shape
    assert smeared.max() < 0.9
    torch.testing.assert_close(smeared.sum(), dot.sum())


def test_noise_differs_between_frames() -> None:
    even = torch.full((2, 3, 16, 16), 0.5)
    noisy = add_noise(even, generator())
    assert not torch.equal(noisy[0], noisy[1])
    assert (noisy - even).abs().mean() < 0.05
