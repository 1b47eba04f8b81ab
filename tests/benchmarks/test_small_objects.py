"""Small drawn objects, followed by the shipped weights."""

import numpy as np
import pytest

from benchmarks import small_objects
from benchmarks.small_objects import drawn, followed
from tracker.build import LIGHT_WEIGHTS, light_propagator, load_xmem, zooming


def test_the_disc_is_as_large_as_was_asked_for_and_moves() -> None:
    (_, first), *_, (image, last) = drawn(20, 4)
    assert first.sum() == pytest.approx(np.pi * 100, rel=0.1)
    assert last.sum() == pytest.approx(np.pi * 100, rel=0.1)
    assert not np.array_equal(first, last)
    assert image.shape == (480, 854, 3)


@pytest.mark.slow
def test_what_is_ten_pixels_across_is_followed_by_a_closer_look() -> None:
    network = load_xmem(LIGHT_WEIGHTS)
    assert np.mean(followed(zooming(network, light_propagator(network)), 10, 6)) > 0.8


@pytest.mark.slow
def test_the_table_has_a_row_for_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert small_objects.main(["--sides", "20", "--frames", "2"]) == 0
    told = capsys.readouterr().out
    assert "whole frame" in told
    assert "and closer" in told
