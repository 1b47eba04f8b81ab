"""The whole benchmark on a short clip; without processes of its own, for those take longer than it does."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import export_memory


class Here:
    """A pool that runs what it is given in this process."""

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def apply(self, function: Any, arguments: tuple[Any, ...]) -> Any:
        return function(*arguments)


def test_every_form_is_made_and_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = type("Context", (), {"Pool": lambda _self, _count: Here()})
    monkeypatch.setattr(export_memory, "get_context", lambda _name: context())
    arguments = ["--frames", "6", "--height", "48", "--width", "64", "--json", str(tmp_path / "out.json")]
    assert export_memory.main([*arguments, "--forms", "matte", "coco", "removal"]) == 0
    rows = json.loads((tmp_path / "out.json").read_text())
    assert [(row["form"], row["frames"]) for row in rows] == [("matte", 6), ("coco", 6), ("removal", 6)]
    assert all(0 < row["end_mib"] <= row["peak_mib"] * 1.01 for row in rows)
    assert "64 x 48, 6 frames of 0.1 s" in capsys.readouterr().out
