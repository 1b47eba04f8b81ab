"""The benchmark of shot boundaries: how it counts, what it splices, and what it prints and writes."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from benchmarks import shots
from benchmarks.shots import DISSOLVE, FADE, HARD, Score, Transition, clips, main, score, splice
from track_anything.video.array_video import ArrayVideo

REPOSITORY = Path(__file__).resolve().parents[2]
COLOURS = {"blue": (40, 60, 190), "green": (70, 180, 60), "red": (200, 60, 70)}


def _frames(colour, count, seed=0):
    noise = np.random.default_rng(seed).uniform(-50, 50, (9, 16, 1))
    picture = np.clip(np.kron(noise, np.ones((4, 4, 1))) + colour, 0, 255)
    return [np.roll(picture, index, axis=1).astype(np.uint8) for index in range(count)]


@pytest.fixture
def data(tmp_path):
    """Three sequences of 26 frames, each a texture of another colour that moves."""
    folder = tmp_path / "davis"
    for seed, (name, colour) in enumerate(COLOURS.items()):
        (folder / "JPEGImages" / name).mkdir(parents=True)
        for index, frame in enumerate(_frames(colour, 26, seed)):
            PIL.Image.fromarray(frame).save(folder / "JPEGImages" / name / f"{index:05d}.jpg", quality=95)
    return folder


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        ([10, 27], (2, 0, 0)),
        ([11, 18], (2, 0, 0)),
        ([9, 32], (2, 0, 0)),
        ([8, 17], (0, 2, 2)),
        ([12, 33], (0, 2, 2)),
        ([10, 11, 25], (2, 0, 1)),
        ([20, 25, 30], (1, 1, 2)),
        ([], (0, 2, 0)),
    ],
)
def test_what_is_found_is_matched_one_to_one(found, counts):
    assert score(found, [Transition(20, 30), Transition(10, 10)]) == Score(1, *counts)


def test_the_earlier_of_two_transitions_takes_the_earlier_cut():
    assert score([12, 13], [Transition(10, 11), Transition(13, 20)]) == Score(1, 2, 0, 0)


def test_scores_add_up_to_precision_recall_and_f1():
    total = Score(1, 3, 1, 0) + Score(2, 0, 2, 2)
    assert total == Score(3, 3, 3, 2)
    assert (total.precision, total.recall, total.f1) == (0.6, 0.5, pytest.approx(6 / 11))
    assert np.isnan([Score().precision, Score().recall, Score().f1]).all()


def test_a_hard_cut_only_joins():
    before, after = _frames(COLOURS["red"], 5), _frames(COLOURS["blue"], 4)
    clip = splice(HARD, before, after, 3)
    assert clip.transitions == [Transition(5, 5)]
    assert np.array_equal(clip.frames, before + after)


@pytest.mark.parametrize("length", [8, 9])
@pytest.mark.parametrize("kind", [FADE, DISSOLVE])
def test_a_gradual_transition_goes_from_the_one_to_the_other(kind, length):
    before, after = ([np.full((4, 4, 3), level, np.uint8)] * 20 for level in (90, 180))
    clip = splice(kind, before, after, length)
    levels = [int(frame[0, 0, 0]) for frame in clip.frames]
    (transition,) = clip.transitions
    assert (transition.first, transition.last) == (20 - length, 19)
    assert len(levels) == 40 - length
    assert set(levels[: transition.first]) == {90}
    assert set(levels[transition.last + 1 :]) == {180}
    within = levels[transition.first : transition.last + 1]
    if kind == DISSOLVE:
        assert all(np.diff([90, *within, 180]) > 0)
    else:
        lowest = within.index(0)
        assert all(np.diff([90, *within[: lowest + 1]]) < 0)
        assert all(np.diff([*within[lowest + 1 :], 180]) > 0)


def test_the_same_seed_gives_the_same_clips_and_another_one_others():
    videos = {
        name: ArrayVideo(np.stack(_frames(colour, 60, seed)))
        for seed, (name, colour) in enumerate(COLOURS.items())
    }
    drawn = [[clip.transitions for clip in clips(videos, 4, seed)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert len(drawn[0]) == 3 * 4 + 3


def test_every_boundary_of_clear_clips_is_found_printed_and_written(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shots, "_peers", dict)
    path = tmp_path / "new" / "scores.json"
    assert main(["--data", str(data), "--json", str(path)]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split() == ["ours", "videos", "found", "missed", "false", "P", "R", "F1"]
    assert [row[:26].strip() for row in rows] == ["hard cut", "fade", "dissolve", "unspliced", "all"]
    assert [row[26:].split()[:2] for row in rows[:3]] == [["6", "6"]] * 3  # every ordered pair of the three
    assert rows[4].split() == ["all", "21", "18", "0", "0", "1.000", "1.000", "1.000"]
    scores = json.loads(path.read_text())["ours"]
    nothing = {
        "videos": 3,
        "found": 0,
        "missed": 0,
        "false": 0,
        "precision": None,
        "recall": None,
        "f1": None,
    }
    assert scores["unspliced"] == nothing
    assert scores["all"].items() >= {"found": 18, "missed": 0, "f1": 1.0}.items()


def test_what_the_finder_gets_wrong_is_counted(data, monkeypatch, capsys):
    monkeypatch.setattr(shots, "_peers", dict)
    monkeypatch.setattr(shots, "find_cuts", lambda frames: [1])
    assert main(["--data", str(data), "--pairs", "2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["all", "9", "0", "6", "9", *["0.000"] * 3]


def test_a_peer_that_is_installed_is_scored_beside_us(data, monkeypatch, capsys):
    class Detector:
        def process_frame(self, timecode, frame):
            assert frame.shape == (36, 64, 3)
            return []

        def post_process(self, timecode):
            return [timecode] if timecode.frame_num == 25 else []  # an end of the unspliced sequences

    peer = SimpleNamespace(
        AdaptiveDetector=Detector,
        ContentDetector=Detector,
        ThresholdDetector=Detector,
        FrameTimecode=lambda frame, rate: SimpleNamespace(frame_num=frame),
    )
    monkeypatch.setattr(shots.importlib.util, "find_spec", lambda name: peer)
    monkeypatch.setattr(shots.importlib, "import_module", lambda name: peer)
    assert main(["--data", str(data), "--pairs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[6].startswith("scenedetect Adaptive ")
    assert lines[12].startswith("scenedetect Content ")
    assert lines[10].split()[:5] == ["unspliced", "3", "0", "0", "3"]


@pytest.mark.parametrize(
    ("data_folder", "json_path", "complaint"),
    [
        ("nowhere", None, "holds 0 sequences: give --data"),
        (None, "{data}/JPEGImages/red/00000.jpg/x", "cannot be made"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(data, monkeypatch, capsys, data_folder, json_path, complaint):
    monkeypatch.setattr(shots, "_peers", dict)
    arguments = ["--data", data_folder or str(data), "--pairs", "1"]
    arguments += ["--json", json_path.format(data=data)] if json_path else []
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert complaint in error
    assert error.count("\n") == 1


def test_no_pairs_are_refused():
    with pytest.raises(SystemExit):
        main(["--data", "x", "--pairs", "0"])


@pytest.mark.parametrize("command", [["benchmarks/shots.py"], ["-m", "benchmarks.shots"]])
def test_it_runs_as_a_file_and_as_a_module(command):
    finished = subprocess.run(
        [sys.executable, *command, "--help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert "--pairs" in finished.stdout
