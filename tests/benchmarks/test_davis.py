"""The benchmark from end to end on the fakes: what is scored, printed and written."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchmarks import davis
from benchmarks.davis import main
from benchmarks.davis_sequence import VOID, DavisSequence, sequence_names
from benchmarks.evaluation import evaluate
from track_anything.errors import InputError, VideoError
from track_anything.masks import read_label_map
from track_anything.models import Models
from track_anything.testing import ColourSegmenter, MovingShapes

from .conftest import CLIP

SIZED_FLOOR = ["--preset", "training-free", "--internal-size", "360"]
REPOSITORY = Path(__file__).resolve().parents[2]


def overwrite_mask(data: Path, name: str, index: int, mask: np.ndarray) -> None:
    PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(data / "Annotations" / name / f"{index:05d}.png")


def test_a_tracked_disc_scores_one_in_every_sequence_and_in_the_mean(data, models, capsys):
    assert main(["--data", str(data)], models) == 0
    protocol, header, *rows = capsys.readouterr().out.splitlines()
    assert protocol == (
        "DAVIS-2016 semi-supervised, first and last frame not scored; "
        "the true mask of the first frame is given"
    )
    assert header.split()[:5] == ["sequence", "J", "F", "J&F", "frames"]
    assert [row.split()[:5] for row in rows] == [
        ["disc", "1.000", "1.000", "1.000", "6"],
        ["twin", "1.000", "1.000", "1.000", "6"],
        ["mean", "1.000", "1.000", "1.000", "12"],
    ]
    assert [row.split()[6] for row in rows] == ["5/5", "5/5", "10/10"]


def test_each_object_is_scored_by_itself_and_what_is_unknown_is_not(tmp_path, models, capsys):
    clip = MovingShapes(frame_count=6, shapes=2)
    images, masks = tmp_path / "JPEGImages" / "two", tmp_path / "Annotations" / "two"
    images.mkdir(parents=True)
    masks.mkdir(parents=True)
    for index in range(len(clip)):
        label_map = clip.label_map(index).copy()
        if index:
            label_map[label_map == 2] = VOID if index < 3 else 0  # unknown at first, then gone
        PIL.Image.fromarray(clip.frame(index)).save(images / f"{index:05d}.png")
        PIL.Image.fromarray(label_map).save(masks / f"{index:05d}.png")
    assert main(["--data", str(tmp_path), "--objects"], models) == 0
    protocol, _, row, _ = capsys.readouterr().out.splitlines()
    assert protocol.startswith("DAVIS-2017 semi-supervised")
    # object 1 is right on all four frames; of object 2 two are unknown, so nothing found is right there,
    # and on the other two it is followed although the truth says that it is gone
    assert row.split()[1:4] == ["0.750", "0.750", "0.750"]


def test_the_json_holds_every_figure_of_the_table(data, models, tmp_path, capsys):
    path = tmp_path / "new" / "scores.json"
    assert main(["--data", str(data), "--sequences", "twin", "--json", str(path)], models) == 0
    content = json.loads(path.read_text())
    assert content["protocol"] in capsys.readouterr().out
    assert content["options"]["data"] == str(data)
    assert content["options"]["refine"] is True
    (score,) = content["sequences"]
    assert content["mean"] == score | {"name": "mean"}
    assert score["fps"] > 0
    assert score["peak_rss_mib"] > 0
    expected = {"name": "twin", "J": 1, "F": 1, "J&F": 1, "frames": 6, "clicks": 0}
    assert score.items() >= (expected | {"refinements_fired": 5, "refinements_accepted": 5}).items()


def test_clicks_make_the_first_mask_and_are_counted(data, models, capsys):
    arguments = ["--data", str(data), "--sequences", "disc", "--init", "clicks", "--clicks", "3"]
    assert main(arguments, models) == 0
    protocol, _, row, _ = capsys.readouterr().out.splitlines()
    assert "the segmenter makes the first mask from at most 3 simulated clicks" in protocol
    assert row.split()[3] == "1.000"
    assert row.split()[7] == "1"  # the first click was enough


def test_predicted_masks_are_written_under_the_names_of_the_annotations(data, models, tmp_path):
    out = tmp_path / "predictions"
    assert main(["--data", str(data), "--out", str(out)], models) == 0
    for name in ("disc", "twin"):
        assert sorted(path.name for path in (out / name).iterdir()) == [f"{i:05d}.png" for i in range(6)]
        for index in range(6):
            written = read_label_map(out / name / f"{index:05d}.png")
            assert np.array_equal(written, CLIP.label_map(index))


def test_only_the_frames_between_first_and_last_count(data, models):
    overwrite_mask(data, "disc", 5, np.zeros((72, 96)))
    assert evaluate(DavisSequence.open(data, "disc"), models).mean == 1.0
    overwrite_mask(data, "disc", 4, np.zeros((72, 96)))
    assert evaluate(DavisSequence.open(data, "disc"), models).mean == 0.75


def test_without_refinement_nothing_is_asked(data, models):
    score = evaluate(DavisSequence.open(data, "disc"), replace(models, refine_policy=None))
    assert (score.fired, score.accepted) == (0, 0)
    assert score.mean == 1.0


def test_the_options_name_the_models_and_stored_embeddings_take_the_speed_away(
    data, models, tmp_path, monkeypatch, capsys
):
    asked = {}

    def load_models(**choices) -> Models:
        asked.update(choices)
        choices["wrap"](ColourSegmenter())
        return replace(models, refine_policy=None)

    monkeypatch.setattr(davis, "load_models", load_models)
    checkpoint, path = tmp_path / "own.pt", tmp_path / "scores.json"
    checkpoint.write_bytes(b"weights")
    arguments = ["--data", str(data), "--sequences", "disc", "--no-refine", "--device", "cpu"]
    arguments += ["--weights", str(checkpoint), "--embeddings", str(tmp_path / "kept"), "--json", str(path)]
    assert main(arguments) == 0
    del asked["wrap"]
    assert asked == {
        "segmenter": "mobile-sam",
        "preset": "balanced",
        "tracker": None,
        "weights": checkpoint,
        "tracker_weights": None,
        "device": "cpu",
        "engine": "torch",
        "precision": "auto",
        "refine": False,
    }
    protocol, _, row, mean = capsys.readouterr().out.splitlines()
    assert protocol.endswith("embeddings may come from disk, so no speed is given")
    assert (row.split()[5], mean.split()[5]) == ("-", "-")
    assert json.loads(path.read_text())["mean"]["fps"] is None
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.name.startswith("mobile-sam-")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--data", "nowhere"], "nowhere/Annotations holds no sequences: give --data"),
        (["--data", "{data}", "--sequences", "cat"], "there is no folder .*cat: give --data"),
        (["--data", "{data}", "--json", "{data}/JPEGImages/disc/00000.png/x.json"], "cannot be made"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(data, models, capsys, arguments, complaint):
    assert main([argument.format(data=data) for argument in arguments], models) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert re.search(complaint, captured.err)


@pytest.mark.parametrize(
    "arguments",
    [["--clicks", "3"], ["--init", "clicks", "--clicks", "0"], ["--segmenter", "sam3"], SIZED_FLOOR],
)
def test_options_that_make_no_sense_are_refused(data, models, arguments):
    with pytest.raises(SystemExit) as stop:
        main(["--data", str(data), *arguments], models)
    assert stop.value.code == 2


def test_a_sequence_with_a_mask_missing_is_refused(data):
    (data / "Annotations" / "disc" / "00003.png").unlink()
    with pytest.raises(InputError, match="disc has 6 frames but 5 masks"):
        DavisSequence.open(data, "disc")


def test_a_sequence_with_last_frames_of_another_size_can_be_read_in_part(data):
    path = data / "JPEGImages" / "disc" / "00005.png"
    with PIL.Image.open(path) as image:
        image.resize((10, 10)).save(path)
    with pytest.raises(VideoError, match="10 x 10"):
        DavisSequence.open(data, "disc")
    assert len(DavisSequence.open(data, "disc", pattern="0000[0-4]")) == 5


def test_a_sequence_too_short_to_score_is_refused(data):
    for kind in ("JPEGImages", "Annotations"):
        for index in range(2, 6):
            (data / kind / "disc" / f"{index:05d}.png").unlink()
    with pytest.raises(InputError, match="disc has 2 frames: at least 3"):
        DavisSequence.open(data, "disc")


def test_sequences_are_listed_by_name(data):
    assert sequence_names(data) == ["disc", "twin"]


@pytest.mark.slow
@pytest.mark.parametrize("command", [["benchmarks/davis.py"], ["-m", "benchmarks.davis"]])
def test_it_runs_as_a_file_and_as_a_module(command):
    finished = subprocess.run(
        [sys.executable, *command, "--help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert "--init {mask,clicks}" in finished.stdout
