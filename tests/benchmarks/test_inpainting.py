"""The whole benchmark on two drawn sequences."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchmarks import inpainting
from benchmarks.inpainting import METHODS, main, measure, read_cases
from tests.track_anything.inpaint.drawn import SIZE, disc, panned
from track_anything.types import Mask

COUNT = 6


class Here:
    """A pool of no processes: starting one takes longer than all that it would do."""

    def __init__(self, method: str) -> None:
        assert method == "spawn"

    def Pool(self, processes: int) -> "Here":  # noqa: N802 - the standard library's name
        assert processes == 1
        return self

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *error: object) -> None:
        return

    def apply(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        return function(*arguments)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Frames and masks of "one", a disc that goes right, and "two", one that goes down."""
    frames, masks = tmp_path / "JPEGImages", tmp_path / "Annotations"
    places: dict[str, Callable[[int], Mask]] = {
        "one": lambda frame: disc(20 + 8 * frame, 30, 9),
        "two": lambda frame: disc(48, 12 + 8 * frame, 9),
    }
    for name, mask in places.items():
        clip = panned(COUNT, (2, -1), mask)
        (frames / name).mkdir(parents=True)
        (masks / name).mkdir(parents=True)
        for frame, (image, own) in enumerate(clip):
            PIL.Image.fromarray(image).save(frames / name / f"{frame:05}.jpg", quality=95)
            PIL.Image.fromarray(own.astype(np.uint8) * 255).save(masks / name / f"{frame:05}.png")
    return frames, masks


def test_there_is_a_line_for_every_case_and_method(
    folders: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inpainting, "get_context", Here)
    frames, masks = folders
    methods = [name for name in ("ours", "Telea", "Navier-Stokes", "temporal median") if name in METHODS]
    arguments = ["--frames", str(frames), "--masks", str(masks), "--count", str(COUNT), "--methods", *methods]
    assert main([*arguments, "--json", str(tmp_path / "out.json")]) == 0
    printed = capsys.readouterr().out
    assert "mean of 4 clips" in printed
    rows = json.loads((tmp_path / "out.json").read_text())
    cases = ["one under two", "one under a square", "two under one", "two under a square"]
    assert [(row["case"], row["method"]) for row in rows] == [
        (case, each) for case in cases for each in methods
    ]
    for case in cases:
        assert case in printed
        quality = {row["method"]: row["errors"]["psnr"] for row in rows if row["case"] == case}
        assert quality["ours"] > (24 if "square" in case else 33)  # some of what stands still is never seen
        assert quality["ours"] > quality["Telea"] + 1


def test_no_method_sees_what_it_is_to_find(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the true pixels left in the hole a method that does nothing would be perfect."""
    monkeypatch.setitem(inpainting.METHODS, "nothing", lambda clip: [image for image, _ in clip])
    for case in read_cases(*folders, [], 0):
        errors = measure(case, "nothing", COUNT, None).errors
        assert errors.psnr < 15
        assert errors.ssim < 0.5


def test_holes_are_the_other_clips_objects_and_squares_off_the_clips_own_object(
    folders: tuple[Path, Path],
) -> None:
    cases = list(read_cases(*folders, [], 0))
    assert [case.name for case in cases] == [
        "one under two",
        "one under a square",
        "two under one",
        "two under a square",
    ]
    assert [path.parent.name for path in cases[0].masks] == ["two"] * COUNT
    assert [path.parent.name for path in cases[0].frames] == ["one"] * COUNT
    assert not cases[1].masks
    assert list(read_cases(*folders, [], 0)) == cases  # the same seed, the same places


@pytest.mark.parametrize("size", [None, (48, 36)])
def test_pictures_are_made_smaller_when_asked(
    folders: tuple[Path, Path], size: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(clip: Any) -> list[Any]:
        seen.extend(image.shape for image, _ in clip)
        return [image for image, _ in clip]

    monkeypatch.setitem(inpainting.METHODS, "look", look)
    measure(next(read_cases(*folders, [], 0)), "look", 3, size)
    assert seen == [(36, 48, 3) if size else (*SIZE, 3)] * 3


def test_without_two_sequences_it_is_refused(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, held in ((tmp_path / "missing", 0), (folders[0] / "one", 0)):
        assert main(["--frames", str(folder), "--masks", str(folders[1])]) == 2
        assert f"holds {held} folders of frames: give the JPEGImages of DAVIS" in capsys.readouterr().err
