"""The curve of a run is drawn where matplotlib is there; the record of the run holds the numbers anyway."""

from pathlib import Path

import PIL.Image
import pytest

from tracker.training import pictures


def test_the_curve_is_a_picture(tmp_path: Path) -> None:
    pictures.save_curve(tmp_path / "loss.png", [1 / (1 + index) for index in range(200)])
    with PIL.Image.open(tmp_path / "loss.png") as curve:
        assert curve.width > 2 * curve.height


def test_training_goes_on_without_what_draws_curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    pictures.save_curve(tmp_path / "loss.png", [1.0, 0.5])
    assert not [*tmp_path.iterdir()]
