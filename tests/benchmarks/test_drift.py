"""The benchmarks around the drift monitor from end to end on the fakes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import drift, fit_confidence, interactive, refinement
from benchmarks.corruptions import corrupt
from benchmarks.davis_sequence import DavisSequence
from benchmarks.drift import calibration
from benchmarks.drift_rows import collect, spliced, strided
from benchmarks.fit_confidence import fit_logistic
from benchmarks.metrics import auroc
from benchmarks.watched import watch
from track_anything.drift import RefinePolicy
from track_anything.drift.confidence import Logistic
from track_anything.drift.reprompt import ANSWER_NAMES
from track_anything.drift.signals import SIGNAL_NAMES

from .conftest import CLIP


def test_auroc_counts_pairs_in_the_right_order() -> None:
    scores = np.array([0.9, 0.8, 0.3, 0.1])
    assert auroc(scores, np.array([True, True, False, False])) == 1
    assert auroc(scores, np.array([False, True, True, False])) == 0.5
    assert auroc(np.ones(4), np.array([True, False, True, False])) == 0.5
    assert np.isnan(auroc(scores, np.ones(4, np.bool_)))


def test_calibration_compares_what_is_said_with_what_holds() -> None:
    curve = calibration(np.array([0.11, 0.13, 0.95, 1.0]), np.array([False, True, True, True]))
    assert curve["count"] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 2]
    assert curve["says"][1] == pytest.approx(0.12)
    assert (curve["holds"][1], curve["holds"][9]) == (0.5, 1.0)
    assert curve["holds"][4] == 0.45  # nothing there: as an ideal one


def test_the_drift_benchmark_prints_plots_and_writes(data, models, tmp_path, capsys) -> None:
    plot, numbers = tmp_path / "plot.png", tmp_path / "drift.json"
    options = ["--data", str(data), "--preset", "fast", "--plot", str(plot), "--json", str(numbers)]
    assert drift.main(options, models) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "fast"
    assert [line.split()[:3] for line in lines[2:5]] == [
        ["disc", "4", "0"],
        ["twin", "4", "0"],
        ["all", "8", "0"],
    ]
    assert plot.stat().st_size > 0
    assert sum(json.loads(numbers.read_text())["fast"]["calibration"]["count"]) == 8
    assert drift.main(["--data", str(tmp_path)], models) == 2


def test_what_refinement_did_is_counted(data, models, capsys) -> None:
    assert refinement.main(["--data", str(data)], models) == 0
    *_, disc, _, mean = capsys.readouterr().out.splitlines()
    assert disc.split() == ["disc", "1.000", "1.000", "+0.000", "4", "4", "0", "0"]
    assert mean.split() == ["mean", "1.000", "1.000", "+0.000", "8", "8", "0", "0"]


def test_an_answer_that_made_a_mask_worse_is_harmful(data, models, monkeypatch) -> None:
    monkeypatch.setattr(
        DavisSequence, "truth", lambda self, index: CLIP.label_map(index) == (0 if index == 3 else 1)
    )
    lenient = replace(models, refine_policy=RefinePolicy(min_agreement=0))
    frames = list(watch(DavisSequence.open(data, "disc"), lenient))
    assert not any(frame.is_harmed for frame in frames)  # the answer is the propagated mask itself
    assert frames[2].region == 0
    worse = replace(frames[1], mask=frames[1].mask & False)
    assert worse.is_harmed


def test_a_simulated_person_corrects_what_the_ranking_proposes(data, models, tmp_path, capsys) -> None:
    plot, numbers = tmp_path / "plot.png", tmp_path / "curves.json"
    options = ["--data", str(data), "--sequences", "disc", "--rounds", "3", "--plot", str(plot)]
    assert interactive.main([*options, "--json", str(numbers)], models) == 0
    curves = json.loads(numbers.read_text())
    assert set(curves["mean"]) == {"ranking", "evenly", "truth"}
    assert curves["mean"]["ranking"] == [1, 1, 1, 1]
    assert plot.stat().st_size > 0
    assert "disc, ranking" in capsys.readouterr().out
    assert interactive.main(["--data", str(tmp_path)], models) == 2


def test_evenly_takes_the_frame_farthest_from_those_given(data, models, tmp_path) -> None:
    sequence = DavisSequence.open(data, "disc")
    picked: list[int | None] = []

    def noted(session, scores):
        picked.append(interactive.evenly(session, scores))
        return picked[-1]

    with interactive._session(sequence, tmp_path, models) as session:
        interactive.correct_rounds(sequence, session, noted, 4)
    assert picked == [4, 2, 1, 3]


@pytest.mark.parametrize("seed", range(12))
def test_a_corrupted_mask_is_another_one(seed: int) -> None:
    mask = CLIP.label_map(2) == 1
    wrong = corrupt(mask, np.random.default_rng(seed))
    assert wrong.shape == mask.shape
    assert wrong.dtype == np.bool_
    assert (wrong != mask).any()


def test_spliced_frames_are_foreign_and_hold_no_object(data) -> None:
    clip = strided(DavisSequence.open(data, "disc"), 2)
    assert len(clip) == 3
    together = spliced(clip, clip, 1, 2)
    assert [bool(truth.any()) for _, truth in together] == [True, False, False, True, True]


def test_rows_hold_the_truth_about_every_propagated_mask(data, models) -> None:
    clip = strided(DavisSequence.open(data, "disc"), 1)
    clean = list(collect("clean", clip, models, None))
    assert [row.overlap for row in clean] == [1] * 5
    assert all(row.answer.agreement == 1 for row in clean)
    wrong = list(collect("corrupted", clip * 5, models, np.random.default_rng(1)))
    assert min(row.overlap for row in wrong) < 0.7


def test_a_fit_finds_what_decides(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(400, 2))
    model = fit_logistic(("decides", "noise"), inputs, inputs[:, 0] + 0.2 * generator.normal(size=400) > 0)
    assert isinstance(model, Logistic)
    assert model.weights[0] > 5 * abs(model.weights[1])
    assert model(np.array([2.0, 0.0])) > 0.9 > 0.1 > model(np.array([-2.0, 0.0]))


def test_the_calibration_file_is_written_by_one_command(data, models, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(fit_confidence, "load_models", lambda **options: models)
    monkeypatch.setattr(fit_confidence, "_STRIDE", 1)
    out = tmp_path / "calibration.json"
    assert fit_confidence.main(["--data", str(data), "--out", str(out)]) == 0
    fitted = {name: Logistic.from_json(fields) for name, fields in json.loads(out.read_text()).items()}
    assert fitted["seen"].names == SIGNAL_NAMES
    assert fitted["checked"].names == SIGNAL_NAMES + ANSWER_NAMES
    assert "masks; wrote" in capsys.readouterr().out
    assert fit_confidence.main(["--data", str(tmp_path), "--out", str(out)]) == 2
