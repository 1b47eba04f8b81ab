"""Decord is believed where it agrees with PyAV."""

import subprocess
import sys

import numpy as np
import pytest

from tests.track_anything.video.clips import Clip, gradio_clip, index_in, write
from track_anything.errors import InputError, VideoError
from track_anything.video import decord_trial, open_video
from track_anything.video import decord_video as module
from track_anything.video.decord_video import DecordVideo

pytest.importorskip("decord", reason="decord has no wheel for this platform")


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write(tmp_path_factory.mktemp("clips"), Clip("clip.mp4"))


def test_a_file_on_which_both_agree_is_accepted(clip):
    with open_video(clip, backend="decord") as video, open_video(clip) as reference:
        assert isinstance(video, DecordVideo)
        assert video.info == reference.info
        assert len(video) == 24
        assert [index_in(frame) for frame in video.frames(4, 9)] == [4, 5, 6, 7, 8]
        assert np.abs(video.frame(17).astype(int) - reference.frame(17)).mean() < 3
        with pytest.raises(InputError, match="frames 0 to 23"):
            video.frame(24)


def test_a_real_clip_is_accepted():
    with open_video(gradio_clip("b.mp4"), backend="decord") as video:
        assert len(video) == 150


def _answers(frame_count, frames):
    return lambda path, indices: (frame_count, frames)


def test_another_count_is_refused(clip, monkeypatch):
    monkeypatch.setattr(module, "_trial", _answers(93, np.empty((0, 0, 0, 3), np.uint8)))
    with pytest.raises(VideoError, match=r"it counts 93 frames where PyAV decodes 24.*use the pyav backend"):
        DecordVideo(clip)


@pytest.mark.parametrize("size", [(48, 64), (64, 48)])
def test_other_frames_are_refused(clip, monkeypatch, size):
    monkeypatch.setattr(module, "_trial", _answers(24, np.zeros((5, *size, 3), np.uint8)))
    with pytest.raises(VideoError, match=r"its frame \d+ is not that of PyAV\): use the pyav backend"):
        DecordVideo(clip)


def test_an_abort_in_the_trial_is_survived(clip, monkeypatch):
    run = subprocess.run

    def aborting(command, **options):
        return run([sys.executable, "-c", "import os; os.abort()"], **options)

    monkeypatch.setattr(module.subprocess, "run", aborting)
    with pytest.raises(VideoError, match=r"it failed with no message\): use the pyav backend"):
        DecordVideo(clip)


def test_a_hang_in_the_trial_is_survived(clip, monkeypatch):
    run = subprocess.run

    def hanging(command, **options):
        return run([sys.executable, "-c", "import time; time.sleep(60)"], **(options | {"timeout": 0.05}))

    monkeypatch.setattr(module.subprocess, "run", hanging)
    with pytest.raises(VideoError, match=r"it hung for 120 s\): use the pyav backend"):
        DecordVideo(clip)


_REFUSED = [Clip("rotated.mp4", rotation=90), Clip("h264.ts")]


@pytest.mark.parametrize("refused", _REFUSED, ids=["rotated", "transport_stream"])
def test_a_file_that_decord_reads_otherwise_is_refused(tmp_path, refused):
    with pytest.raises(VideoError, match="use the pyav backend"):
        DecordVideo(write(tmp_path, refused))


def test_without_decord_the_remedy_is_named(clip, monkeypatch):
    monkeypatch.setitem(sys.modules, "decord", None)
    with pytest.raises(VideoError, match=r"it is not installed for this machine.*use the pyav backend"):
        DecordVideo(clip)


def test_the_trial_writes_what_decord_says(clip, tmp_path, monkeypatch):
    answer = tmp_path / "answer.npz"
    monkeypatch.setattr(sys, "argv", ["trial", str(clip), str(answer), "3", "11"])
    decord_trial.main()
    with np.load(answer) as arrays:
        assert arrays["frame_count"] == 24
        assert [index_in(frame) for frame in arrays["frames"]] == [3, 11]


def test_the_trial_answers_when_frames_are_missing(clip):
    frame_count, frames = module.decode_sample(clip, [2, 24])
    assert frame_count == 24
    assert len(frames) == 0
