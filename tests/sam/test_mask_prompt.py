"""A mask as logits and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam.mask_prompt import logits_from_mask, probability_from_logits


@given(st.integers(40, 200), st.integers(40, 200))
def test_a_mask_comes_back_from_its_logits(height: int, width: int) -> None:
    mask = np.zeros((height, width), np.bool_)
    mask[height // 4 : height // 2, width // 4 : width // 2] = True
    probability = probability_from_logits(logits_from_mask(mask), (height, width))
    assert probability.dtype == np.float32
    assert 0 <= probability.min() <= probability.max() <= 1
    rim = 0.05 * max(height, width)
    both = (probability > 0.5) & mask
    assert np.count_nonzero((probability > 0.5) ^ mask) <= 2 * rim * (height + width) / 4
    assert both.any()


@pytest.mark.parametrize("logit", [-1e4, 1e4])
def test_logits_as_far_as_they_like_overflow_nothing(logit: float) -> None:
    probability = probability_from_logits(np.full((256, 256), logit, np.float32), (9, 12))
    assert probability.shape == (9, 12)
    assert np.isfinite(probability).all()
    assert ((probability > 0.5) == (logit > 0)).all()
