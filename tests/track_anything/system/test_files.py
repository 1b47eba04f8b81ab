"""Files are replaced as a whole or left as they were."""

import os
import unicodedata
from pathlib import Path

import pytest

from track_anything.system.files import portable_name, write_durably


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"old", b"new and longer"):
        write_durably(path, content)
        assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_content_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    write_durably(path, b"old")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_systems_without_folder_handles_are_served_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_DIRECTORY")
    write_durably(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("left hand-2.b_c", "left hand-2.b_c"),
        ('a/b\\c:d*?"<>|\n', "a_b_c_d_______"),
        ("röte Kugel 犬", "röte Kugel 犬"),
        (unicodedata.normalize("NFD", "ö"), unicodedata.normalize("NFD", "ö")),
        ("हिन्दी", "हिन्दी"),
        ("🐕", "_"),
    ],
)
def test_words_of_any_script_stay_and_all_else_is_replaced(text: str, expected: str) -> None:
    assert portable_name(text) == expected
