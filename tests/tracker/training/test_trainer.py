"""A training ends, stops, goes on and learns, on tiny networks."""

import json
import math
from dataclasses import replace
from itertools import islice
from pathlib import Path

import PIL.Image
import pytest
import torch

from tracker.build import read_xmem
from tracker.errors import TrainingError
from tracker.training import CURVE, WEIGHTS, Trainer, TrainingConfig, trainer, xmem_lesson


@pytest.mark.slow
def test_a_run_ends_with_weights_a_record_and_pictures(
    data: Path, tmp_path: Path, config: TrainingConfig
) -> None:
    out = tmp_path / "out"
    run = Trainer(config, data, out)
    assert len(run) == 20
    steps = list(run)
    assert [step.iteration for step in steps] == list(range(20))
    assert [step.stage for step in steps] == ["stills"] * 10 + ["mixed"] * 10
    assert all(math.isfinite(step.loss) and step.seconds > 0 for step in steps)
    assert len(run) == 0

    assert read_xmem(out / WEIGHTS).config == config.network
    record = json.loads((out / "run.json").read_text())
    assert record["losses"] == pytest.approx([step.loss for step in steps], abs=1e-4)
    assert record["config"]["seed"] == 0
    with PIL.Image.open(out / CURVE) as picture:
        assert picture.width > 500
    sheets = sorted(path.name for path in out.glob("clips-*.png"))
    assert sheets == ["clips-000008.png", "clips-000016.png"]
    with PIL.Image.open(out / sheets[1]) as picture:
        assert picture.size == (3 * 32, 2 * 32)


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    data: Path, tmp_path: Path, config: TrainingConfig
) -> None:
    undisturbed = Trainer(config, data, tmp_path / "undisturbed")
    losses = [step.loss for step in undisturbed]
    stopped = iter(Trainer(config, data, tmp_path / "stopped"))
    before = [step.loss for step in islice(stopped, 12)]
    stopped.close()  # type: ignore[attr-defined]  # a generator
    resumed = Trainer(config, data, tmp_path / "stopped")
    assert len(resumed) == 8
    assert before + [step.loss for step in resumed] == losses
    assert resumed.losses == losses
    ours, theirs = resumed.network.state_dict(), undisturbed.network.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert (tmp_path / "stopped" / WEIGHTS).read_bytes() == (tmp_path / "undisturbed" / WEIGHTS).read_bytes()


@pytest.mark.slow
def test_a_run_learns(data: Path, tmp_path: Path, config: TrainingConfig) -> None:
    (stage, _) = config.stages
    stages = (replace(stage, iterations=60, batch=2, learning_rate=5e-3),)
    longer = replace(config, stages=stages, bootstrap=1.0)  # with all pixels, losses compare over time
    losses = [step.loss for step in Trainer(longer, data, tmp_path / "out")]
    assert sum(losses[-15:]) < 0.8 * sum(losses[:15])


@pytest.mark.slow
def test_a_frozen_trunk_stays_and_a_trained_one_does_not(
    data: Path, tmp_path: Path, config: TrainingConfig
) -> None:
    run = Trainer(config, data, tmp_path / "out")
    before = {name: tensor.clone() for name, tensor in run.network.key_encoder.state_dict().items()}
    iterator = iter(run)
    list(islice(iterator, 10))
    assert all(torch.equal(t, before[name]) for name, t in run.network.key_encoder.state_dict().items())
    list(iterator)
    assert not torch.equal(run.network.key_encoder.conv1.weight, before["conv1.weight"])


def test_bfloat16_trains_too(data: Path, tmp_path: Path, config: TrainingConfig) -> None:
    run = Trainer(replace(config, precision="bfloat16"), data, tmp_path / "out")
    assert all(math.isfinite(step.loss) for step in islice(run, 3))


def test_the_run_of_another_recipe_is_not_gone_on_with(
    data: Path, tmp_path: Path, config: TrainingConfig
) -> None:
    list(islice(Trainer(config, data, tmp_path / "out"), 1))
    kept = (tmp_path / "out" / trainer.CHECKPOINT).read_bytes()
    with pytest.raises(TrainingError, match="is of another configuration: give another --out"):
        Trainer(replace(config, seed=1), data, tmp_path / "out")
    assert (tmp_path / "out" / trainer.CHECKPOINT).read_bytes() == kept


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_what_was_learnt(
    data: Path, tmp_path: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Trainer(config, data, tmp_path / "out")
    iterator = iter(run)
    list(islice(iterator, 3))
    monkeypatch.setattr(xmem_lesson, "dice_loss", lambda *_: torch.tensor(float("nan"), requires_grad=True))
    with pytest.raises(TrainingError, match="no number at iteration 3: lower learning_rate"):
        next(iterator)
    assert Trainer(config, data, tmp_path / "out").iteration == 3


def test_a_place_that_cannot_be_made_is_named(data: Path, tmp_path: Path, config: TrainingConfig) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingError, match="cannot be made .*: choose another --out"):
        Trainer(config, data, tmp_path / "file" / "out")
