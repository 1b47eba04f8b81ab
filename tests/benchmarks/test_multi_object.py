"""Composites with exact masks, scored on the fakes; the stills and the video are drawn."""

import json
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from benchmarks.composites import Composite, make_composites
from benchmarks.multi_object import count_switches, evaluate, held_object, main
from tests.track_anything.video.clips import Clip, write
from track_anything.masks.overlay import paint
from track_anything.models import Models
from tracker.training.config import SourceConfig

STILLS = SourceConfig("stills", "images", "masks", hold_out=2)
RECIPE = """
[[sources]]
kind = "stills"
images = "images"
masks = "masks"
hold_out = 2
[[stages]]
name = "any"
iterations = 1
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six stills, each with a disc of its own colour; every second one is held out."""
    folder = tmp_path / "data"
    for part in ("images", "masks", "videos"):
        (folder / part).mkdir(parents=True)
    for number in range(6):
        labels = np.zeros((90, 120), np.uint8)
        cv2.circle(labels, (60, 45), 35, 1, -1)
        image = np.full((90, 120, 3), 30, np.uint8)
        image[labels == 1] = (40 * number, 250 - 40 * number, 90)
        PIL.Image.fromarray(image).save(folder / "images" / f"{number}.png")
        PIL.Image.fromarray(labels).save(folder / "masks" / f"{number}.png")
    write(folder / "videos", Clip("ground.mp4", frame_count=4))
    (folder / "recipe.toml").write_text(RECIPE)
    return folder


def composites(data: Path, seed: int = 0) -> list[Composite]:
    return make_composites(data, [STILLS], data / "videos", counts=(2, 3), clips=2, length=6, seed=seed)


def test_clips_are_the_same_each_time_and_made_of_what_is_held_out(data: Path) -> None:
    clips = composites(data)
    assert [len(clip.cut_outs) for clip in clips] == [2, 2, 3, 3]
    for one, same in zip(clips, composites(data), strict=True):
        for part, other in zip(one.draw(5), same.draw(5), strict=True):
            np.testing.assert_array_equal(part, other)
    assert not np.array_equal(clips[0].draw(0)[1], composites(data, seed=1)[0].draw(0)[1])
    reds = {int(cut_out.image[35, 35, 0]) for clip in clips for cut_out in clip.cut_outs}
    assert reds <= {40, 120, 200}


def test_every_object_can_be_seen_where_its_mask_is_given_and_moves_on(data: Path) -> None:
    for clip in composites(data):
        assert clip.shows_all_at_first
        first, last = clip.draw(0)[1], clip.draw(5)[1]
        assert set(np.unique(first)) == set(range(len(clip.cut_outs) + 1))
        assert (first != last).any()
        picture, truth = clip.draw(3)
        for object_id, cut_out in enumerate(clip.cut_outs, start=1):
            inside = cv2.erode((truth == object_id).astype(np.uint8), np.ones((5, 5))) > 0
            assert np.abs(picture[inside].mean(axis=0) - cut_out.image[35, 35]).max() < 3


def test_the_background_goes_there_and_back(data: Path) -> None:
    ground = composites(data)[0].background
    assert len(ground) == 6
    np.testing.assert_array_equal(ground[4], ground[2])
    np.testing.assert_array_equal(ground[5], ground[1])


def test_the_object_held_is_the_one_under_most_of_the_mask() -> None:
    truth = np.array([[1, 1, 1, 2, 2, 0, 0, 0]], np.uint8)
    assert held_object(np.array([[1, 1, 1, 1, 0, 0, 0, 0]], np.uint8), truth, 1) == 1
    assert held_object(np.array([[0, 0, 1, 1, 1, 0, 0, 0]], np.uint8), truth, 1) == 2
    assert held_object(np.array([[0, 0, 0, 0, 1, 1, 1, 1]], np.uint8), truth, 1) is None
    assert held_object(np.zeros_like(truth), truth, 1) is None


def test_a_switch_is_a_change_of_the_object_held() -> None:
    assert count_switches([1, 1, None, 1, 2, None, 2, 1]) == 2
    assert count_switches([None, 1, 1]) == 0


def test_masks_that_stay_where_they_were_score_badly(data: Path, models: Models) -> None:
    clip = composites(data)[0]
    score, found = evaluate(clip, models)
    assert len(found) == score.frames == 6
    np.testing.assert_array_equal(found[0], clip.draw(0)[1])
    assert 0 <= score.mean <= 1
    assert score.mean == (score.region + score.boundary) / 2


def test_it_prints_a_row_per_number_of_objects_and_draws_a_sheet(
    data: Path, models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, scores = tmp_path / "sheet.png", tmp_path / "scores.json"
    arguments = ["--data", str(data), "--recipe", str(data / "recipe.toml"), "--backgrounds", "videos"]
    arguments += ["--objects", "2,3", "--clips", "1", "--length", "6"]
    assert main([*arguments, "--sheet", str(sheet), "--json", str(scores)], models) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows] == ["objects", "2", "3", "all"]
    assert [row[5] for row in rows[1:]] == ["6", "6", "12"]
    assert [score["objects"] for score in json.loads(scores.read_text())] == [2, 3]
    with PIL.Image.open(sheet) as picture:
        assert picture.size == (6 * 320, 2 * 180)
    assert paint(*composites(data)[0].draw(0)).shape == (360, 640, 3)


def test_missing_data_are_one_line(models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", "nowhere"], models) == 2
    assert "there is no folder nowhere/data/ecssd/images" in capsys.readouterr().err
