"""The benchmark of starting, on programs that take nothing."""

import json
from pathlib import Path

import pytest

from benchmarks import startup


def test_every_program_is_measured_in_every_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    (other / "track_anything").mkdir(parents=True)
    (other / "track_anything" / "__init__.py").write_text("sum(range(3_000_000))", encoding="utf-8")
    monkeypatch.setattr(startup, "PROGRAMS", {"nothing": "pass", "import": "import track_anything"})
    startup.main([str(other), "--turns", "1", "--json", str(tmp_path / "figures.json")])
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert set(figures) == {"nothing", "import"}
    assert set(figures["import"]) == {str(startup._HERE), str(other)}
    assert figures["import"][str(other)]["processor"] > 0
    assert "import" in capsys.readouterr().out


def test_what_is_no_checkout_and_what_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        startup.main([str(tmp_path)])
    assert "is no checkout: give a folder that holds track_anything" in capsys.readouterr().err
    monkeypatch.setattr(startup, "PROGRAMS", {"broken": "raise SystemExit(3)"})
    with pytest.raises(SystemExit, match="ended with 3"):
        startup.main(["--turns", "1"])
