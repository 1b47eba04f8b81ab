"""Finding all like an example, on a drawn part of COCO."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.alike import Task, best_threshold, fit, main, marks
from track_anything.models import Models


def task(overlaps: list[list[float]], scores: list[float], doubles: np.ndarray | None = None) -> Task:
    count = len(scores)
    evidence = np.repeat(np.array(scores)[:, None], 7, axis=1)
    own = np.eye(count) if doubles is None else doubles
    return Task(1, "cup", evidence, np.array(scores), np.array(overlaps), own)


def test_marks_count_every_object_once() -> None:
    found = task([[0.9, 0], [0.8, 0], [0, 0.2]], [0.9, 0.8, 0.7])
    assert marks(found, "means", 0.85) == pytest.approx((1, 1 / 2, 2 / 3))
    assert marks(found, "means", 0.75) == pytest.approx((1 / 2, 1 / 2, 1 / 2))
    assert marks(found, "means", 0.95) == (0, 0, 0)
    doubles = np.eye(3)
    doubles[0, 1] = doubles[1, 0] = 0.8
    found = task([[0.9, 0], [0.8, 0], [0, 0.2]], [0.9, 0.8, 0.7], doubles)
    assert marks(found, "means", 0.75) == pytest.approx((1, 1 / 2, 2 / 3))


def test_the_threshold_and_the_weights_tell_hits_from_others() -> None:
    tasks = [task([[0.9], [0.1], [0.0]], [0.6, 0.4, 0.1]), task([[0.8], [0.3]], [0.7, 0.3])]
    assert 0.4 < best_threshold(tasks, "means") <= 0.6
    told = fit(tasks)
    assert told["inside"] > 0
    assert set(told) >= {"bias", "class_score"}


def test_the_benchmark_finds_the_other_discs_and_keeps_them(
    coco: Path, models: Models, tmp_path: Path
) -> None:
    words = ["--data", str(coco), "--json", str(tmp_path / "alike.json"), "--found", str(tmp_path / "found")]
    assert main(words, models.segmenter) == 0
    told = json.loads((tmp_path / "alike.json").read_text("utf-8"))
    assert (told["tasks"], told["fitted_on"]) == (1, 1)
    assert {row["rank"] for row in told["rows"]} == {"means", "scores"}
    assert (tmp_path / "found").is_file()
    again = tmp_path / "again.json"
    assert main([*words, "--json", str(again), "--fit"], None) == 0, "nothing is segmented anew"
    assert json.loads(again.read_text("utf-8"))["rows"] == told["rows"]
