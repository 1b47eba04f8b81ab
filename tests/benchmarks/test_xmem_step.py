"""The speed benchmark: both ways compute the same, and the figures are those of the pairs."""

import json
from pathlib import Path

import pytest
import torch

from benchmarks.xmem_step import Spread, frames, main, measure
from tests.tracker.stand_in import tiny_network


def test_the_plain_way_gives_the_same_masks() -> None:
    figures = measure(tiny_network(), pairs=2, size=(48, 64))
    assert figures.agreement > 0.999
    assert 0 < figures.times_faster.least <= figures.times_faster.median <= figures.times_faster.greatest


def test_the_square_moves_and_the_rest_stands_still() -> None:
    first, second = frames(2, (48, 64))
    assert (first != second).any()
    assert (first[:16] == second[:16]).all()


def test_a_spread_for_people() -> None:
    assert str(Spread.of([3.0, 1.0, 2.0])) == "2.00 (1.00 to 3.00)"


def test_the_command_prints_and_writes_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = tmp_path / "tiny.pth"
    torch.save(tiny_network().state_dict(), checkpoint)
    threads = torch.get_num_threads()
    try:
        options = ["--checkpoint", checkpoint, "--json", tmp_path / "step.json", "--profile"]
        main([str(option) for option in options] + ["--pairs", "1", "--height", "48", "--threads", "1"])
    finally:
        torch.set_num_threads(threads)
    printed = capsys.readouterr().out
    assert "times faster" in printed
    assert "Self CPU time total" in printed
    assert json.loads((tmp_path / "step.json").read_text())["agreement"] > 0.99
