"""Masks are cleaned where the command line writes them, never where they are stored."""

from pathlib import Path

import numpy as np

from tests.track_anything.cli.test_cli import CLICK, CLIP, clip, fakes
from tests.track_anything.conftest import Run
from track_anything.masks import read_label_map
from track_anything.project import Project
from track_anything.project.edits import GiveMask

__all__ = ["clip", "fakes"]  # fixtures


def written(out: Path, frame: int = 3) -> int:
    return np.count_nonzero(read_label_map(out / "masks" / f"{frame:05}.png"))


def test_a_track_can_ask_for_cleaned_masks(clip: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "clip-tracked"
    assert run("track", clip, "--click", CLICK, "--grow", 2)[0] == 0
    assert written(out) > np.count_nonzero(CLIP.label_map(3) == 1)
    with Project(out / "project") as project:
        np.testing.assert_array_equal(project.stored_mask(3, 1), CLIP.label_map(3) == 1)


def test_a_project_is_told_how_to_clean_and_every_export_follows(
    clip: Path,
    run: Run,
    tmp_path: Path,
) -> None:
    out, plain = tmp_path / "clip-tracked", np.count_nonzero(CLIP.label_map(3) == 1)
    assert run("track", clip, "--click", CLICK)[0] == 0
    code, printed, _ = run("clean-up", out, "--grow", -1)
    assert (code, "outlines are smoothed by 0 and grow by -1 pixels" in printed) == (0, True)
    _, printed, _ = run("clean-up", out, "--fill-holes", 9)
    assert "holes up to 9 and islands up to 0 pixels go" in printed
    assert "grow by -1" in printed  # what is not named stays
    for form, name in (("masks", "a"), ("binary", "b")):
        assert run("export", out / "project", "--format", form, "--output", tmp_path / name)[0] == 0
    exported = read_label_map(tmp_path / "a" / "00003.png")
    assert np.count_nonzero(exported) < plain
    assert any(np.count_nonzero(read_label_map(path)) < plain for path in (tmp_path / "b").rglob("00003.png"))
    with Project(out / "project") as project:
        project.undo()
        project.undo()
        assert not project.state.clean_ups


def test_values_and_objects_that_cannot_be_are_one_line(clip: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "clip-tracked"
    assert run("track", clip, "--click", CLICK)[0] == 0
    code, _, err = run("clean-up", out, "--grow", 999)
    assert (code, err) == (2, "error: growing by 999.0 pixels: give a width from -100 to 100\n")
    code, _, err = run("clean-up", out, "--objects", 9, "--grow", 1)
    assert (code, "there is no object 9" in err) == (2, True)


def test_a_correction_may_take_away_alone(clip: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "clip-tracked"
    assert run("track", clip, "--click", CLICK)[0] == 0
    wrong = CLIP.label_map(4) > 0  # both discs taken for one
    with Project(out / "project") as project:
        project.give_mask(GiveMask(4, 1), wrong)
    x, y = CLIP.centre(4, 2)
    assert run("correct", out / "project", "--frame", 4, "--negative", f"{x},{y}")[0] == 0
    with Project(out / "project") as project:
        np.testing.assert_array_equal(project.mask(4, 1), CLIP.label_map(4) == 1)
    code, _, err = run("track", clip, "--out", tmp_path / "other", "--negative", CLICK)
    assert (code, "no object was pointed at" in err) == (2, True)
