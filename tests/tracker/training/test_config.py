"""Recipes of training are read whole, and may build on one another."""

from dataclasses import replace
from pathlib import Path

import pytest

from tracker.errors import TrainingError
from tracker.training.config import StageConfig, TrainingConfig, read_config

RECIPE = """
seed = 3
[network]
encoder_depth = 18
[[sources]]
kind = "stills"
images = "a"
masks = "b"
[[stages]]
name = "only"
iterations = 7
"""
REPOSITORY = Path(__file__).resolve().parents[3]


def written(folder: Path, text: str, name: str = "recipe.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_recipe_is_read_whole(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, RECIPE))
    assert (config.seed, config.network.encoder_depth, config.iterations) == (3, 18, 7)
    assert config.stages == (StageConfig("only", 7),)
    assert config.sources[0].images == "a"


def test_a_recipe_may_change_parts_of_another(tmp_path: Path) -> None:
    written(tmp_path, RECIPE, "base.toml")
    (tmp_path / "sub").mkdir()
    middle = 'extends = "../base.toml"\nseed = 4\nema_decay = 0.5\n'
    written(tmp_path / "sub", middle, "middle.toml")
    config = read_config(written(tmp_path / "sub", 'extends = "middle.toml"\nseed = 5\n'))
    assert (config.seed, config.ema_decay, config.iterations) == (5, 0.5, 7)


@pytest.mark.parametrize("path", sorted(REPOSITORY.glob("configs/**/*.toml")), ids=lambda path: path.stem)
def test_the_recipes_that_come_along_can_be_read(path: Path) -> None:
    assert read_config(path).iterations > 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seed = 3", "sed = 3", "TrainingConfig knows no 'sed': choose among .*seed"),
        ("iterations = 7", "", "StageConfig cannot be made .*iterations.*: complete its table"),
        ("iterations = 7", "iterations = 0", "stage only: iterations is 0, give at least 1"),
        ("iterations = 7", "iterations = 7\nsize = 40", "size is 40, give a multiple of 16"),
        ("iterations = 7", "iterations = 7\nvideo_share = 2", "video_share is 2, give 0 to 1"),
        ("iterations = 7", "iterations = 7\nvideo_share = 0.5", "no source is of kind videos"),
        ("iterations = 7", "iterations = 7\nposition = -1", "position is -1, give at least 0"),
        ('kind = "stills"', 'kind = "films"', "kind 'films': give stills or videos"),
        ('kind = "stills"', 'kind = "videos"', "no source is of kind stills"),
        ("encoder_depth = 18", "encoder_depth = 19", "NetworkConfig cannot be made .*19"),
        ("seed = 3", 'precision = "float8"', "precision is 'float8': give float32 or bfloat16"),
        ("seed = 3", "seed =", "is no TOML file"),
        ("seed = 3", 'extends = "nowhere.toml"', "nowhere.toml cannot be read .*: give a TOML file"),
    ],
)
def test_what_cannot_be_trained_is_one_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message) as caught:
        read_config(written(tmp_path, RECIPE.replace(old, new)))
    assert "\n" not in str(caught.value)


def test_places_count_for_the_network_that_learns_with_them_alone(tmp_path: Path) -> None:
    placed = RECIPE.replace("iterations = 7", "iterations = 7\nposition = 5.0")
    assert read_config(written(tmp_path, placed)).stages[0].position == 5
    with pytest.raises(TrainingError, match="position but sam-memory learns without: leave it out"):
        read_config(written(tmp_path, placed.replace("seed = 3", 'seed = 3\ntracker = "sam-memory"')))


def test_a_recipe_needs_a_stage(config: TrainingConfig) -> None:
    with pytest.raises(TrainingError, match=r"no \[\[stages\]\]"):
        replace(config, stages=())


def test_iterations_run_through_the_stages(config: TrainingConfig) -> None:
    assert config.stage_at(0) == (config.stages[0], 0)
    assert config.stage_at(9) == (config.stages[0], 0.9)
    assert config.stage_at(15) == (config.stages[1], 0.5)
    with pytest.raises(TrainingError):
        config.stage_at(20)
