"""The memory of a large photo, on a small one; without processes of their own, for those take longer."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import large_photo
from tests.benchmarks.test_export_memory import Here
from track_anything.models import Models


def test_every_task_is_done_and_watched(
    tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = type("Context", (), {"Pool": lambda _self, _count: Here()})
    monkeypatch.setattr(large_photo, "get_context", lambda _name: context())
    monkeypatch.setattr(large_photo, "SIZE", (60, 80))
    monkeypatch.setattr(large_photo, "load_models", lambda **_: models)
    assert large_photo.main(["--json", str(tmp_path / "memory.json")]) == 0
    rows: list[dict[str, Any]] = json.loads((tmp_path / "memory.json").read_text("utf-8"))
    assert [(row["task"], row["prompts"]) for row in rows] == [
        (task, prompts) for task in large_photo.TASKS for prompts in (4, 64)
    ]
    assert all(0 < row["embedded_mib"] <= row["peak_mib"] * 1.01 for row in rows)
    assert "embedded, MiB" in capsys.readouterr().out
