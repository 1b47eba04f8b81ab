"""Videos as cameras, browsers and editors write them, which no textbook clip is like."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.track_anything.deep_pictures import colours, frame_of, ramp
from tests.track_anything.video.clips import Clip, index_in, picture, write
from track_anything.video import FrameStore, open_video
from track_anything.video.converter import Converter, fitted
from track_anything.video.orientation import Orientation
from track_anything.video.rates import constant_rate

FILM = Fraction(24000, 1001)


def with_matrix(path: Path, stored_to_shown: tuple[int, int, int, int]) -> Path:
    """A clip whose display matrix begins with these a, b, c, d."""
    a, b, c, d = (number << 16 for number in stored_to_shown)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.height, stream.width, stream.pix_fmt = 48, 64, "yuv420p"
        stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])
        for index in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(index, (48, 64)))))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("matrix", "show", "is_mirrored", "rotation"),
    [
        ((1, 0, 0, 1), lambda stored: stored, False, 0),
        ((-1, 0, 0, 1), lambda stored: stored[:, ::-1], True, 0),
        ((1, 0, 0, -1), lambda stored: stored[::-1], True, 180),
        ((-1, 0, 0, -1), lambda stored: stored[::-1, ::-1], False, 180),
        ((0, 1, -1, 0), lambda stored: np.rot90(stored, -1), False, -90),
        ((0, -1, 1, 0), lambda stored: np.rot90(stored), False, 90),
        ((0, 1, 1, 0), lambda stored: stored.swapaxes(0, 1), True, 90),
        ((0, -1, -1, 0), lambda stored: np.rot90(stored, 2).swapaxes(0, 1), True, -90),
    ],
)
def test_mirrored_and_turned_display_matrices_are_obeyed(tmp_path, matrix, show, is_mirrored, rotation):
    with open_video(with_matrix(tmp_path / "plain.mp4", (1, 0, 0, 1))) as video:
        stored = video.frame(1)
    path = with_matrix(tmp_path / "shown.mp4", matrix)
    with open_video(path) as video:
        np.testing.assert_array_equal(video.frame(1), show(stored))
        assert (video.info.height, video.info.width) == show(stored).shape[:2]
        assert (video.info.is_mirrored, video.info.rotation) == (is_mirrored, rotation)


def test_every_orientation_is_a_mirroring_and_a_turn():
    pixels = np.arange(6).reshape(2, 3)
    for bits in range(8):
        orientation = Orientation(bool(bits & 1), bool(bits & 2), bool(bits & 4))
        mirrored = pixels[:, ::-1] if orientation.is_mirrored else pixels
        turned = np.rot90(mirrored, orientation.rotation // 90)
        np.testing.assert_array_equal(orientation.upright(pixels), turned)


def grown(folder: Path, *sizes: tuple[tuple[int, int], int]) -> Path:
    """Transport streams of several sizes, one after the other."""
    path, start = folder / "grown.ts", 0
    parts = []
    for size, count in sizes:
        pts = tuple(range(start, start + count))
        parts.append(write(folder, Clip(f"{start}.ts", size=size, frame_count=count, pts=pts)).read_bytes())
        start += count
    path.write_bytes(b"".join(parts))
    return path


def test_resolution_change_keeps_every_frame_at_the_large_size(tmp_path):
    path = grown(tmp_path, ((24, 32), 5), ((48, 64), 25))
    with open_video(path) as video:
        assert (video.info.frame_count, video.info.height, video.info.width) == (30, 48, 64)
        assert video.info.losses.resized_frames == 5
        assert not video.info.losses.is_damage
        assert {frame.shape for frame in video.frames()} == {(48, 64, 3)}
        assert [frame.shape for frame in (video.frame(2), video.frame(20))] == [(48, 64, 3)] * 2
    with FrameStore.of(path, tmp_path / "store") as store:
        assert store.info == video.info
        assert {frame.shape for frame in store.frames()} == {(48, 64, 3)}


def test_a_few_frames_of_a_huge_size_do_not_decide(tmp_path):
    path = grown(tmp_path, ((48, 64), 25), ((96, 128), 2))
    with open_video(path) as video:
        assert (video.info.height, video.info.width, video.info.frame_count) == (48, 64, 27)


def test_a_picture_that_lies_down_gets_bars_and_is_not_squeezed():
    image = fitted(np.full((64, 48, 3), 200, np.uint8), (48, 64))
    assert image.shape == (48, 64, 3)
    assert image[:, :10].max() == image[:, -10:].max() == 0
    assert image[:, 16:48].min() == 200


def test_raw_h264_has_the_rate_that_its_stream_tells(tmp_path):
    path = write(tmp_path, Clip("raw.h264", frame_count=30))
    with open_video(path) as video:
        assert video.info.average_rate == 30
        assert video.info.duration == 1
        assert video.info.notes == ("the file holds no times: 30 frames per second assumed",)
        assert index_in(video.frame(17)) == 17
        assert index_in(video.frame(3)) == 3


def test_a_small_preview_in_first_place_is_not_the_video(tmp_path):
    path = tmp_path / "with_preview.mp4"
    with av.open(str(path), "w") as container:
        streams = []
        for height, width in ((24, 32), (48, 64)):
            stream = container.add_stream("libx264", rate=30)
            stream.height, stream.width, stream.pix_fmt = height, width, "yuv420p"
            streams.append(stream)
        for index in range(6):
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(picture(index, (stream.height, stream.width)))
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode())
    with open_video(path) as video:
        assert (video.info.height, video.info.width) == (48, 64)
        assert [index_in(frame) for frame in video.frames()] == list(range(6))
        assert "of 2 tracks with pictures number 1 is read, 64 x 48" in video.info.notes


def test_matroska_rate_is_exact_although_its_times_are_rounded(tmp_path):
    pts = tuple(round(index * 1000 / FILM) for index in range(48))
    clip = Clip("film.mkv", pts=pts, time_base=Fraction(1, 1000), frame_count=48)
    with open_video(write(tmp_path, clip)) as video:
        assert video.info.average_rate == FILM
        assert video.info.constant_rate == FILM


@pytest.mark.parametrize(
    ("rate", "time_base"),
    [
        (FILM, Fraction(1, 1000)),
        (Fraction(30000, 1001), Fraction(1, 1000)),
        (FILM, Fraction(1, 90_000)),
        (Fraction(25), Fraction(1, 25)),
        (Fraction(50), Fraction(1, 1000)),
        (Fraction(15, 2), Fraction(1, 600)),
        (Fraction(1, 3), Fraction(1, 1000)),
    ],
)
def test_constant_rates_are_told_from_rounded_times(rate, time_base):
    times = [round(index / (rate * time_base)) + 7 for index in range(100)]
    assert constant_rate(times, time_base) == rate
    assert constant_rate(times, time_base, Fraction(1_200_000)) == rate
    assert constant_rate(times, time_base, rate) == rate


@pytest.mark.parametrize(
    ("times", "time_base"),
    [
        ((0, 1, 2, 4, 5, 6), Fraction(1, 25)),  # one was dropped
        ((0, 40, 80, 160, 200), Fraction(1, 1000)),
        ((5, 6, 9, 16, 18), Fraction(1, 100)),
        ((3,), Fraction(1, 100)),
    ],
)
def test_times_that_vary_have_no_constant_rate(times, time_base):
    assert constant_rate(times, time_base) is None
    assert constant_rate(times, time_base, Fraction(25)) is None


def test_8_bits_of_a_deep_frame_are_rounded_not_cut_off():
    planes = ramp(24, 880, 10)
    image = Converter().image(frame_of(planes, "yuv444p10le"))
    assert np.abs(image - colours(planes, 10) / 257).max() < 0.6


@pytest.mark.parametrize("suffix", [".mkv", ".avi", ".mov"])
def test_a_large_single_picture_in_first_place_is_not_the_video(tmp_path, suffix):
    """Matroska does not tell how many pictures a track has, and AVI tells wrong."""
    path = tmp_path / f"with_poster{suffix}"
    with av.open(str(path), "w") as container:
        poster, moving = (container.add_stream(codec, rate=30) for codec in ("mjpeg", "libx264"))
        for stream, (height, width) in ((poster, (96, 128)), (moving, (48, 64))):
            stream.height, stream.width = height, width
            stream.pix_fmt = "yuvj420p" if stream is poster else "yuv420p"
        container.mux(poster.encode(av.VideoFrame.from_ndarray(picture(99, (96, 128)))))
        container.mux(poster.encode())
        for index in range(6):
            container.mux(moving.encode(av.VideoFrame.from_ndarray(picture(index, (48, 64)))))
        container.mux(moving.encode())
    with open_video(path) as video:
        assert [index_in(frame) for frame in video.frames()] == list(range(6))
        assert "of 2 tracks with pictures number 1 is read, 64 x 48" in video.info.notes


def test_a_claim_that_matroska_can_only_come_near_is_what_it_stands_for():
    rate, time_base = Fraction(60000, 1001), Fraction(1, 1000)
    times = [round(index / (rate * time_base)) for index in range(40)]
    assert constant_rate(times, time_base, Fraction(19001, 317)) == rate


def test_times_that_were_counted_on_in_whole_ticks_are_of_the_rate_that_is_claimed():
    steps = [3753, 3755, 3753, 3753, 3753, 3756, 3753, 3753, 3753, 3756] * 4  # of an MPEG program stream
    times = np.cumsum([48_754, *steps]).tolist()
    assert constant_rate(times, Fraction(1, 90_000), FILM) == FILM
    times[20] += 300  # a twelfth of a frame is none of that
    assert constant_rate(times, Fraction(1, 90_000), FILM) is None
