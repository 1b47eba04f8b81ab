"""Probabilities of objects and background sum to one."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from tracker.aggregation import soft_aggregate, to_propagated


def _foreground(objects: int, seed: int, rows: int = 5) -> torch.Tensor:
    return torch.rand(objects, rows, 6, generator=torch.Generator().manual_seed(seed))


@given(objects=st.integers(1, 6), seed=st.integers(0, 1000))
def test_probabilities_sum_to_one(objects: int, seed: int) -> None:
    probabilities = soft_aggregate(_foreground(objects, seed))

    assert probabilities.shape == (objects + 1, 5, 6)
    torch.testing.assert_close(probabilities.sum(0), torch.ones(5, 6))


@given(order=st.permutations(range(4)), seed=st.integers(0, 1000))
def test_the_order_of_objects_does_not_matter(order: list[int], seed: int) -> None:
    foreground = _foreground(4, seed)

    reordered = soft_aggregate(foreground[order])

    torch.testing.assert_close(reordered[1:], soft_aggregate(foreground)[1:][order])


def test_it_normalises_odds() -> None:
    merged = soft_aggregate(torch.tensor([0.8, 0.5])[:, None, None]).flatten()

    odds = torch.tensor([0.1 / 0.9, 4.0, 1.0])
    torch.testing.assert_close(merged, odds / odds.sum())


@given(
    objects=st.integers(1, 6),
    seed=st.integers(0, 1000),
    hardness=st.sampled_from([1.0, 40.0]),
    rows=st.sampled_from([1, 5, 16, 37]),
)
def test_without_gradients_it_says_the_same(objects: int, seed: int, hardness: float, rows: int) -> None:
    foreground = torch.sigmoid(hardness * (_foreground(objects, seed, rows) - 0.5))
    given_to_it = foreground.clone()

    with torch.inference_mode():
        found = soft_aggregate(foreground)

    torch.testing.assert_close(found, soft_aggregate(foreground), rtol=1e-5, atol=1e-6)
    assert torch.equal(foreground, given_to_it)


def test_gradients_stay_finite_where_masks_are_certain() -> None:
    foreground = torch.tensor([1.0, 0.0, 0.5])[:, None, None].requires_grad_(True)

    torch.autograd.backward(soft_aggregate(foreground)[1].sum())

    assert foreground.grad is not None
    assert torch.isfinite(foreground.grad).all()


def test_certain_masks_stay_certain() -> None:
    merged = soft_aggregate(torch.tensor([1.0, 0.0])[:, None, None]).flatten()

    assert torch.isfinite(merged).all()
    assert merged[1] > 0.999


def test_the_result_names_the_most_probable_object_of_every_pixel() -> None:
    probabilities = torch.tensor([[[0.7, 0.1, 0.2]], [[0.2, 0.8, 0.2]], [[0.1, 0.1, 0.6]]])

    result = to_propagated(probabilities, (3, 200), torch.ones(probabilities.shape[1:]))

    assert result.label_map.dtype == np.uint8
    assert result.label_map.tolist() == [[0, 3, 200]]
    assert result.probabilities.dtype == np.float32
    assert result.object_ids == (3, 200)
    np.testing.assert_allclose([result.confidence[3], result.confidence[200]], [0.8, 0.6], rtol=1e-6)


def test_an_object_without_a_mask_has_no_confidence() -> None:
    assert to_propagated(torch.tensor([[[0.9]], [[0.1]]]), (1,), torch.ones(1, 1)).confidence == {1: 0.0}


def test_of_two_as_probable_the_first_has_the_pixel() -> None:
    probabilities = torch.tensor([[[0.4, 0.2]], [[0.4, 0.4]], [[0.2, 0.4]]])

    assert to_propagated(probabilities, (1, 2), torch.ones(1, 2)).label_map.tolist() == [[0, 1]]
