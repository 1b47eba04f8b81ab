"""The table of accuracy from end to end on the fakes."""

import json
import shutil
from pathlib import Path

import PIL.Image
import pytest

from benchmarks import accuracy
from benchmarks.accuracy import main
from track_anything.models import Models


@pytest.fixture
def places(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The drawn sequences as the seven, and one of them as the check set."""
    root = data.parent
    shutil.copytree(data, root / "davis2016-dev")
    shutil.copytree(data, root / "video_extra" / "drawn")
    for path in (root / "video_extra" / "drawn" / "Annotations").rglob("*.png"):
        with PIL.Image.open(path) as mask:
            mask.point(lambda value: int(value > 0)).save(path)  # a label map of object 1
    monkeypatch.setattr(accuracy, "_CHECK_SEQUENCES", {"video_extra/drawn": ("twin",)})
    return root


def test_every_preset_has_a_row_and_every_start_a_column(
    places: Path, models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded: list[str] = []

    def load(preset: str) -> Models:
        loaded.append(preset)
        return models

    path = tmp_path / "scores.json"
    options = ["--data", str(places), "--presets", "fast,accurate", "--json", str(path)]
    assert main(options, load) == 0
    assert loaded == ["fast", "accurate"]
    whole, by_sequence = capsys.readouterr().out.split("\n\n")
    header, rule, *rows = whole.splitlines()
    assert header == "| | seven, true mask | seven, 1 click | seven, 3 clicks | check, true mask |"
    assert rule == "|---|---|---|---|---|"
    right = " | ".join(["1.000 (1.000 / 1.000)"] * 4)
    assert rows == [f"| `fast` | {right} |", f"| `accurate` | {right} |"]

    header, _, *rows = by_sequence.splitlines()
    assert header == "| | `fast` | `accurate` |"
    assert rows[0] == "| disc, seven, true mask | 1.000 | 1.000 |"
    assert rows[-1] == "| twin, check, true mask | 1.000 | 1.000 |"
    assert len(rows) == 7

    content = json.loads(path.read_text())
    assert content["commit"]
    assert content["refine"]
    assert [cell["preset"] for cell in content["cells"]] == ["fast"] * 4 + ["accurate"] * 4
    assert [cell["clicks"] for cell in content["cells"][:4]] == [0, 1, 3, 0]
    names = [[score["name"] for score in cell["sequences"]] for cell in content["cells"][:4]]
    assert names == [["disc", "twin"]] * 3 + [["twin"]]


def test_some_starts_can_be_chosen(places: Path, models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(places), "--presets", "fast", "--clicks", "0"], lambda _: models) == 0
    assert capsys.readouterr().out.splitlines()[0] == "| | seven, true mask | check, true mask |"
    with pytest.raises(SystemExit):
        main(["--data", str(places), "--clicks", "0,2"], lambda _: models)
    assert "choose among 0, 1, 3" in capsys.readouterr().err


def test_some_sequences_can_be_chosen(
    places: Path, models: Models, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", str(places), "--presets", "fast", "--clicks", "0"]
    assert main([*options, "--sequences", "disc"], lambda _: models) == 0
    out = capsys.readouterr().out
    assert "| | seven, true mask |\n" in out
    assert "disc, seven, true mask" in out
    assert "twin" not in out
    assert main([*options, "--sequences", "disc,dish"], lambda _: models) == 2
    assert "no sequence 'dish': choose among disc, twin" in capsys.readouterr().err


def test_the_segmenter_can_be_left_out(
    places: Path, models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[bool] = []

    def load(*, refine: bool, **_: object) -> Models:
        wanted.append(refine)
        return models

    monkeypatch.setattr(accuracy, "load_models", load)
    path = tmp_path / "scores.json"
    options = ["--data", str(places), "--presets", "fast", "--clicks", "0"]
    assert main(options) == 0
    assert main([*options, "--no-refine", "--json", str(path)]) == 0
    assert wanted == [True, False]
    assert not json.loads(path.read_text())["refine"]


def test_what_is_missing_is_named(tmp_path: Path, models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path)], lambda _: models) == 2
    assert "davis2016-dev" in capsys.readouterr().err


def test_unknown_presets_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path), "--presets", "fast,best"])
    assert "unknown preset 'best'; choose among fast, balanced" in capsys.readouterr().err
