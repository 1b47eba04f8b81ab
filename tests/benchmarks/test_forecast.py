"""What was foreseen is set against what tracking took."""

import sys
from dataclasses import replace

import pytest

from benchmarks.forecast import Case, main, measure, taken_since
from tests.tracker.stand_in import tiny_network
from track_anything.models import Models
from track_anything.testing import fake_models
from tracker.xmem_propagator import XMemPropagator


def tiny_models(**_: str) -> Models:
    """A small memory network behind a fake segmenter."""
    return replace(fake_models(), new_propagator=lambda: XMemPropagator(tiny_network()))


@pytest.mark.parametrize(
    ("before", "most", "taken"), [(4096, 12288, 8192), (8192, 8192, 0), (12288, 8192, 0)]
)
def test_nothing_is_taken_where_less_is_told_than_was_there(before: int, most: int, taken: int) -> None:
    assert taken_since(before, most) == taken


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read where Linux tells it")
def test_one_case_is_tracked_and_measured() -> None:
    outcome = measure(Case("fast", "torch", 96, 128, 2, 4), tiny_models)
    assert outcome.foreseen > 0
    assert 0 <= outcome.taken < 1 << 30
    assert "96 x 128        2       4" in str(outcome)


def test_more_objects_than_are_drawn_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--objects", "1,5"]) == 2
    assert capsys.readouterr().err == "error: --objects takes counts from 1 to 4\n"
