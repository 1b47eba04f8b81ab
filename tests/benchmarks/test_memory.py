"""The memory benchmark from end to end, on a short and small run."""

import json
from pathlib import Path

import PIL.Image
import pytest

from benchmarks.memory import main

SMALL = ["--height", "64", "--width", "96", "--arrival", "10", "--long-term", "128", "--settled", "15"]


def test_it_writes_the_figures_and_their_plot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot, figures = tmp_path / "memory.png", tmp_path / "memory.json"

    assert main([*SMALL, "--frames", "60", "--plot", str(plot), "--json", str(figures)]) == 0

    written = json.loads(figures.read_text("utf-8"))
    assert written["frames"] == len(written["rss_mib"]) == len(written["milliseconds"]) == 60
    assert written["time_ratio"] > 0
    assert isinstance(written["rss_growth_mib"], float)
    assert max(written["permanent"]) > min(written["permanent"]) > 0
    with PIL.Image.open(plot) as image:
        assert image.size == (900, 780)
    assert "two objects at a time" in capsys.readouterr().out


def test_a_run_too_short_to_compare_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--frames", "100"])

    assert "give at least 3 times --settled 500" in capsys.readouterr().err
