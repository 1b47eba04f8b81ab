"""Finding an object of the first frame on later ones, in drawn clips."""

import json
from pathlib import Path

import pytest

from benchmarks.alike_clips import main
from track_anything.models import Models


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
