"""Videos are read frame by frame and at random, real ones too."""

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.track_anything.video.clips import (
    CLIPS,
    VARIABLE,
    Clip,
    corrupt,
    gradio_clip,
    index_in,
    picture,
    truncate,
    write,
)
from track_anything.errors import InputError, VideoError
from track_anything.video.exact_reader import ExactReader
from track_anything.video.pyav_video import PyAVVideo

_names = [clip.name for clip in CLIPS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    for clip in CLIPS:
        write(folder, clip)
    write(folder, Clip("damaged.mp4", muxer_options={"movflags": "faststart"}))
    corrupt(folder / "damaged.mp4", 0.6, 0.9)
    write(folder, Clip("cut.ts"))
    truncate(folder / "cut.ts", 0.7)
    return folder


@pytest.mark.parametrize("clip", CLIPS, ids=_names)
def test_every_frame_is_read_in_order(folder, clip):
    with PyAVVideo(folder / clip.name) as video:
        frames = list(video.frames())
        assert len(video) == video.info.frame_count == len(frames) == clip.frame_count
        assert not video.info.losses
        upright = [np.rot90(frame, -clip.rotation // 90) for frame in frames]  # undoes our own rotation
        assert [index_in(frame) for frame in upright] == list(range(clip.frame_count))
        assert upright[0].shape == (*clip.size, 3)
        assert frames[0].shape == (video.info.height, video.info.width, 3)
        assert frames[0].dtype == np.uint8
        assert frames[0].flags.c_contiguous
        assert frames[0].flags.writeable


@pytest.mark.parametrize("name", [*_names, "damaged.mp4", "cut.ts"])
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_random_access_equals_reading_in_order(folder, name, data):
    with PyAVVideo(folder / name) as video:
        frames = list(video.frames())
        indices = st.lists(st.integers(0, len(video) - 1), min_size=1, max_size=8)
        for index in data.draw(indices, label="indices"):
            assert np.array_equal(video.frame(index), frames[index]), index


@pytest.mark.parametrize("name", ["b.avi", "b.mp4"])
def test_random_access_in_real_clips(name):
    with PyAVVideo(gradio_clip(name)) as video:
        wanted = {3, 89, 90, 91, 120, 149}
        expected = {index: frame for index, frame in enumerate(video.frames()) if index in wanted}
        for index in (120, 91, 149, 3, 90, 89):
            assert np.array_equal(video.frame(index), expected[index]), index


@pytest.mark.parametrize("name", ["plain.mp4", "h264.avi"])
def test_a_part_is_read_in_order(folder, name):
    with PyAVVideo(folder / name) as video:
        assert [index_in(frame) for frame in video.frames(10, 20)] == list(range(10, 20))
        assert [index_in(frame) for frame in video.frames(22)] == [22, 23]
        assert list(video.frames(24)) == []


def test_two_readings_do_not_disturb_each_other(folder):
    with PyAVVideo(folder / "plain.mp4") as video:
        first, second = video.frames(), video.frames(12)
        seen = [(index_in(next(first)), index_in(video.frame(20)), index_in(next(second))) for _ in range(4)]
        first.close()
        second.close()
    assert seen == [(0, 20, 12), (1, 20, 13), (2, 20, 14), (3, 20, 15)]


def test_a_sound_mp4_is_sought_and_not_decoded_from_the_start(folder, monkeypatch):
    with PyAVVideo(folder / "plain.mp4") as video:
        monkeypatch.setattr(
            ExactReader, "_read_from_start", lambda self, index: pytest.fail("decoded from 0")
        )
        assert [index_in(video.frame(index)) for index in (23, 9, 17)] == [23, 9, 17]


def test_variable_timestamps_are_kept(folder):
    for name in ("variable.mp4", "variable.mkv"):
        with PyAVVideo(folder / name) as video:
            info = video.info
            steps = np.diff(np.array(info.timestamps) * info.time_base)
            assert steps.tolist() == [Fraction(step, 100) for step in np.diff(VARIABLE).tolist()]


def test_timestamps_may_start_late(folder):
    with PyAVVideo(folder / "h264.ts") as video:
        assert video.info.timestamps[0] > 0
        assert video.info.seconds(0) == 0
        assert video.info.seconds(3) == pytest.approx(0.1)


def test_timestamps_of_avi_are_mended(folder):
    with PyAVVideo(folder / "h264.avi") as video:
        assert list(video.info.timestamps) == sorted(set(video.info.timestamps))
        assert len(video.info.timestamps) == 24


def test_rotation_is_obeyed(folder):
    with PyAVVideo(folder / "rotated.mp4") as video:
        assert video.info.rotation == 90
        assert (video.info.height, video.info.width) == (64, 48)
        assert np.abs(video.frame(5).astype(int) - np.rot90(picture(5, (48, 64)))).mean() < 12


def test_sound_is_noticed(folder):
    with PyAVVideo(folder / "with_sound.mp4") as with_sound, PyAVVideo(folder / "plain.mp4") as without:
        assert with_sound.info.has_audio
        assert not without.info.has_audio


def test_odd_sizes_are_exact(folder):
    with PyAVVideo(folder / "odd.mkv") as video:
        assert np.abs(video.frame(7)[20:].astype(int) - picture(7, (33, 47))[20:]).max() < 40


def _write_plain_colour(path, size, colorspace, color_range=0):
    height, width = size
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, (81, 90, 240), strict=True):  # red, in studio range
        plane.update(bytes([value]) * plane.buffer_size)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"qp": "0"})
        stream.height, stream.width, stream.pix_fmt = height, width, "yuv420p"
        stream.codec_context.colorspace = colorspace
        stream.codec_context.color_range = color_range
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize(
    ("size", "colorspace", "expected"),
    [
        ((48, 64), 2, (254, 0, 0)),  # untagged and small: BT.601
        ((720, 1280), 2, (255, 24, 0)),  # untagged HD: BT.709
        ((48, 64), 1, (255, 24, 0)),
        ((720, 1280), 5, (254, 0, 0)),  # a tag overrules the custom
    ],
)
def test_colours_follow_the_tag_and_else_the_custom(tmp_path, size, colorspace, expected):
    _write_plain_colour(tmp_path / "red.mkv", size, colorspace)
    with PyAVVideo(tmp_path / "red.mkv") as video:
        assert video.frame(0)[10, 10] == pytest.approx(expected, abs=2)


