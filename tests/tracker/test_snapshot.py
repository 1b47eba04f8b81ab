"""Memory that is saved comes back as it was, and another's is refused."""

from pathlib import Path

import numpy as np
import pytest

from tracker.errors import TrackerError
from tracker.snapshot import read_snapshot, write_snapshot


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    write_snapshot(path, "it", {"a": np.arange(3), "b.c": np.array(0.5, np.float32)})

    arrays = read_snapshot(path, "it")

    assert arrays.keys() == {"a", "b.c"}
    assert arrays["a"].tolist() == [0, 1, 2]
    assert arrays["b.c"].dtype == np.float32


def test_another_maker_is_refused(tmp_path: Path) -> None:
    write_snapshot(tmp_path / "memory", "it", {})

    with pytest.raises(TrackerError, match="was made by it, not by other"):
        read_snapshot(tmp_path / "memory", "other")


def test_arrays_of_another_program_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "memory.npz", a=np.arange(3))

    with pytest.raises(TrackerError, match="made by another program"):
        read_snapshot(tmp_path / "memory.npz", "it")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="no saved memory at"):
        read_snapshot(tmp_path / "memory", "it")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not an archive"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "memory").write_bytes(content)

    with pytest.raises(TrackerError, match="no saved memory, or damaged"):
        read_snapshot(tmp_path / "memory", "it")


def test_a_truncated_snapshot_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    write_snapshot(path, "it", {"a": np.arange(300)})
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(TrackerError, match="damaged"):
        read_snapshot(path, "it")


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    np.savez(tmp_path / "memory.npz", made_by=np.array("it"), a=np.array([{}], dtype=object))

    with pytest.raises(TrackerError, match="no saved memory, or damaged"):
        read_snapshot(tmp_path / "memory.npz", "it")
