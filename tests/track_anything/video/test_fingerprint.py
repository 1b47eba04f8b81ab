import os

import pytest

from track_anything.errors import VideoError
from track_anything.video import fingerprint

_LARGE = bytes(5 << 20)


def _write(path, content):
    path.write_bytes(content)
    return path


def test_a_copy_has_the_same_fingerprint(tmp_path):
    first, second = _write(tmp_path / "a.mp4", b"video"), _write(tmp_path / "b.mp4", b"video")
    os.utime(second, (0, 0))
    assert fingerprint(first) == fingerprint(second)


@pytest.mark.parametrize("other", [b"x" + _LARGE[1:], _LARGE[1:] + b"x", _LARGE + b"x", b""])
def test_another_head_tail_or_size_has_another(tmp_path, other):
    assert fingerprint(_write(tmp_path / "a", _LARGE)) != fingerprint(_write(tmp_path / "b", other))


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
    with pytest.raises(VideoError, match=r"loop cannot be read \(.*\): check its rights"):
        fingerprint(tmp_path / "loop")
