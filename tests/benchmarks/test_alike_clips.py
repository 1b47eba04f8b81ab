"""Finding an object of the first frame on later ones, in drawn clips."""

import json
from pathlib import Path

import PIL.Image
import pytest

from benchmarks.alike_clips import main
from track_anything.models import Models
from track_anything.testing import MovingShapes


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A sequence of two discs of two colours."""
    clip = MovingShapes(frame_count=4, height=160, width=240, shapes=2)
    for index in range(len(clip)):
        for folder, image in (("JPEGImages", clip.frame(index)), ("Annotations", clip.label_map(index))):
            (tmp_path / folder / "discs").mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(image).save(tmp_path / folder / "discs" / f"{index:05}.png")
    return tmp_path


@pytest.mark.slow
def test_every_disc_is_found_again(clips: Path, models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(clips), "--json", str(clips / "told.json")], models.segmenter) == 0
    told = json.loads((clips / "told.json").read_text("utf-8"))
    assert (told["clips"], len(told["rows"])) == (1, 4)
    assert all(row["there"] and row["scores"] for row in told["rows"])
    assert "mean features" in capsys.readouterr().out


def test_clips_that_are_not_there_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
