"""The memory benchmark in small."""

import json
from statistics import median

import pytest

from benchmarks.rss import main


def test_resident_memory_is_recorded_after_every_frame(tmp_path, capsys):
    path = tmp_path / "new" / "rss.json"
    arguments = ["--frames", "8", "--settled", "3", "--height", "72", "--width", "96", "--json", str(path)]
    assert main(arguments) == 0
    content = json.loads(path.read_text())
    assert content["frames"] == 8
    assert content["size"] == [72, 96]
    assert len(content["rss_mib"]) == 8
    assert all(value > 10 for value in content["rss_mib"])
    growth = median(content["rss_mib"]) - median(content["rss_mib"][:3])
    assert content["rss_growth_mib"] == pytest.approx(growth, abs=0.02)
    assert "resident at frame 3:" in capsys.readouterr().out
