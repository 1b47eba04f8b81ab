"""The published matching of edges, on lines that were drawn here, and the benchmark on a drawn picture."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchmarks.edge_scores import canny, count, matching, scores_of, skeleton
from benchmarks.edges import main
from track_anything.masks.arrays import distance_inside
from track_anything.models import Models
from track_anything.testing import MovingShapes

THRESHOLDS = np.array([0.25, 0.75])


def line(column: int, rows: int = 80) -> np.ndarray:
    mask = np.zeros((100, 100), np.bool_)
    mask[:rows, column] = True
    return mask


def test_pixels_within_reach_are_matched_one_to_one() -> None:
    assert matching(line(20), line(21), 1.1)[1] == 80
    assert matching(line(20), line(23), 1.1)[1] == 0
    two = line(20) | line(21)
    assert matching(two, line(20), 1.1)[1] == 80, "no pixel that a person drew is found twice"
    assert matching(line(20), line(20, rows=30), 1.1)[0][:30].any()
    assert matching(line(20) & False, line(20), 1.1)[1] == 0


def test_recall_is_over_all_people_and_precision_over_any() -> None:
    strength = np.where(line(20), 1.0, np.where(line(60), 0.5, 0)).astype(np.float32)
    counted = count(strength, [line(20), line(20) | line(80)], THRESHOLDS)
    assert counted.tolist() == [[160, 240, 80, 160], [160, 240, 80, 80]]
    scores = scores_of([counted])
    assert scores.ods == pytest.approx(2 * (160 / 240) / (1 + 160 / 240))
    assert scores.ois == scores.ods
    assert scores.recall_at_half == pytest.approx(160 / 240)


def test_each_image_may_have_a_threshold_of_its_own_for_ois() -> None:
    low = np.where(line(20), 0.5, 0).astype(np.float32)
    high = np.where(line(20), 1.0, np.where(line(60), 0.5, 0)).astype(np.float32)
    counts = [count(strength, [line(20)], THRESHOLDS) for strength in (low, high)]
    scores = scores_of(counts)
    assert scores.ois == pytest.approx(1)
    assert scores.ods < 0.9


def test_a_thick_line_becomes_a_thin_one_of_the_same_length() -> None:
    thick = line(20) | line(21) | line(22)
    thin = skeleton(thick)
    assert not (thin & ~thick).any()
    assert thin.sum(axis=1).max() == 1
    assert thin.any(axis=1).sum() >= 77


def test_a_stronger_step_survives_more_of_cannys_thresholds() -> None:
    grey = np.full((60, 90), 40, np.uint8)
    grey[:, 30:60], grey[:, 60:] = 60, 220
    strength = canny(grey, 1.4)
    assert 0 < strength[30, 27:33].max() < strength[30, 57:63].max()


def test_the_benchmark_tells_every_method_and_draws(models: Models, tmp_path: Path) -> None:
    clip = MovingShapes(height=96, width=128)
    (tmp_path / "images").mkdir()
    (tmp_path / "boundaries").mkdir()
    PIL.Image.fromarray(clip.frame(0)).save(tmp_path / "images" / "disc.png")
    disc = clip.label_map(0) == 1
    outline = (distance_inside(disc) > 0) & (distance_inside(disc) < 1.5)
    bits = np.packbits(outline[None], axis=-1)
    np.savez(tmp_path / "boundaries" / "disc.npz", bits=bits, shape=np.array([1, 96, 128]))
    pictures = tmp_path / "sheet.png", tmp_path / "curve.png"
    code = main(
        ["--data", str(tmp_path), "--points-per-side", "6", "--thresholds", "5", "--json",
         str(tmp_path / "edges.json"), "--sheet", str(pictures[0]), "--plot", str(pictures[1])],
        models.segmenter,
    )  # fmt: skip
    told = json.loads((tmp_path / "edges.json").read_text("utf-8"))
    rows = {row["edges"]: row for row in told["rows"]}
    assert (code, told["pictures"], all(path.is_file() for path in pictures)) == (0, 1, True)
    assert rows["segmenter"]["ods"] > 0.8
    assert "Sobel" in rows