def test_full_range_is_read_as_such(tmp_path):
    _write_plain_colour(tmp_path / "red.mkv", (48, 64), 5, color_range=2)
    with PyAVVideo(tmp_path / "red.mkv") as video:
        assert video.frame(0)[10, 10] == pytest.approx((238, 14, 14), abs=3)


def test_a_truncated_clip_opens_with_what_is_there(tmp_path):
    path = truncate(write(tmp_path, Clip("cut.mp4", muxer_options={"movflags": "faststart"})), 0.6)
    with PyAVVideo(path) as video:
        frames = [index_in(frame) for frame in video.frames()]
        losses = video.info.losses
    assert frames == list(range(len(frames)))
    assert 0 < len(frames) < 24
    assert len(frames) + losses.refused_packets + losses.missing_packets == 24
    assert losses.missing_packets > 0


@pytest.mark.parametrize("name", ["bad.mp4", "bad.ts", "bad.mkv", "bad.avi"])
def test_damage_inside_is_counted(tmp_path, name):
    index_first = (
        {"movflags": "faststart"} if name == "bad.mp4" else {}
    )  # so that it is not the index that is hit
    path = corrupt(write(tmp_path, Clip(name, muxer_options=index_first)), 0.5, 0.9)
    with PyAVVideo(path) as video:
        assert sum(1 for _ in video.frames()) == len(video)
        assert video.info.losses
        assert video.info.keyframes == (0,)


def test_pictures_of_another_size_are_scaled_and_counted(tmp_path):
    small, large = Clip("a.ts", frame_count=6), Clip("b.ts", frame_count=6, size=(96, 128))
    spliced = tmp_path / "spliced.ts"
    spliced.write_bytes(write(tmp_path, small).read_bytes() + write(tmp_path, large).read_bytes())
    with PyAVVideo(spliced) as video:
        assert [frame.shape for frame in video.frames()] == [(96, 128, 3)] * len(video)
        assert video.info.losses.resized_frames == 6


@pytest.mark.parametrize("index", [-1, 24])
def test_a_frame_out_of_range_is_an_input_error(folder, index):
    message = rf"frame {index} does not exist: the video has frames 0 to 23"
    with PyAVVideo(folder / "plain.mp4") as video, pytest.raises(InputError, match=message):
        video.frame(index)


@pytest.mark.parametrize(("start", "stop"), [(-1, 3), (0, 25), (5, 4)])
def test_a_range_out_of_range_is_an_input_error(folder, start, stop):
    with PyAVVideo(folder / "plain.mp4") as video, pytest.raises(InputError, match="within 0 to 24"):
        list(video.frames(start, stop))


def test_a_file_that_shrank_since_it_was_opened_is_noticed(tmp_path):
    path = write(tmp_path, Clip("clip.mp4"))
    with PyAVVideo(path) as video:
        info = video.info
    write(tmp_path, Clip("clip.mp4", frame_count=10))
    with (
        PyAVVideo(path, info=info) as video,
        pytest.raises(VideoError, match="it was changed; open it again"),
    ):
        video.frame(20)


def test_known_info_saves_the_counting_decode(folder, monkeypatch):
    with PyAVVideo(folder / "plain.mp4") as video:
        info = video.info
    monkeypatch.setattr("track_anything.video.pyav_video.survey", lambda path: pytest.fail("decoded again"))
    with PyAVVideo(folder / "plain.mp4", info=info) as video:
        assert index_in(video.frame(13)) == 13


def test_a_closed_video_opens_again_when_asked(folder):
    video = PyAVVideo(folder / "plain.mp4")
    assert index_in(video.frame(4)) == 4
    video.close()
    video.close()
    assert index_in(video.frame(5)) == 5
    video.close()
