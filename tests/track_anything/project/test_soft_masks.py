"""Probabilities on disk come back to the nearest level."""

from pathlib import Path

import numpy as np
import pytest

from track_anything.errors import ProjectError
from track_anything.project.soft_masks import SoftMasks

SOFT = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)


def test_what_was_written_comes_back_to_the_nearest_level(tmp_path: Path) -> None:
    soft_masks = SoftMasks(tmp_path / "soft", SOFT.shape)
    assert soft_masks.read(3, 7, 1) is None
    soft_masks.write(3, 7, 1, SOFT)
    found = soft_masks.read(3, 7, 1)
    assert found is not None
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, SOFT, atol=0.5 / 255 + 1e-6)
    assert soft_masks.read(3, 7, 2) is None


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    soft_masks = SoftMasks(tmp_path, SOFT.shape)
    soft_masks.write(3, 7, 1, SOFT)
    next(tmp_path.iterdir()).write_bytes(b"")
    assert soft_masks.read(3, 7, 1) is None
    next(tmp_path.iterdir()).write_bytes(b"no picture")
    assert soft_masks.read(3, 7, 1) is None


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(ProjectError, match="No space left on device"):
        SoftMasks(tmp_path, SOFT.shape).write(3, 7, 1, SOFT)
    assert list(tmp_path.iterdir()) == []
