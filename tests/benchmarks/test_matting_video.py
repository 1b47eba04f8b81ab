"""The whole benchmark on two drawn objects over two drawn clips."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchmarks.matting_video import METHODS, main
from tests.track_anything.matting.drawn import composed, ramp, trimap_of


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    data, clips = tmp_path / "data", tmp_path / "clips"
    for folder in (*(data / kind for kind in ("images", "trimaps", "alphas")), clips / "one", clips / "two"):
        folder.mkdir(parents=True)
    alpha = ramp(96, 160, 40)
    PIL.Image.fromarray(composed(alpha)).save(data / "images" / "object.png")
    PIL.Image.fromarray(trimap_of(alpha)).save(data / "trimaps" / "object.png")
    PIL.Image.fromarray(np.round(alpha * 255).astype(np.uint8)).save(data / "alphas" / "object.png")
    for number, folder in enumerate(sorted(clips.iterdir())):
        for frame in range(3):
            noise = np.random.default_rng(10 * number + frame).integers(0, 80, (48, 80, 3)).astype(np.uint8)
            PIL.Image.fromarray(noise).save(folder / f"{frame:05}.jpg")
    return data, clips


def test_there_is_a_line_for_every_method(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data, clips = folders
    arguments = ["--data", str(data), "--backgrounds", str(clips), "--frames", "3", "--width", "16"]
    assert main([*arguments, "--json", str(tmp_path / "out.json")]) == 0
    assert "1 clips of 3 frames, band of 16 pixels" in capsys.readouterr().out
    rows = {row["method"]: row for row in json.loads((tmp_path / "out.json").read_text())}
    assert list(rows) == list(METHODS)
    assert 0 < rows["closed form"]["mad"] < rows["hard mask"]["mad"]
    assert rows["closed form"]["dtssd"] < rows["hard mask"]["dtssd"]


def test_what_cannot_be_used_is_refused(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    data, clips = folders
    assert main(["--data", str(data), "--backgrounds", str(clips), "--frames", "9"]) == 2
    assert "has 3 frames: ask for fewer --frames" in capsys.readouterr().err
    assert main(["--data", str(data), "--backgrounds", str(clips / "one")]) == 2
    assert "holds no folders of frames" in capsys.readouterr().err
