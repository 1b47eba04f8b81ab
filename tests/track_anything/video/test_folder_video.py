"""Folders of images in the order that people expect."""

from fractions import Fraction

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from track_anything.errors import InputError, VideoError
from track_anything.video.folder_video import FolderVideo


def _write(path, value=0, size=(8, 6), **options):
    PIL.Image.new("RGB", size, (value, 0, 0)).save(path, **options)


def test_images_come_in_natural_order(tmp_path):
    names = ["frame1.png", "frame2.png", "frame10.png", "frame10b.PNG", "take2_frame1.bmp"]
    for value, name in enumerate(names):
        _write(tmp_path / name, value)
    with FolderVideo(tmp_path) as video:
        assert [int(frame[0, 0, 0]) for frame in video.frames()] == [0, 1, 2, 3, 4]
        assert len(video) == 5
        assert (video.info.height, video.info.width) == (6, 8)
        assert video.frame(3).shape == (6, 8, 3)


@settings(max_examples=15, deadline=None)
@given(order=st.permutations([0, 7, 9, 10, 100, 99]))
def test_numbers_sort_by_value(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("images")
    for number in order:
        _write(folder / f"{number}.png", number)
    video = FolderVideo(folder)
    frames = list(video.frames())
    assert [int(frame[0, 0, 0]) for frame in frames] == sorted(order)
    assert all(np.array_equal(video.frame(index), frame) for index, frame in enumerate(frames))


def test_other_files_are_passed_over(tmp_path):
    _write(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "._a.png").write_bytes(b"resource fork")
    (tmp_path / "folder.png").mkdir()
    assert len(FolderVideo(tmp_path)) == 1


def test_the_rate_can_be_told(tmp_path):
    for name in "abc":
        _write(tmp_path / f"{name}.png")
    info = FolderVideo(tmp_path, frame_rate=Fraction(12)).info
    assert info.average_rate == 12
    assert info.duration == Fraction(1, 4)


def test_the_orientation_of_photos_is_obeyed(tmp_path):
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    image = PIL.Image.new("RGB", (8, 6))
    image.putpixel((0, 0), (255, 255, 255))
    image.save(tmp_path / "a.png", exif=exif)
    video = FolderVideo(tmp_path)
    assert (video.info.height, video.info.width) == (8, 6)
    assert video.frame(0)[0, 5].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("L", 7, [7, 7, 7]),
        ("I;16", 0x1234, [0x12, 0x12, 0x12]),
        ("RGBA", (1, 2, 3, 128), [1, 2, 3]),
        ("P", 0, [0, 0, 0]),
    ],
)
def test_every_kind_of_pixel_becomes_rgb(tmp_path, mode, colour, expected):
    PIL.Image.new(mode, (4, 4), colour).save(tmp_path / "a.png")
    assert FolderVideo(tmp_path).frame(0)[2, 2].tolist() == expected


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(VideoError, match=r"holds no images: give a folder of (\.avif, )?\.bmp"):
        FolderVideo(tmp_path)


def test_mixed_sizes_are_refused_by_name(tmp_path):
    _write(tmp_path / "a.png")
    _write(tmp_path / "b.png", size=(9, 6))
    with pytest.raises(
        VideoError, match=r"b\.png is 9 x 6 pixels but a\.png is 8 x 6: give images of one size"
    ):
        FolderVideo(tmp_path)


def test_a_file_that_is_no_image_is_refused_by_name(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no image")
    with pytest.raises(VideoError, match=r"a\.jpg cannot be read"):
        FolderVideo(tmp_path)


def test_a_truncated_image_is_refused_when_read(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    path = tmp_path / "a.jpg"
    PIL.Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(VideoError, match=r"a\.jpg cannot be read .* take it out of the folder"):
        FolderVideo(tmp_path).frame(0)


def test_a_frame_out_of_range_is_an_input_error(tmp_path):
    _write(tmp_path / "a.png")
    with pytest.raises(InputError, match="frames 0 to 0"):
        FolderVideo(tmp_path).frame(1)
