"""Run lengths are those of pycocotools, and damaged ones are refused."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco_mask

from track_anything.masks.rle import decode_rle, encode_rle
from track_anything.types import Mask

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # pycocotools' own


@given(mask=hnp.arrays(np.bool_, st.tuples(st.integers(1, 60), st.integers(1, 60))))
@example(mask=np.ones((300, 400), bool))
@example(mask=np.zeros((300, 400), bool))
@example(mask=np.eye(200, dtype=bool))
def test_the_text_is_that_of_pycocotools(mask: Mask) -> None:
    ours = encode_rle(mask)
    assert ours == coco_mask.encode(np.asfortranarray(mask, np.uint8))["counts"].decode()
    decoded = coco_mask.decode({"size": list(mask.shape), "counts": ours})
    assert np.array_equal(decoded, mask)
    assert np.array_equal(decode_rle(ours, mask.shape), mask)


def test_lists_of_runs_are_read_too() -> None:
    assert decode_rle([1, 2, 3], (2, 3)).tolist() == [[False, True, False], [True, False, False]]


@pytest.mark.parametrize(
    ("counts", "size"), [([1, 2], (2, 3)), ("1", (2, 3)), ("06P", (2, 3)), ([-1, 7], (2, 3))]
)
def test_damaged_runs_are_refused(counts: str | list[int], size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="run"):
        decode_rle(counts, size)
