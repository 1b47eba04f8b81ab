"""The benchmark of absence: what it makes of sequences, and what it counts."""

import json

import numpy as np

from benchmarks import absence
from benchmarks.absence import panned, score
from benchmarks.davis_sequence import DavisSequence
from benchmarks.drift_rows import strided
from track_anything.drift import Assessment, Presence
from track_anything.tracking import FrameResult

from .conftest import CLIP


def test_the_window_pans_away_from_the_object_and_back(data) -> None:
    clip = panned(strided(DavisSequence.open(data, "disc"), 1))
    assert {image.shape for image, _ in clip} == {(CLIP.height, CLIP.width // 2, 3)}
    assert clip[0][1].any()
    assert not clip[3][1].any()
    assert clip[-1][1].any()


def test_stolen_and_returned_frames_are_counted() -> None:
    seen, nothing = np.ones((10, 10), np.bool_), np.zeros((10, 10), np.bool_)
    truths = [seen, nothing, nothing, seen, seen]
    half = seen.copy()
    half[:5] = False
    absent = {1: Assessment(Presence.ABSENT, 0.9)}
    found = [
        FrameResult(0, seen.astype(np.uint8), {1: 1.0}),
        FrameResult(1, half.astype(np.uint8), {1: 0.8}),
        FrameResult(2, nothing.astype(np.uint8), {1: 0.9}, assessments=absent),
        FrameResult(3, seen.astype(np.uint8), {1: 0.9}),
        FrameResult(4, half.astype(np.uint8), {1: 0.9}),
    ]
    row = score("clip", truths, found)
    assert (row.absent, row.stolen, row.known_absent, row.returned) == (2, 1, 1, 0.75)


def test_every_clip_is_run_with_and_without_the_monitor(data, models, tmp_path, capsys) -> None:
    numbers = tmp_path / "absence.json"
    options = ["--data", str(data), "--sheets", str(tmp_path / "sheets"), "--json", str(numbers)]
    assert absence.main(options, models) == 0
    tables = json.loads(numbers.read_text())
    assert {watched: len(rows) for watched, rows in tables.items()} == {"watched": 4, "not watched": 4}
    assert len(list((tmp_path / "sheets").iterdir())) == 4
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines[-2:]] == ["all", "all"]
    assert absence.main(["--data", str(tmp_path)], models) == 2
