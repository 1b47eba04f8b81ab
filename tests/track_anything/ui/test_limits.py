"""Limits of uploads, rooms and the disk."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from track_anything.ui.limits import GIB, LimitError, Limits, shown


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The free bytes of the disk, to be changed."""
    cell = [1000 * GIB]
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(2000 * GIB, 0, cell[0]))
    return cell


def write(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))


def test_an_upload_may_be_as_large_as_the_limit_and_no_larger() -> None:
    limits = Limits(upload=3 * GIB)
    limits.check_upload(3 * GIB)
    with pytest.raises(LimitError, match=r"larger than the 3\.0 GiB .* higher --upload-limit"):
        limits.check_upload(3 * GIB + 1)


def test_room_is_counted_over_all_projects(tmp_path: Path, free: list[int]) -> None:
    limits = Limits(disk=1000)
    write(tmp_path / "a" / "deep" / "er" / "file", 400)
    write(tmp_path / "b" / "file", 500)
    limits.check_room(tmp_path)
    limits.check_room(tmp_path, 100)
    with pytest.raises(LimitError, match=r"all projects together take .* delete projects .* --disk-limit"):
        limits.check_room(tmp_path, 101)
    (tmp_path / "a" / "deep" / "er" / "file").unlink()
    limits.check_room(tmp_path, 101)


def test_some_of_the_disk_stays_free_whatever_the_projects_take(tmp_path: Path, free: list[int]) -> None:
    limits = Limits(spare_disk=2 * GIB)
    free[0] = 5 * GIB
    limits.check_room(tmp_path, 3 * GIB)
    with pytest.raises(
        LimitError, match=r"nearly full \(less than 2\.0 GiB would be left\): free some space"
    ):
        limits.check_room(tmp_path, 3 * GIB + 1)
    free[0] = 2 * GIB - 1
    with pytest.raises(LimitError, match="nearly full"):
        limits.check_room(tmp_path)


def test_room_is_there_before_the_folder_is(tmp_path: Path) -> None:
    Limits(spare_disk=0).check_room(tmp_path / "not" / "there")
    with pytest.raises(LimitError, match="nearly full"):
        Limits(spare_disk=1 << 62).check_room(tmp_path / "not" / "there")
    assert not (tmp_path / "not").exists()


def test_links_out_of_the_workspace_do_not_count(tmp_path: Path, free: list[int]) -> None:
    write(tmp_path / "video.mp4", 5000)
    write(tmp_path / "projects" / "a" / "file", 10)
    (tmp_path / "projects" / "a" / "source").symlink_to(tmp_path / "video.mp4")
    (tmp_path / "projects" / "a" / "dangling").symlink_to(tmp_path / "gone")
    Limits(disk=1000).check_room(tmp_path / "projects")


def _renamed_meanwhile(ask: Callable[[Path], object]) -> Callable[[Path], object]:
    def asked(path: Path) -> object:
        if path.suffix == ".partial":
            path.unlink(missing_ok=True)
        return ask(path)

    return asked


def test_files_may_go_while_they_are_counted(
    tmp_path: Path, free: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a" / ".entry.json.partial", 10)
    write(tmp_path / "a" / "kept", 10)
    for way in ("is_file", "lstat"):
        monkeypatch.setattr(Path, way, _renamed_meanwhile(getattr(Path, way)))
    Limits(disk=20).check_room(tmp_path)
    with pytest.raises(LimitError):
        Limits(disk=9).check_room(tmp_path)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 MiB"), (1 << 20, "1 MiB"), (GIB - 1, "1024 MiB"), (GIB, "1.0 GiB"), (5 * GIB // 2, "2.5 GiB")],
)
def test_sizes_are_shown_as_people_read_them(size: int, text: str) -> None:
    assert shown(size) == text


def test_a_limit_can_be_told_from_other_errors() -> None:
    from track_anything.errors import InputError, TrackAnythingError

    assert issubclass(LimitError, TrackAnythingError)
    assert not issubclass(LimitError, InputError)
