"""The similarity of keys is that of the paper, written out."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker import plain_memory
from tracker.affinity import GroupAffinity, attend, expand_memory, expand_query, out_of_reach


def _random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


@given(seed=st.integers(0, 1000), elements=st.integers(1, 9), queries=st.integers(1, 9))
def test_the_product_is_the_similarity_written_out(seed: int, elements: int, queries: int) -> None:
    key, query = _random(elements, 4, seed=seed), _random(queries, 4, seed=seed + 1)
    shrinkage, selection = 1 + _random(elements, seed=seed + 2), _random(queries, 4, seed=seed + 3)

    product = expand_query(query, selection) @ expand_memory(key, shrinkage).T

    expected = plain_memory.similarity(key.T, shrinkage, query.T, selection.T)
    torch.testing.assert_close(product, expected.T, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("anisotropic", [True, False])
def test_no_selection_is_the_plain_distance(anisotropic: bool) -> None:
    key, query, shrinkage = _random(5, 4), _random(3, 4, seed=1), _random(5, seed=2)

    product = (
        expand_query(query, None, anisotropic=anisotropic)
        @ expand_memory(key, shrinkage, anisotropic=anisotropic).T
    )

    expected = plain_memory.similarity(key.T, shrinkage, query.T, torch.ones(4, 3))
    torch.testing.assert_close(product, expected.T, rtol=1e-4, atol=1e-5)


def test_the_isotropic_product_is_half_as_wide() -> None:
    assert expand_memory(torch.ones(2, 8), torch.ones(2), anisotropic=False).shape == (2, 10)
    assert expand_memory(torch.ones(2, 8), torch.ones(2)).shape == (2, 17)


@given(seed=st.integers(0, 1000), elements=st.integers(1, 12), top_k=st.none() | st.integers(1, 20))
def test_weights_are_a_softmax_over_the_strongest(seed: int, elements: int, top_k: int | None) -> None:
    similarity = _random(3, elements, seed=seed)
    values = _random(elements, 2, seed=seed + 1)

    affinity = attend(similarity, top_k)

    expected = plain_memory.softmax(similarity.T, top_k)  # (N, Q)
    torch.testing.assert_close(affinity.readout(values), expected.T @ values)
    torch.testing.assert_close(affinity.usage(elements), expected.sum(1))
    torch.testing.assert_close(affinity.weights.sum(1), torch.ones(3))


@given(seed=st.integers(0, 1000), elements=st.integers(40, 90), excluded=st.integers(0, 60))
def test_of_many_elements_the_strongest_are_found_wherever_they_are(
    seed: int, elements: int, excluded: int
) -> None:
    similarity = _random(3, elements, seed=seed)
    similarity[:, : min(excluded, elements - 3)] = -torch.inf
    similarity[0] = torch.arange(elements)  # the strongest lie behind each other, at the very end
    affinity = attend(similarity, 3)
    expected = similarity.topk(3)
    torch.testing.assert_close(affinity.elements, expected.indices)
    torch.testing.assert_close(affinity.weights, expected.values.softmax(dim=1), rtol=0, atol=0)


def test_excluded_elements_get_no_weight() -> None:
    affinity = attend(torch.tensor([[0.0, -torch.inf, -torch.inf]]), 2)

    assert affinity.usage(3).tolist() == [1, 0, 0]


def test_very_dissimilar_elements_still_have_weights_that_sum_to_one() -> None:
    assert attend(torch.tensor([[-1e4, -2e4]]), 2).weights.tolist() == [[1, 0]]


@pytest.mark.parametrize("top_k", [2, None])
def test_joining_parts_of_the_queries_equals_the_whole(top_k: int | None) -> None:
    similarity, values = _random(5, 4), _random(4, 3, seed=1)
    parts = [attend(similarity[:2], top_k), attend(similarity[2:], top_k)]

    joined = GroupAffinity.join(parts)

    torch.testing.assert_close(joined.readout(values), attend(similarity, top_k).readout(values))


def test_reach_is_a_square_around_the_query() -> None:
    cells = torch.arange(12)  # 3 rows of 4

    far = out_of_reach(torch.tensor([5]), cells, (3, 4), radius=1)

    assert far.view(3, 4).tolist() == [[False, False, False, True]] * 3
