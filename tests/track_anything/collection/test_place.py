"""Results lie at a path or a URL, written whole or not at all."""

import os
from pathlib import Path

import pytest

from track_anything.collection.place import Place, fetch, joined, stamp_of
from track_anything.errors import InputError


@pytest.fixture(params=["path", "file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    name = request.node.name.replace("[", "-").replace("]", "")
    urls = {"path": str(tmp_path), "file": f"file://{tmp_path}", "memory": f"memory://{name}"}
    return Place(urls[request.param])


def test_files_are_written_listed_hashed_and_removed(place: Place, tmp_path: Path) -> None:
    place.write("a/b.txt", b"one")
    source = tmp_path.parent / f"{tmp_path.name}.bin"
    source.write_bytes(b"three")
    place.put(source, "a/c/d.bin")
    assert place.sizes("a") == {"b.txt": 3, "c/d.bin": 5}
    assert place.read("a/b.txt") == b"one"
    assert place.sha256("a/b.txt").startswith("7692c3ad3540bb80")
    place.remove("a")
    place.remove("a")
    assert place.sizes() == {}
    with pytest.raises(FileNotFoundError):
        place.read("a/b.txt")


def test_a_file_that_fails_while_it_is_written_does_not_appear(place: Place) -> None:
    with place.appearing("whole.csv") as file:
        file.write(b"all of it")
    assert place.read("whole.csv") == b"all of it"
    with pytest.raises(ZeroDivisionError):
        fail_while_writing(place, "part.csv")
    assert list(place.sizes()) == ["whole.csv"]


def fail_while_writing(place: Place, name: str) -> None:
    with place.appearing(name) as file:
        file.write(b"a part")
        file.write(b"%d" % (1 // 0))


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert stamp_of(str(path)) == ""
    path.write_bytes(b"1")
    before = stamp_of(str(path))
    path.write_bytes(b"12")
    assert stamp_of(str(path)) != before
    assert stamp_of(f"file://{path}") == stamp_of(str(path))


def test_the_stamp_of_a_folder_changes_with_a_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "clip").mkdir()
    picture = tmp_path / "clip" / "00000.png"
    picture.write_bytes(b"1")
    before, folder = stamp_of(str(tmp_path / "clip")), (tmp_path / "clip").stat()
    picture.write_bytes(b"12")
    os.utime(tmp_path / "clip", ns=(folder.st_atime_ns, folder.st_mtime_ns))
    assert stamp_of(str(tmp_path / "clip")) != before


def test_what_is_elsewhere_is_fetched(tmp_path: Path) -> None:
    Place("memory://films").write("one.mp4", b"film")
    assert fetch("memory://films/one.mp4", tmp_path / "here").read_bytes() == b"film"
    assert fetch(str(tmp_path / "own.mp4"), tmp_path) == tmp_path / "own.mp4"
    with pytest.raises(InputError, match="does not exist"):
        fetch("memory://films/two.mp4", tmp_path)


def test_places_that_cannot_be_are_told() -> None:
    with pytest.raises(InputError, match="cannot be used"):
        Place("nonsense://a/b")


@pytest.mark.parametrize(
    ("base", "name", "whole"),
    [
        ("tables", "a/b.mp4", "tables/a/b.mp4"),
        ("tables", "/a.mp4", "/a.mp4"),
        ("s3://bucket/tables", "a.mp4", "s3://bucket/tables/a.mp4"),
        ("tables", "s3://bucket/a.mp4", "s3://bucket/a.mp4"),
    ],
)
def test_names_are_seen_from_the_folder_of_the_table(base: str, name: str, whole: str) -> None:
    assert joined(base, name) == whole
