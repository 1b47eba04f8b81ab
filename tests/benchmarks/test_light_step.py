"""The benchmark of the light network's step runs on tiny networks."""

import json
from pathlib import Path

import pytest

from benchmarks import light_step
from benchmarks.light_step import main
from tests.tracker.stand_in import TINY, tiny_network


def test_both_are_timed_in_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(light_step, "NetworkConfig", lambda: TINY)
    monkeypatch.setattr(light_step, "load_xmem", lambda path: tiny_network())
    path = tmp_path / "figures.json"
    arguments = ["--pairs", "2", "--height", "48", "--cycles", "1", "--threads", "1", "--json", str(path)]
    main(arguments)
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "light",
        "full",
        "times_faster",
    ]
    assert all(spread["median"] > 0 for spread in json.loads(path.read_text()).values())
