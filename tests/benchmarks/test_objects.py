"""The benchmark of many objects compares counts, and measures one with small frames."""

import json
from pathlib import Path

import pytest

from benchmarks import objects
from benchmarks.objects import main


def test_it_compares_every_count_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(objects, "_in_own_process", lambda count: 100.0 + 10 * int(count))
    assert main(["--objects", "1,4", "--json", str(tmp_path / "peaks.json")]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  4 objects:    140 MiB peak, 1.27 times that of 1"
    assert json.loads((tmp_path / "peaks.json").read_text()) == {"peak_rss_mib": {"1": 110.0, "4": 140.0}}


def test_one_count_is_measured_with_small_frames(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.tracker.stand_in import TINY

    monkeypatch.setattr(objects, "NetworkConfig", lambda: TINY)
    monkeypatch.setattr(objects, "HEIGHT", 32)
    monkeypatch.setattr(objects, "WIDTH", 48)
    assert main(["--one", "3"]) == 0
    assert float(capsys.readouterr().out) > 10
