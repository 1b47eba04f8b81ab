"""The benchmark of corrections from end to end on the fakes: what is clicked, scored, kept and written."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchmarks.correction import ClickScore, correct, main, summary
from benchmarks.davis_sequence import DavisSequence
from track_anything.models import Models
from track_anything.project import Description, Project
from track_anything.session import Session

from .conftest import CLIP

_TAIL = np.s_[2:10, 4:20]  # rows and columns, away from the disc


@pytest.fixture
def grown(data: Path) -> Path:
    """The folder with a white patch that the truth holds from frame 1 on, and no tracker can know of."""
    for index in range(len(CLIP)):
        image, mask = CLIP.frame(index), CLIP.label_map(index) * 255
        image[_TAIL] = 250
        if index:
            mask[_TAIL] = 255
        PIL.Image.fromarray(image).save(data / "JPEGImages" / "disc" / f"{index:05d}.png")
        PIL.Image.fromarray(mask).save(data / "Annotations" / "disc" / f"{index:05d}.png")
    return data


def run(data: Path, models: Models, *more: object) -> int:
    names = ["--sequences", "disc", "--every", "2"]
    return main(["--data", str(data), *names, *(str(each) for each in more)], models)


def test_what_is_missing_is_clicked_and_what_came_of_it_is_written(
    grown: Path, models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(grown, models, "--json", tmp_path / "found.json") == 0
    found = json.loads((tmp_path / "found.json").read_text())
    first = found["presets"]["fast"]["1"]
    assert first["clicks"] == 2
    assert first["before"] < 0.9
    assert first["after"] == 1
    assert (found["worse_share"], found["mean_gain"]) == (0, pytest.approx(1 - first["before"]))
    assert first["mended"] == 1
    assert found["presets"]["fast"]["2"]["clicks"] == 0  # nothing is wrong any more
    assert all(click["is_positive"] for click in found["clicks"]["fast"])
    assert capsys.readouterr().out.splitlines()[1].split()[:3] == ["fast", "1", "2"]


def test_tracked_masks_are_kept_and_neither_made_again_nor_changed(
    grown: Path, models: Models, tmp_path: Path
) -> None:
    kept = tmp_path / "tracked"
    assert run(grown, models, "--tracked", kept) == 0

    def never() -> None:
        raise AssertionError("it was tracked again")

    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    assert run(grown, replace(models, new_propagator=never), "--tracked", kept) == 0  # type: ignore[arg-type]
    assert {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before


def test_the_project_is_left_as_it_was(grown: Path, models: Models, tmp_path: Path) -> None:
    sequence = DavisSequence.open(grown, "disc")
    project = Project.create(tmp_path / "project", Description(Path("disc"), "", sequence.video.info))
    with Session(project, sequence.video, lambda: models) as session:
        session.give_mask(frame=0, object_id=session.add_object(), mask=sequence.truth(0))
        session.track().run()
        edits = project.state.edits
        (score,) = correct(session, sequence, 2, 3)
        assert score.mended == 1
        assert project.state.edits == edits


def test_a_click_that_harms_is_counted() -> None:
    def score(number: int, before: float, after: float) -> ClickScore:
        return ClickScore("disc", 10, number, True, 1, 1, before, after, 0.5)

    scores = [score(1, 0.9, 0.95), score(1, 0.9, 0.896), score(1, 0.9, 0.8), score(2, 0.5, 0.1)]
    told = summary(scores, 1)
    assert told["clicks"] == 3
    assert told["worse_share"] == pytest.approx(1 / 3)
    assert told["mean_gain"] == pytest.approx((0.05 - 0.004 - 0.1) / 3)
    assert summary([], 1)["worse_share"] == 0


def test_an_unknown_preset_or_folder_is_one_line(
    data: Path, models: Models, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(data, models, "--presets", "magic")
    assert "unknown preset 'magic'; choose one of fast" in capsys.readouterr().err
    assert main(["--data", str(data / "nowhere")], models) == 2
    assert "holds no sequences" in capsys.readouterr().err
