"""Losses on predictions that are right, wrong and empty."""

import pytest
import torch

from tracker.training.losses import bootstrap_share, bootstrapped_cross_entropy, dice_loss

LABELS = torch.zeros(1, 8, 8, dtype=torch.int64)
LABELS[0, 2:6, 2:6] = 1


def one_hot(labels: torch.Tensor, channels: int = 2) -> torch.Tensor:
    return torch.nn.functional.one_hot(labels, channels).movedim(-1, 1).float()


def test_a_perfect_prediction_costs_nothing() -> None:
    assert bootstrapped_cross_entropy(one_hot(LABELS), LABELS, 0.3) < 1e-6
    assert dice_loss(one_hot(LABELS), LABELS) < 1e-6


def test_dice_is_one_minus_the_overlap() -> None:
    found = torch.zeros_like(LABELS)
    found[0, 2:6, 2:4] = 1  # half of the object
    expected = 1 - (2 * 8 + 1) / (8 + 16 + 1)
    assert float(dice_loss(one_hot(found), LABELS)) == pytest.approx(expected)


def test_an_object_that_is_nowhere_costs_only_what_is_invented() -> None:
    nowhere = torch.zeros_like(LABELS)
    assert dice_loss(one_hot(nowhere), nowhere) == 0
    assert dice_loss(one_hot(LABELS), nowhere) > 0.9


def test_unknown_pixels_cost_nothing_whatever_is_said_of_them() -> None:
    labels = LABELS.clone()
    labels[0, :, 5:] = -1
    guess = one_hot(LABELS)
    other = guess.clone()
    other[0, :, :, 5:] = 1 - other[0, :, :, 5:]
    for share in (1.0, 0.3):
        assert bootstrapped_cross_entropy(other, labels, share) < 1e-6
    assert torch.equal(dice_loss(other, labels), dice_loss(guess, labels))


def test_the_hardest_pixels_count() -> None:
    probabilities = one_hot(LABELS) * 0.8 + 0.1
    probabilities[0, :, 0, 0] = torch.tensor((0.01, 0.99))  # one pixel is wrong
    every = bootstrapped_cross_entropy(probabilities, LABELS, 1.0)
    few = bootstrapped_cross_entropy(probabilities, LABELS, 1 / 64)
    assert float(few) == pytest.approx(-torch.log(torch.tensor(0.01)).item(), rel=1e-4)
    assert every < 0.2


def test_the_share_falls_from_all_to_the_final_one() -> None:
    assert [bootstrap_share(progress, 0.3) for progress in (0, 0.2, 0.5, 1)] == pytest.approx(
        [1, 1, 0.3, 0.3]
    )
    assert bootstrap_share(0.35, 0.3) == pytest.approx(0.65)
