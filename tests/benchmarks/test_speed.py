"""The whole product is timed in turns, this checkout against another too."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import speed
from benchmarks.speed import Way, draw_clip, main
from benchmarks.speed_worker import Stopwatch


def test_the_clip_has_as_many_objects_as_it_says(tmp_path: Path) -> None:
    labels = draw_clip(tmp_path / "clip.mp4", 4, 96, 3)
    assert (np.bincount(labels.flatten(), minlength=4) > 100).all()
    video = cv2.VideoCapture(str(tmp_path / "clip.mp4"))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 4
    assert labels.shape == (96, 170)


def test_a_stage_is_timed_where_it_is_and_left_out_where_it_is_not() -> None:
    stopwatch = Stopwatch()
    stopwatch.watch("move", "tests.benchmarks.test_speed:Toy.move")
    stopwatch.watch("gone", "tests.benchmarks.test_speed:Toy.nothing")
    stopwatch.watch("gone", "tests.nowhere:Toy.move")
    from tests.benchmarks.test_speed import Toy as Watched

    assert Watched().move(2) == 3
    assert stopwatch.seconds.keys() == {"move"}


class Toy:
    def move(self, places: int) -> int:
        return places + 1


def test_ways_take_turns_and_are_held_against_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = {"frames": 4, "stages": {"look": 2.0}, "peak_mib": 9.0, "engine": "torch", "precision": "float32"}
    answers = iter([8.0, 4.0, 6.0, 2.0])
    monkeypatch.setattr(speed, "gigaflops", lambda repeats: 1.0)
    monkeypatch.setattr(speed, "_worker", lambda way, *rest: _Idle())
    monkeypatch.setattr(
        speed, "_turn", lambda worker: turn | {"seconds": (t := next(answers)), "processor": 2 * t}
    )
    ways = [Way("fast", engine, "float32", 1, 48) for engine in ("torch", "openvino")]
    first, second = speed.compare(ways, frames=4, rounds=2, threads=1, isa="")
    assert first["times_faster_by_seconds"]["median"] == 1
    assert second["times_faster_by_seconds"] == {"median": 2.5, "least": 2.0, "greatest": 3.0}
    assert second["frames_per_second"]["greatest"] == 2.0
    assert second["stages"] == {"look": 0.5}


def test_a_filmed_clip_is_timed_from_its_first_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, values in (("JPEGImages", 90), ("Annotations", 255)):
        folder = tmp_path / name / "dog"
        folder.mkdir(parents=True)
        for index in range(3):
            cv2.imwrite(str(folder / f"{index:05}.png"), np.full((48, 64), values, np.uint8))
    asked: list[tuple[Way, int]] = []

    def worker(way: Way, folder: Path, *_: object) -> _Idle:
        with np.load(folder / f"{way.height}-{way.objects}.npz") as saved:
            asked.append((way, int(saved["label_map"].sum())))
        return _Idle()

    monkeypatch.setattr(speed, "gigaflops", lambda repeats: 1.0)
    monkeypatch.setattr(speed, "_worker", worker)
    turn = {"frames": 3, "stages": {}, "peak_mib": 9.0, "engine": "torch", "precision": "float32"}
    monkeypatch.setattr(speed, "_turn", lambda worker: turn | {"seconds": 1.0, "processor": 1.0})
    main(["--presets", "fast", "--data", str(tmp_path), "--sequences", "dog", "--against", "other"])
    assert [(way.sequence, way.checkout) for way, _ in asked] == [
        (str(tmp_path / "JPEGImages" / "dog"), checkout) for checkout in ("other", "")
    ]
    assert {area for _, area in asked} == {48 * 64}
    assert "fast, dog, auto auto" in asked[1][0].title


class _Idle:
    def __enter__(self) -> "_Idle":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.slow
@pytest.mark.weights
def test_the_product_is_timed_by_stage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mobile_sam_weights: Path
) -> None:
    pytest.importorskip("matplotlib")
    path, picture = tmp_path / "speed.json", tmp_path / "speed.png"
    arguments = ["--presets", "fast", "--engines", "torch", "--precisions", "float32", "--frames", "4"]
    arguments += ["--heights", "64", "--threads", "1", "--json", str(path), "--picture", str(picture)]
    main(arguments)
    assert "fast, 1 object, 64 rows, torch float32 (torch float32)" in capsys.readouterr().out
    (row,) = json.loads(path.read_text())
    assert {"open", "read", "look", "recall", "draw", "write", "export", "rest"} <= row["stages"].keys()
    assert row["frames_per_second"]["median"] > 0
    assert picture.stat().st_size > 1000
