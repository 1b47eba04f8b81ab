"""The benchmark of precisions lets both take turns."""

import json
from pathlib import Path

import pytest

from benchmarks import precisions
from benchmarks.precisions import compare, main


def test_both_take_turns_and_are_compared() -> None:
    order: list[str] = []
    works = {name: lambda name=name: order.append(name) for name in ("float32", "bfloat16")}
    found = compare(works, pairs=3)
    assert order == ["float32", "bfloat16"] * 3
    assert found.keys() == {"float32", "bfloat16", "times_faster"}


def test_steps_and_looks_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(precisions, "looks", lambda size, weights: precisions.steps(size, 1))
    path = tmp_path / "figures.json"
    weights = str(tmp_path / "none.pt")
    main(["--pairs", "1", "--height", "48", "--cycles", "1", "--weights", weights, "--json", str(path)])
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        f"{what}, {name}" for what in ("steps", "looks") for name in ("float32", "bfloat16", "times_faster")
    ]
    assert json.loads(path.read_text())["steps"]["times_faster"]["median"] > 0
