"""A video is known by what it holds."""

import hashlib
import os
import sys

import pytest

from track_anything.errors import VideoError
from track_anything.video import fingerprint, has_fingerprint

_LARGE = bytes(5 << 20)


def _write(path, content):
    path.write_bytes(content)
    return path


def test_a_copy_has_the_same_fingerprint(tmp_path):
    first, second = _write(tmp_path / "a.mp4", b"video"), _write(tmp_path / "b.mp4", b"video")
    os.utime(second, (0, 0))
    assert fingerprint(first) == fingerprint(second)


_MIDDLE = len(_LARGE) // 2


@pytest.mark.parametrize(
    "other",
    [
        b"x" + _LARGE[1:],
        _LARGE[1:] + b"x",
        _LARGE[:_MIDDLE] + b"x" + _LARGE[_MIDDLE + 1 :],
        _LARGE + b"x",
        b"",
    ],
)
def test_fault_35_a_change_anywhere_makes_another(tmp_path, other):
    assert fingerprint(_write(tmp_path / "a", _LARGE)) != fingerprint(_write(tmp_path / "b", other))


def test_a_file_that_was_written_to_is_hashed_again(tmp_path):
    path = _write(tmp_path / "a.mp4", b"video")
    dates = path.stat()
    before = fingerprint(path)
    _write(path, b"v1deo")
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert fingerprint(path) != before


def test_a_very_long_file_is_told_by_pieces_of_it(tmp_path, monkeypatch):
    module = sys.modules[fingerprint.__module__]
    monkeypatch.setattr(module, "_WHOLE_FILE", 1 << 10)
    monkeypatch.setattr(module, "_PIECE", 1 << 6)
    path, seen = tmp_path / "a", set()
    for place in (0, 2500, 4095):
        seen.add(fingerprint(_write(path, bytes(place) + b"x" * 70 + bytes(4096 - place))))
    assert len(seen) == 3


def test_case_same_size_images_of_the_same_size_are_told_apart(tmp_path):
    for count in (100, 1 << 20):
        image = _write(tmp_path / "0.bmp", bytes(count))
        before = fingerprint(tmp_path)
        image.write_bytes(bytes([1]) * count)
        assert fingerprint(tmp_path) != before


def test_case_sidecar_what_else_lies_in_a_folder_does_not_count(tmp_path):
    _write(tmp_path / "0.png", b"pixels")
    before = fingerprint(tmp_path)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "overlay.mp4", "masks.json"):
        _write(tmp_path / name, b"something")
    (tmp_path / "masks").mkdir()
    assert fingerprint(tmp_path) == before


def test_fingerprints_of_old_projects_are_understood(tmp_path):
    path = _write(tmp_path / "a.mp4", b"video")
    folder = tmp_path / "frames"
    folder.mkdir()
    _write(folder / "0.png", b"pixels")
    of_file = f"5-{hashlib.sha256(b'videovideo').hexdigest()}"
    of_folder = f"6-{hashlib.sha256(repr([('0.png', 6)]).encode()).hexdigest()}"
    assert has_fingerprint(path, of_file)
    assert has_fingerprint(folder, of_folder)
    _write(folder / "Thumbs.db", b"something")
    assert has_fingerprint(folder, of_folder)
    assert not has_fingerprint(_write(path, b"vide0"), of_file)
    _write(folder / "0.png", b"other pixels")
    assert not has_fingerprint(folder, of_folder)


def test_folders_are_told_by_names_and_sizes(tmp_path):
    seen = set()
    for names in (["0.png"], ["1.png"], ["0.png", "1.png"]):
        folder = tmp_path / "-".join(names)
        folder.mkdir()
        for name in names:
            _write(folder / name, b"pixels")
        seen.add(fingerprint(folder))
        assert fingerprint(folder) in seen
    assert len(seen) == 3
    _write(folder / "0.png", b"other pixels")
    assert fingerprint(folder) not in seen


def test_a_missing_source_is_a_video_error(tmp_path):
    with pytest.raises(VideoError, match="nowhere does not exist: check the path"):
        fingerprint(tmp_path / "nowhere")


def test_an_unreadable_source_is_a_video_error(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(VideoError, match=r"loop cannot be read \(.*\): check the path"):
        fingerprint(tmp_path / "loop")
