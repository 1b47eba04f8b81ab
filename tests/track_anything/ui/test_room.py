"""How much of the disk is used is noticed without counting each time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.track_anything.ui.test_limits import Usage
from track_anything.ui.limits import LimitError, Limits
from track_anything.ui.room import Room


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The free bytes of the disk, to be changed."""
    cell = [1 << 40]
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1 << 41, 0, cell[0]))
    return cell


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each count of all files was asked for."""
    seen: list[int] = []
    check: Callable[[Limits, Path, int], int] = Limits.check_room

    def noted(self: Limits, folder: Path, wanted: int = 0) -> int:
        seen.append(wanted)
        return check(self, folder, wanted)

    monkeypatch.setattr(Limits, "check_room", noted)
    return seen


def test_files_are_not_counted_each_time(tmp_path: Path, free: list[int], counted: list[int]) -> None:
    room = Room(tmp_path, lambda: Limits(disk=1000, spare_disk=0))
    for _ in range(50):
        room.check()
    assert len(counted) < 10  # of which most are due to the clock of a slow machine


def test_fault_07_room_that_is_used_up_between_two_counts_is_noticed(tmp_path: Path, free: list[int]) -> None:
    room = Room(tmp_path, lambda: Limits(disk=1000, spare_disk=0))
    room.check()
    (tmp_path / "frame.jpg").write_bytes(bytes(1001))
    free[0] -= 1001
    with pytest.raises(LimitError, match="all projects together take"):
        room.check()


def test_what_others_write_to_the_disk_is_not_charged(tmp_path: Path, free: list[int]) -> None:
    room = Room(tmp_path, lambda: Limits(disk=1000, spare_disk=0))
    room.check()
    free[0] -= 1 << 30
    room.check()


def test_fault_19_uploads_on_their_way_are_held_against_the_room(tmp_path: Path, free: list[int]) -> None:
    room = Room(tmp_path / "not" / "there", lambda: Limits(disk=1000, spare_disk=0))
    room.promise(600)
    with pytest.raises(LimitError, match="all projects together"):
        room.promise(600)
    room.promise(400)
    room.release(600)
    room.promise(600)
