"""Mattes of several objects share what there is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from track_anything.errors import InputError
from track_anything.matting import Matte, normalise_alphas

_mattes = hnp.arrays(np.float32, (3, 4), elements=st.floats(0, 1, width=32))


@given(st.dictionaries(st.integers(1, 255), _mattes, min_size=1, max_size=5))
def test_shares_sum_to_at_most_one_and_keep_their_proportions(alphas: dict[int, Matte]) -> None:
    shares = normalise_alphas(alphas)
    claimed = np.sum(list(alphas.values()), axis=0, dtype=np.float64)
    total = np.sum(list(shares.values()), axis=0, dtype=np.float64)
    assert shares.keys() == alphas.keys()
    assert (total <= 1 + 1e-6).all()
    np.testing.assert_allclose(total, np.minimum(claimed, 1), atol=1e-6)
    for object_id, alpha in alphas.items():
        assert shares[object_id].dtype == np.float32
        np.testing.assert_allclose(shares[object_id] * np.maximum(claimed, 1), alpha, atol=1e-6)


def test_an_object_alone_keeps_its_matte() -> None:
    alpha = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    np.testing.assert_array_equal(normalise_alphas({7: alpha})[7], alpha)
    assert normalise_alphas({}) == {}


def test_mattes_of_different_sizes_are_refused() -> None:
    with pytest.raises(InputError, match="one frame"):
        normalise_alphas({1: np.zeros((2, 3), np.float32), 2: np.zeros((3, 2), np.float32)})
