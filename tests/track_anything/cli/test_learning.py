"""``--learn``: the tracker learns from what is known before it tracks, or says in one line that it cannot."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.track_anything.cli.test_cli import CLICK, CLIP, clip, fakes
from tests.track_anything.conftest import Run
from track_anything.cli import steps
from track_anything.project import Project
from track_anything.testing import ShiftingPropagator, fake_models

__all__ = ["clip", "fakes"]  # fixtures


def corrected(tmp_path: Path, frame: int) -> Path:
    """A mask of a frame as a file."""
    path = tmp_path / "right.png"
    cv2.imwrite(str(path), np.where(CLIP.label_map(frame) == 1, 255, 0).astype(np.uint8))
    return path


def test_a_correction_is_learned_from_when_it_is_asked_for(clip: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "clip-tracked"
    code, _, err = run("track", clip, "--click", CLICK, "--learn")
    assert (code, "nothing was learned about object 1" in err) == (0, True)
    right = corrected(tmp_path, 3)
    assert run("correct", out, "--frame", 3, "--mask", right)[0] == 0
    learned = out / "project" / "learned"
    before = {*learned.iterdir()}
    assert run("correct", out, "--frame", 4, "--mask", corrected(tmp_path, 4), "--learn")[0] == 0
    new = {*learned.iterdir()} - before
    assert new
    with np.load(new.pop()) as arrays:
        assert arrays["1.bias"].tolist() == [3, 0]
    with Project(out / "project") as project:
        assert [edit.learns for edit in project.state.passes.values()][-1]


class Stubborn:
    """A propagator that never heard of learning."""

    step = ShiftingPropagator.step


def test_a_tracker_that_cannot_learn_is_one_line_and_leaves_nothing(
    clip: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = replace(fake_models(), new_propagator=Stubborn)  # type: ignore[arg-type]
    monkeypatch.setattr(steps, "load_models", lambda **options: stubborn)
    code, _, err = run("track", clip, "--click", CLICK, "--learn")
    assert code == 2
    assert "cannot learn from corrections: choose --tracker xmem-light, or track without learning" in err
    assert not (tmp_path / "clip-tracked").exists()
