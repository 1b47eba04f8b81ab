"""Layers of masks are read once and changed by nobody."""

from pathlib import Path

import numpy as np
import pytest

from track_anything.errors import ProjectError
from track_anything.project import layers
from track_anything.project.journal import Journal, Log
from track_anything.project.layers import Layers, LostLayerError

ONES = np.ones((4, 5), np.uint8)


def test_a_layer_is_read_from_disk_once_for_all_who_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def counted(path: Path) -> layers.LabelMap:
        read.append(path.name)
        return ONES.copy()

    kept = Layers(tmp_path, ONES.shape)
    for frame in range(3):
        kept.write(frame, 1, ONES)
    monkeypatch.setattr(layers, "read_label_map", counted)
    for frame in range(3):
        for _ in range(5):
            np.testing.assert_array_equal(kept.read(frame, 1), ONES)
    assert read == ["000000.0001.png", "000001.0001.png", "000002.0001.png"]


def test_what_was_removed_is_not_remembered_when_its_number_is_given_again(tmp_path: Path) -> None:
    kept = Layers(tmp_path, ONES.shape)
    kept.write(2, 7, ONES)
    assert kept.read(2, 7).all()
    kept.remove(7)
    with pytest.raises(LostLayerError):
        kept.read(2, 7)
    kept.write(2, 7, ONES * 3)
    assert (kept.read(2, 7) == 3).all()
    kept.write(2, 7, ONES * 4)
    assert (kept.read(2, 7) == 4).all()


def test_a_layer_cannot_be_written_to_by_who_reads_it(tmp_path: Path) -> None:
    kept = Layers(tmp_path, ONES.shape)
    kept.write(0, 1, ONES)
    with pytest.raises(ValueError, match="read-only"):
        kept.read(0, 1)[0, 0] = 5


def test_a_project_that_was_moved_away_is_not_begun_anew(tmp_path: Path) -> None:
    """Masks would land in one folder and the journal that acknowledges them in another."""
    folder = tmp_path / "project"
    folder.mkdir()
    kept, journal = Layers(folder / "masks", ONES.shape), Journal(folder / "journal.log")
    log = Log(folder / "passes" / "0001.log")
    kept.write(0, 1, ONES)
    journal.append({"edit": 1})
    log.append({"frame": 0})
    folder.rename(tmp_path / "elsewhere")
    for write in (
        lambda: kept.write(1, 2, ONES),
        lambda: journal.append({"edit": 2}),
        lambda: log.append({"frame": 1}),
    ):
        with pytest.raises(ProjectError, match=r"is no longer there: it was moved, renamed or deleted"):
            write()
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]
