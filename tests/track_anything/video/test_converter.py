"""Colours of deep and subsampled pictures are those of the standard."""

import av
import numpy as np
import pytest

from tests.track_anything.deep_pictures import FULL, LIMITED, colours, frame_of, ramp
from tests.track_anything.video.clips import Clip, index_in, picture, truncate, write
from track_anything.video import deep_frames, open_video
from track_anything.video.bit_depth import to_8_bits
from track_anything.video.converter import Converter, is_deep
from track_anything.video.pyav_video import PyAVVideo

SUBSAMPLED = {"444": (1, 1), "422": (1, 2), "420": (2, 2)}


@pytest.mark.parametrize("color_range", [LIMITED, FULL])
@pytest.mark.parametrize("matrix", [1, 5, 9])
@pytest.mark.parametrize(("pixel_format", "bits"), [("yuv444p10le", 10), ("yuv444p12le", 12)])
def test_deep_colours_are_those_of_the_standard(pixel_format, bits, matrix, color_range):
    randomness = np.random.default_rng(bits)
    noise = [randomness.integers(0, 2**bits, (24, 48)) for _ in range(3)]
    for planes in (noise, ramp(24, 880, bits)):
        image = Converter().deep_image(frame_of(planes, pixel_format, matrix, color_range))
        assert image.dtype == np.uint16
        assert np.abs(image - colours(planes, bits, matrix, color_range)).max() < 6  # of 65535


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv422p10le", "yuv420p12le", "yuv422p12le"])
def test_small_chroma_is_spread_and_luma_keeps_its_levels(pixel_format):
    bits = int(pixel_format[-4:-2])
    planes = ramp(24, 880, bits, SUBSAMPLED[pixel_format[3:6]])
    image = Converter().deep_image(frame_of(planes, pixel_format))
    step_down = np.ptp(colours(planes, bits), axis=0).max() / 10  # the tint differs from row to row
    assert np.abs(image - colours(planes, bits)).max() < step_down
    assert len(np.unique(image[12, :, 1])) > 850


@pytest.mark.parametrize(
    ("pixel_format", "color_range", "black", "white"),
    [
        ("yuv420p10le", LIMITED, (64, 512, 512), (940, 512, 512)),
        ("yuv420p10le", FULL, (0, 512, 512), (1023, 512, 512)),
        ("yuv444p12le", LIMITED, (256, 2048, 2048), (3760, 2048, 2048)),
        ("yuv444p16le", FULL, (0, 32768, 32768), (65535, 32768, 32768)),
        ("gray10le", LIMITED, (0,), (1023,)),  # which the scaler takes for full range in 8 bits too
        ("gray12le", FULL, (0,), (4095,)),
        ("gbrp10le", FULL, (0, 0, 0), (1023, 1023, 1023)),
        ("gbrp12le", FULL, (0, 0, 0), (4095, 4095, 4095)),
    ],
)
def test_black_and_white_are_the_ends_of_the_range(pixel_format, color_range, black, white):
    small = SUBSAMPLED.get(pixel_format[3:6], (1, 1))
    for values, expected in ((black, 0), (white, 65535)):
        sizes = [(16, 32), *[(16 // small[0], 32 // small[1])] * (len(values) - 1)]
        planes = [np.full(size, value) for size, value in zip(sizes, values, strict=True)]
        image = Converter().deep_image(frame_of(planes, pixel_format, color_range=color_range))
        assert image.shape == (16, 32, 3)
        assert image.min() == image.max() == expected


def test_what_is_whiter_than_white_stays_white():
    planes = [np.full((16, 32), value) for value in (1019, 512, 512)]
    assert Converter().deep_image(frame_of(planes, "yuv444p10le")).min() == 65535


@pytest.mark.parametrize("pixel_format", ["yuv420p", "rgb24", "gray", "rgb565le", "nv12"])
def test_formats_of_8_bits_are_not_deep(pixel_format):
    assert not is_deep(av.VideoFormat(pixel_format))
    source = av.VideoFrame.from_ndarray(picture(3, (32, 48)), format="rgb24")
    frame = source.reformat(format=pixel_format)
    image = Converter().deep_image(frame)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, Converter().image(frame))


def test_untagged_hd_is_bt_709_in_all_depths():
    planes = [np.full((720, 1280), value) for value in (324, 360, 960)]  # red by BT.601
    for matrix, meant in ((2, 1), (5, 5)):
        image = Converter().deep_image(frame_of(planes, "yuv444p10le", matrix))
        assert np.abs(image - colours(planes, 10, meant)).max() < 6


@pytest.fixture
def turned(tmp_path):
    return write(
        tmp_path,
        Clip("turned.mov", codec="prores_ks", pixel_format="yuv422p10le", rotation=90, frame_count=5),
    )


def test_deep_frames_are_the_same_frames_turned_alike(turned):
    with open_video(turned) as video:
        deep = list(deep_frames(video, 1, 4))
        shallow = list(video.frames(1, 4))
        assert [index_in(np.rot90(to_8_bits(image), -1)) for image in deep] == [1, 2, 3]
        for image, same in zip(deep, shallow, strict=True):
            assert image.dtype == np.uint16
            assert image.shape == (64, 48, 3)
            assert image.flags.c_contiguous
            assert (
                np.abs(to_8_bits(image).astype(int) - same).max() <= 4
            )  # where 8 bits were cut off, not rounded


def test_two_readings_of_deep_frames_do_not_disturb_each_other(turned):
    with PyAVVideo(turned) as video:
        first, second = video.deep_frames(), video.deep_frames(2)
        next(first)
        np.testing.assert_array_equal(next(second), next(video.deep_frames(2, 3)))
        np.testing.assert_array_equal(next(first), next(video.deep_frames(1, 2)))


def test_other_sources_give_the_frames_that_they_have(tmp_path):
    array = np.stack([picture(index, (32, 48)) for index in range(3)])
    with open_video(array) as video:
        np.testing.assert_array_equal(list(deep_frames(video, 1, 3)), array[1:])
    with open_video(write(tmp_path, Clip("plain.mp4", frame_count=3))) as video:
        np.testing.assert_array_equal(list(deep_frames(video, 0, 3)), list(video.frames()))


def test_damage_costs_deep_frames_what_it_costs_others(tmp_path):
    path = truncate(write(tmp_path, Clip("cut.ts", pixel_format="yuv420p10le")), 0.7)
    with open_video(path) as video:
        frames = list(deep_frames(video, 0, video.info.frame_count))
        assert 0 < len(frames) == video.info.frame_count < 24
        assert [index_in(to_8_bits(image)) for image in frames] == list(range(len(frames)))
        assert {image.dtype for image in frames} == {np.dtype(np.uint16)}
