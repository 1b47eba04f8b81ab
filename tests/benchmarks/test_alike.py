"""Finding all like an example, on a drawn part of COCO."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.alike import Task, best_threshold, fit, main, marks
from track_anything.models import Models
from track_anything.prompting.finding.scoring import EVIDENCE


def task(
    overlaps: list[list[float]],
    scores: list[float],
    doubles: np.ndarray | None = None,
    crowded: tuple[int, ...] = (),
) -> Task:
    count = len(scores)
    evidence = np.repeat(np.array(scores)[:, None], len(EVIDENCE), axis=1)
    own = np.eye(count, dtype=bool) if doubles is None else doubles
    is_crowded = np.isin(np.arange(count), crowded)
    return Task(1, "cup", evidence, np.array(scores), np.array(overlaps), own, is_crowded)


def test_marks_count_every_object_once() -> None:
    found = task([[0.9, 0], [0.8, 0], [0, 0.2]], [0.9, 0.8, 0.7])
    assert marks(found, "means", 0.85) == pytest.approx((1, 1 / 2, 2 / 3))
    assert marks(found, "means", 0.75) == pytest.approx((1 / 2, 1 / 2, 1 / 2))
    found = task([[0.9, 0], [0.8, 0], [0, 0.2]], [0.9, 0.8, 0.7], crowded=(1,))
    assert marks(found, "means", 0.75) == pytest.approx((1, 1 / 2, 2 / 3)), "it lies in a crowd"
    assert marks(found, "means", 0.95) == (0, 0, 0)
    doubles = np.eye(3, dtype=bool)
    doubles[2, 0] = True
    found = task([[0.9, 0], [0.8, 0], [0, 0.2]], [0.9, 0.8, 0.7], doubles)
    assert marks(found, "means", 0.65) == pytest.approx((1 / 2, 1 / 2, 1 / 2)), "two show the same"
    doubles[1, 0] = True
    found = task([[0.9, 0], [0.8, 0], [0, 0.2]], [0.9, 0.8, 0.7], doubles)
    assert marks(found, "means", 0.65) == pytest.approx((1, 1 / 2, 2 / 3)), "a part of what was better"


def test_the_threshold_and_the_weights_tell_hits_from_others() -> None:
    tasks = [task([[0.9], [0.1], [0.0]], [0.6, 0.4, 0.1]), task([[0.8], [0.3]], [0.7, 0.3])]
    assert 0.4 < best_threshold(tasks, "means") <= 0.6
    for is_known in (True, False):
        told = fit(tasks, is_known=is_known)
        assert told["inside"] > 0
        assert (told["class_score"] > 0) == is_known


@pytest.mark.slow
def test_the_benchmark_finds_the_other_discs_and_keeps_them(
    coco: Path, models: Models, tmp_path: Path
) -> None:
    words = ["--data", str(coco), "--json", str(tmp_path / "alike.json"), "--found", str(tmp_path / "found")]
    assert main(words, models.segmenter) == 0
    told = json.loads((tmp_path / "alike.json").read_text("utf-8"))
    assert (told["tasks"], told["fitted_on"]) == (1, 1)
    assert {row["rank"] for row in told["rows"]} == {"means", "looks", "scores", "perfect"}
    assert (tmp_path / "found").is_file()
    again = tmp_path / "again.json"
    assert main([*words, "--json", str(again), "--fit"], None) == 0, "nothing is segmented anew"
    assert json.loads(again.read_text("utf-8"))["rows"] == told["rows"]
