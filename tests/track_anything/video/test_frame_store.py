"""Stored frames are those of the source, in any order."""

import errno
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.track_anything.video.clips import Clip, corrupt, index_in, picture, truncate, write
from track_anything.errors import InputError, OutputError, VideoError
from track_anything.video import FrameStore, store_video
from track_anything.video.array_video import ArrayVideo
from track_anything.video.folder_video import FolderVideo
from track_anything.video.pyav_video import PyAVVideo


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write(tmp_path_factory.mktemp("source"), Clip("clip.mp4", rotation=90))


@pytest.fixture(scope="module")
def store(source, tmp_path_factory):
    return FrameStore.of(source, tmp_path_factory.mktemp("store") / "frames")


def _no_decoding(*_):
    pytest.fail("the source was decoded again")


class _StopError(Exception):
    """Raised by a progress callback to interrupt a fill."""


def _stop_at(count):
    def progress(done, total):
        if done == count:
            raise _StopError

    return progress


def test_the_store_shows_what_the_source_shows(source, store):
    with PyAVVideo(source) as video:
        assert store.info == video.info
        for stored, decoded in zip(store.frames(), video.frames(), strict=True):
            assert stored.shape == decoded.shape
            assert np.abs(stored.astype(int) - decoded).mean() < 2


@settings(max_examples=20, deadline=None)
@given(index=st.integers(0, 23))
def test_random_access_equals_reading_in_order(store, index):
    assert np.array_equal(store.frame(index), next(store.frames(index)))
    assert index_in(np.rot90(store.frame(index), -1)) == index


def test_a_complete_store_is_opened_without_decoding(source, store, tmp_path, monkeypatch):
    FrameStore.of(source, tmp_path)
    monkeypatch.setattr("track_anything.video.frame_store.Decoder", _no_decoding)
    assert FrameStore.of(source, tmp_path).info == store.info
    assert len(FrameStore(tmp_path)) == 24


def test_a_copy_of_the_source_is_the_same_source(source, tmp_path, monkeypatch):
    FrameStore.of(source, tmp_path / "store")
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(source.read_bytes())
    monkeypatch.setattr("track_anything.video.frame_store.Decoder", _no_decoding)
    assert len(FrameStore.of(copy, tmp_path / "store")) == 24


def test_progress_is_told_after_every_frame(source, tmp_path):
    calls = []
    FrameStore.of(source, tmp_path, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(done, 24) for done in range(1, 25)]


def test_the_total_is_estimated_from_the_duration(tmp_path):
    totals = set()
    path = write(tmp_path, Clip("clip.mkv"))
    FrameStore.of(path, tmp_path / "store", progress=lambda done, total: totals.add(total))
    assert totals == {24}


def test_an_interrupted_fill_is_continued(source, tmp_path, monkeypatch):
    with pytest.raises(_StopError):
        FrameStore.of(source, tmp_path, progress=_stop_at(10))
    with pytest.raises(VideoError, match="holds no complete frame store"):
        FrameStore(tmp_path)
    encoded = []
    encode = _encoder_that_notes(encoded)
    monkeypatch.setattr("track_anything.video.frame_store._encode", encode)
    store = FrameStore.of(source, tmp_path)
    assert len(encoded) == 14
    assert [index_in(np.rot90(frame, -1)) for frame in store.frames()] == list(range(24))


def _encoder_that_notes(encoded):
    from track_anything.video.frame_store import _encode

    def encode(image):
        encoded.append(image)
        return _encode(image)

    return encode


def test_a_store_of_another_source_is_replaced(source, tmp_path):
    FrameStore.of(source, tmp_path / "store")
    other = write(tmp_path, Clip("other.mp4", frame_count=5))
    store = FrameStore.of(other, tmp_path / "store")
    assert len(store) == 5
    assert len(list((tmp_path / "store").glob("*.jpg"))) == 5
    assert np.abs(store.frame(3).astype(int) - picture(3, (48, 64))).mean() < 12


def test_an_unreadable_info_means_an_incomplete_store(source, tmp_path):
    FrameStore.of(source, tmp_path)
    for content in ("{", "[]", json.dumps({"height": 1})):
        (tmp_path / "info.json").write_text(content)
        with pytest.raises(VideoError, match="fill it from the video again"):
            FrameStore(tmp_path)
    assert len(FrameStore.of(source, tmp_path)) == 24


def _empty(path):
    path.write_bytes(b"")


def _cut(path):
    truncate(path, 0.01)


@pytest.mark.parametrize("damage", [Path.unlink, _empty, _cut])
def test_a_damaged_frame_file_is_named(source, tmp_path, damage):
    store = FrameStore.of(source, tmp_path)
    damage(tmp_path / "000007.jpg")
    with pytest.raises(VideoError, match=r"000007\.jpg is missing or damaged: delete .* to have it remade"):
        store.frame(7)


def test_a_frame_can_be_had_as_the_file_it_is_kept_as(store):
    for index in (0, 23):
        bgr = cv2.imdecode(np.frombuffer(store.jpeg(index), np.uint8), cv2.IMREAD_COLOR)
        assert np.array_equal(bgr[..., ::-1], store.frame(index))


def test_a_file_of_a_frame_that_is_not_there_is_an_error_that_says_why(source, tmp_path, store):
    for index in (-1, 24):
        with pytest.raises(InputError, match=f"frame {index} does not exist: the video has frames 0 to 23"):
            store.jpeg(index)
    gone = FrameStore.of(source, tmp_path)
    (tmp_path / "000007.jpg").unlink()
    with pytest.raises(VideoError, match=r"000007\.jpg is missing or damaged: delete .* to have it remade"):
        gone.jpeg(7)


def test_a_full_disk_leaves_no_store_that_looks_complete(source, tmp_path, monkeypatch):
    replace = Path.replace

    def replace_until_full(self, target):
        if target.name == "000012.jpg":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_until_full)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\): free some space"):
        FrameStore.of(source, tmp_path)
    monkeypatch.undo()
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(VideoError):
        FrameStore(tmp_path)
    assert len(FrameStore.of(source, tmp_path)) == 24


def test_a_folder_that_cannot_be_made_is_an_output_error(source, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="choose another folder"):
        FrameStore.of(source, tmp_path / "file" / "store")


@pytest.mark.parametrize("name", ["nowhere.mp4", "empty.mp4", "text.mp4"])
def test_a_bad_source_leaves_no_folder_behind(tmp_path, name):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("hello")
    with pytest.raises(VideoError, match=name):
        FrameStore.of(tmp_path / name, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_damaged_source_is_stored_as_far_as_it_can_be_read(tmp_path):
    path = corrupt(write(tmp_path, Clip("bad.ts")), 0.5, 0.9)
    store = FrameStore.of(path, tmp_path / "store")
    assert store.info.losses
    assert len(list(store.frames())) == len(store) > 0


def test_a_frame_out_of_range_is_an_input_error(store):
    with pytest.raises(InputError, match="frames 0 to 23"):
        store.frame(24)


def test_only_files_need_a_store(source, tmp_path):
    with store_video(str(source), tmp_path / "store") as stored:
        assert isinstance(stored, FrameStore)
    assert isinstance(store_video(np.zeros((2, 4, 4, 3), np.uint8), tmp_path / "none"), ArrayVideo)
    assert isinstance(store_video(tmp_path / "store", tmp_path / "none"), FolderVideo)
    assert not (tmp_path / "none").exists()
