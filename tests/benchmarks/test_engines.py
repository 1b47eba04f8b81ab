"""Ways are held against torch in float32, and one that moves masks too far is told."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import engines
from benchmarks.engines import MOST_MOVED, ORACLE, encoders, main, moved, steps
from benchmarks.light_step import filled
from track_anything.models import Models
from track_anything.models.engine import WITHIN_GATE


def test_differences_are_means_over_the_sequences() -> None:
    found = {"a": {"one": 0.9, "two": 0.7}, "b": {"one": 0.8, "two": 0.8}}
    assert moved(found, {"one": 0.8, "two": 0.8, "three": 0.1}) == pytest.approx({"a": 0, "b": 0})


@pytest.mark.parametrize(("shift", "code"), [(0.002, 0), (-0.002, 0), (0.004, 1), (-0.004, 1)])
def test_a_way_that_misses_the_gate_is_told(
    shift: float, code: int, data: Path, models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def accuracy(sequences: object, ways: list[str], load: object) -> dict[str, dict[str, float]]:
        return {way: {"disc": 0.8 + (0 if way == ORACLE else shift)} for way in ways}

    monkeypatch.setattr(engines, "accuracy", accuracy)
    path = tmp_path / "engines.json"
    assert main(["--data", str(data), "--ways", "torch:bfloat16", "--json", str(path)]) == code
    assert json.loads(path.read_text())["fast"]["moved"]["torch:bfloat16"] == pytest.approx(shift)


def test_every_way_tracks_every_sequence(
    data: Path, models: Models, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "load_way", lambda way, preset="fast": models)
    assert main(["--data", str(data), "--sequences", "disc", "--ways", "openvino:float32"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["torch", "openvino"]
    assert "fast by openvino:float32: J&F +0.0000, within the gate" in lines[-1]


def test_encoders_take_turns(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "load_way", lambda way: models)
    assert encoders(["a", "b"], 2).keys() == {"a", "b"}


def test_steps_take_turns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def small(count: int, size: tuple[int, int]) -> list[NDArray[np.uint8]]:
        return [np.full((32, 48, 3), index, np.uint8) for index in range(count)]

    monkeypatch.setattr(engines, "frames", small)
    monkeypatch.setattr("benchmarks.light_step.frames", small)
    monkeypatch.setattr(engines, "filled", lambda propagator, size, cycles: filled(propagator, (32, 48), 1))
    assert main(["--steps", "--ways", "torch:bfloat16", "--pairs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[:2] for line in lines] == [
        ["one step by torch", "float32"],
        ["one step by torch", "bfloat16"],
    ]
    assert steps([ORACLE], 2)[ORACLE].least > 0


def test_auto_takes_no_precision_that_was_never_held_against_the_oracle() -> None:
    measured = {way.partition(":")[2] for way in engines.WAYS if way.startswith("openvino")}
    assert set(WITHIN_GATE) <= measured
    assert MOST_MOVED == 0.003
