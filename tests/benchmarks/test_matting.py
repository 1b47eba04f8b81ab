"""The whole benchmark on two drawn pictures."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchmarks.matting import main
from tests.track_anything.matting.drawn import composed, ramp, trimap_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("images", "trimaps", "alphas"):
        (tmp_path / kind).mkdir()
    alpha = ramp()
    for name in ("first.png", "second.png"):
        PIL.Image.fromarray(composed(alpha)).save(tmp_path / "images" / name)
        PIL.Image.fromarray(trimap_of(alpha)).save(tmp_path / "trimaps" / name)
        PIL.Image.fromarray(np.round(alpha * 255).astype(np.uint8)).save(tmp_path / "alphas" / name)
    return tmp_path


def test_there_is_a_table_for_each_kind_of_trimap(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.matting.find_spec", lambda _name: None)
    assert main(["--data", str(folder), "--width", "14", "--json", str(folder / "out.json")]) == 0
    printed = capsys.readouterr().out
    assert "trimaps of the data set (2 pictures)" in printed
    assert "PyMatting is not installed" in printed
    given, own = json.loads((folder / "out.json").read_text("utf-8")).values()
    for rows in (given, own):
        sad = {row["method"]: row["errors"]["sad"] for row in rows}
        assert sad["closed form"] < 0.02 < sad["hard mask"] < sad["trimap thresholded"]


def test_a_folder_of_another_kind_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(folder / "images")]) == 2
    assert "images/*.png" in capsys.readouterr().err
    (folder / "trimaps" / "first.png").unlink()
    assert main(["--data", str(folder)]) == 2
    assert "first.png does not exist" in capsys.readouterr().err


def test_pictures_are_coded_first_on_demand(folder: Path, tmp_path: Path) -> None:
    def errors(*options: str) -> dict[str, float]:
        out = tmp_path / "coded.json"
        methods = ["--methods", "closed form with prior", "blocks not smoothed"]
        assert main(["--data", str(folder), "--width", "14", "--json", str(out), *methods, *options]) == 0
        rows = next(iter(json.loads(out.read_text("utf-8")).values()))
        return {row["method"].strip(): row["errors"]["sad"] for row in rows}

    clean = errors()
    assert clean["closed form with prior"] == clean["blocks not smoothed"]
    coarse, fine = errors("--jpeg", "10"), errors("--jpeg", "10", "--chroma", "444")
    assert coarse["closed form with prior"] > clean["closed form with prior"]
    assert coarse != fine


def test_a_method_that_is_not_there_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(folder), "--methods", "magic"]) == 2
    assert "unknown method 'magic'; choose one of closed form" in capsys.readouterr().err
