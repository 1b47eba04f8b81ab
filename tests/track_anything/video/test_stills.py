"""Pictures as people keep them: patterns, archives, stacks, animations, floats and odd depths."""

import os
import struct
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import PIL.features
import PIL.Image
import pytest

from track_anything.errors import VideoError
from track_anything.video import deep_frames, fingerprint, image_names, open_video, store_video
from track_anything.video.levels import Levels


def grey(value: int, size: tuple[int, int] = (8, 6)) -> PIL.Image.Image:
    return PIL.Image.new("RGB", size, (value, value, value))


def levels_of(source: Path) -> list[int]:
    with open_video(source) as video:
        return [int(frame[2, 2, 0]) for frame in video.frames()]


def folder_of(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        grey(number).save(folder / name)
    return folder


def test_patterns_and_globs_are_sources(tmp_path):
    folder = folder_of(tmp_path, "a_0009.png", "a_0010.png", "b_0001.png", "a_0011.jpg", "a_001.png")
    assert levels_of(folder / "a_%04d.png") == [0, 1]
    assert levels_of(folder / "b*.png") == [2]
    assert levels_of(folder / "a_%d.png") == [4, 0, 1]
    assert image_names(folder / "a_%04d.png") == ("a_0009.png", "a_0010.png")
    assert fingerprint(folder / "a_%04d.png") != fingerprint(folder / "*.png")
    with pytest.raises(VideoError, match="holds no images"):
        open_video(folder / "c*.png")


def test_a_zip_is_a_source_and_is_not_unpacked(tmp_path):
    folder = folder_of(tmp_path / "images", "f2.png", "f10.png")
    with zipfile.ZipFile(tmp_path / "clip.zip", "w") as archive:
        for name in ("f10.png", "f2.png"):
            archive.write(folder / name, f"clip/{name}")
        archive.writestr("__MACOSX/clip/._f2.png", b"fork")
        archive.writestr("notes.txt", b"none")
    with store_video(tmp_path / "clip.zip", tmp_path / "store") as video:
        assert [int(frame[0, 0, 0]) for frame in video.frames()] == [0, 1]
    assert image_names(tmp_path / "clip.zip") == ("f2.png", "f10.png")
    assert not (tmp_path / "store").exists()
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    with pytest.raises(VideoError, match="cannot be read as a zip file"):
        open_video(tmp_path / "bad.zip")


@pytest.mark.parametrize("way", ["password", "unknown", "damaged"])
def test_an_archive_that_cannot_be_unpacked_is_one_line(tmp_path, way):
    folder_of(tmp_path, "0.png")
    path = tmp_path / "clip.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA if way == "damaged" else zipfile.ZIP_STORED) as archive:
        archive.write(tmp_path / "0.png", "0.png")
    content = bytearray(path.read_bytes())
    local, index = 0, content.find(b"PK\1\2")
    if way == "password":  # by a bit in both headers
        content[local + 6] |= 1
        content[index + 8] |= 1
    elif way == "unknown":  # Deflate64, as Windows packs what is large
        content[local + 8] = content[index + 10] = 9
    else:
        content[45:60] = bytes(15)
    path.write_bytes(content)
    with pytest.raises(VideoError, match=r"image 0\.png in .*clip\.zip cannot be read "):
        open_video(path)


def test_two_kinds_of_one_picture_are_refused_with_a_pattern_that_works(tmp_path):
    folder = folder_of(tmp_path, "000.png", "001.png", "000.jpg", "001.jpg")
    with pytest.raises(VideoError, match=r"for one frame: choose one kind, as by '.*\*\.\w+'"):
        open_video(folder)
    assert levels_of(folder / "*.jpg") == [2, 3]


def test_a_stack_is_a_video_of_its_pages(tmp_path):
    pages = [grey(value) for value in range(5)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    assert levels_of(tmp_path / "stack.tif") == [0, 1, 2, 3, 4]
    assert levels_of(tmp_path) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "suffix",
    [
        ".png",
        ".webp",
        pytest.param(".avif", marks=pytest.mark.skipif(not PIL.features.check("avif"), reason="no AVIF")),
    ],
)
def test_an_animated_picture_keeps_its_times(tmp_path, suffix):
    pages = [grey(value * 60) for value in range(4)]
    path = tmp_path / f"moving{suffix}"
    pages[0].save(path, save_all=True, append_images=pages[1:], duration=[100, 300, 100, 100], lossless=True)
    with open_video(path) as video:
        assert [int(frame[2, 2, 0]) for frame in video.frames()] == pytest.approx([0, 60, 120, 180], abs=2)
        assert [video.info.seconds(index) for index in range(4)] == [0, 0.1, 0.4, 0.5]
        assert video.info.constant_rate is None


def test_what_those_see_who_know_no_animation_is_no_frame_of_it(tmp_path):
    pages = [grey(value * 60) for value in range(4)]
    path = tmp_path / "moving.png"
    pages[0].save(path, save_all=True, append_images=pages[1:], duration=50, default_image=True)
    assert levels_of(path) == [60, 120, 180]


def test_an_animation_at_one_pace_has_a_constant_rate(tmp_path):
    pages = [grey(value * 60) for value in range(4)]
    pages[0].save(tmp_path / "a.png", save_all=True, append_images=pages[1:], duration=50)
    with open_video(tmp_path / "a.png") as video:
        assert video.info.average_rate == Fraction(20)


@pytest.mark.skipif(not PIL.features.check("avif"), reason="this Pillow has no AVIF")
def test_folders_of_avif_are_read(tmp_path):
    assert levels_of(folder_of(tmp_path, "0.avif", "1.avif")) == pytest.approx([0, 1], abs=2)


def as_float(path: Path, value: float) -> None:
    PIL.Image.fromarray(np.array([[0, value], [value, value]] * 2, np.float32)).save(path)


def test_floats_from_0_to_1_are_black_to_white(tmp_path):
    as_float(tmp_path / "0.tif", 0.5)
    as_float(tmp_path / "1.tif", 0.25)
    with open_video(tmp_path) as video:
        assert [int(frame[1, 1, 0]) for frame in video.frames()] == [128, 64]
        deep = [int(frame[1, 1, 0]) for frame in deep_frames(video, 0, 2)]
    assert deep == [32768, 16384]


def test_other_floats_are_stretched_alike_on_all_frames(tmp_path):
    as_float(tmp_path / "0.tif", 3000)
    as_float(tmp_path / "1.tif", 1500)
    with open_video(tmp_path) as video:
        assert [int(frame[1, 1, 0]) for frame in video.frames()] == [255, 128]
        assert video.info.notes == ("levels from 0 to 3000 are black to white",)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_12_bits_in_16_are_not_nearly_black(tmp_path, suffix, channels):
    for index, value in enumerate((4095, 2048)):
        pixels = np.full((6, 8, channels), value, np.uint16)
        pixels[..., 0] //= 1 + index * (channels - 1)  # blue, as OpenCV has it
        cv2.imwrite(str(tmp_path / f"{index}{suffix}"), pixels)
    with open_video(tmp_path) as video:
        assert video.frame(0)[2, 2].tolist() == [255, 255, 255]
        assert video.frame(1)[2, 2, 0] == 128
        if channels == 3:
            assert video.frame(1)[2, 2, 2] == 42
        assert {frame.dtype for frame in deep_frames(video, 0, 2)} == {np.dtype(np.uint16)}


@pytest.mark.parametrize("flash", [8, 38])
def test_one_flash_in_the_dark_tells_that_16_bits_are_meant(tmp_path, flash):
    """Of 40 pictures of which 39 would pass for 12 bits; it is none of the few that are looked at first."""
    for index in range(40):
        pixels = np.full((6, 8), 60_000 if index == flash else 3000 - index, np.uint16)
        cv2.imwrite(str(tmp_path / f"{index:02}.png"), pixels)
    with open_video(tmp_path) as video:
        assert video.info.notes == ()
        deep = [int(frame[2, 2, 0]) for frame in deep_frames(video, 0, 40)]
    assert deep == [60_000 if index == flash else 3000 - index for index in range(40)]


def test_what_uses_16_bits_keeps_them():
    full = np.array([[0, 40_000]], np.uint16)
    assert Levels.of([full]) == Levels()
    assert Levels().image(full)[0, 1].tolist() == [40_000] * 3
    assert Levels.of([]) == Levels()


def test_a_picture_too_large_for_memory_is_refused_by_its_header(tmp_path):
    PIL.Image.new("1", (9000, 9000)).save(tmp_path / "bomb.png")
    with pytest.raises(VideoError, match=r"9000 x 9000 pixels are too many"):
        open_video(tmp_path)


def test_a_pipe_named_like_a_picture_is_passed_over(tmp_path):
    folder_of(tmp_path, "0.png")
    os.mkfifo(tmp_path / "1.png")
    assert levels_of(tmp_path) == [0]


def numbers_as_tiff(
    path: Path, *pages: np.ndarray, orientation: int = 1, white_is_zero: bool = False
) -> Path:
    """A TIFF of numbers of any type, which no library of ours writes: (H, W) or (H, W, 3) each."""
    content, link = bytearray(b"II*\0" + bytes(4)), 4
    for page in pages:
        channels = 1 if page.ndim == 2 else page.shape[2]
        bits, kind = page.dtype.itemsize * 8, {"u": 1, "i": 2, "f": 3}[page.dtype.kind]
        start = len(content)
        content += page.tobytes()
        lists = len(content)
        content += struct.pack(f"<{2 * channels}H", *[bits] * channels, *[kind] * channels)
        many = channels > 1
        photometric = 2 if many else int(not white_is_zero)
        entries = [
            (256, page.shape[1]), (257, page.shape[0]), (258, lists if many else bits), (259, 1),
            (262, photometric), (273, start), (274, orientation), (277, channels), (278, page.shape[0]),
            (279, page.nbytes), (339, lists + 2 * channels if many else kind),
        ]  # fmt: skip
        content[link : link + 4] = struct.pack("<I", len(content))
        content += struct.pack("<H", len(entries))
        for tag, value in entries:
            of_each = tag in (258, 339)
            is_long = tag in (273, 279)
            content += struct.pack("<HHII", tag, 4 if is_long else 3, channels if of_each else 1, value)
        link = len(content)
        content += bytes(4)
    path.write_bytes(content)
    return path


CORNER = np.array([[9, 0, 0, 0], [5, 0, 0, 0], [0, 0, 0, 0]])  # (3, 4), whose turns all differ


@pytest.mark.parametrize("numbers", [np.uint8, np.uint16, np.int32, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiffs_of_all_numbers_are_turned_upright(tmp_path, numbers, channels, orientation):
    if channels == 3 and numbers == np.int32:
        pytest.skip("nothing writes colours so")
    peak = {np.uint8: 255, np.uint16: 65_535, np.int32: 70_000, np.float32: 1}[numbers]
    stored = (CORNER * (peak / 9)).astype(numbers)
    pixels = np.repeat(stored[..., None], 3, axis=2) if channels == 3 else stored
    numbers_as_tiff(tmp_path / "turned.tif", pixels, orientation=orientation)
    shown = {
        1: CORNER, 2: CORNER[:, ::-1], 3: CORNER[::-1, ::-1], 4: CORNER[::-1], 5: CORNER.T,
        6: np.rot90(CORNER, -1), 7: CORNER[::-1, ::-1].T, 8: np.rot90(CORNER),
    }[orientation]  # fmt: skip
    with open_video(tmp_path) as video:
        assert (video.info.height, video.info.width) == shown.shape
        assert np.rint(video.frame(0)[..., 0] / 255 * 9).tolist() == shown.tolist()


def test_deep_pngs_are_turned_upright(tmp_path):
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    cv2.imwrite(str(tmp_path / "0.png"), np.repeat((CORNER * 7281).astype(np.uint16)[..., None], 3, axis=2))
    content, told = (tmp_path / "0.png").read_bytes(), exif.tobytes()[6:]
    chunk = struct.pack(">I", len(told)) + b"eXIf" + told + struct.pack(">I", zlib.crc32(b"eXIf" + told))
    (tmp_path / "0.png").write_bytes(content[:33] + chunk + content[33:])
    with open_video(tmp_path) as video:
        assert np.rint(video.frame(0)[..., 0] / 255 * 9).tolist() == np.rot90(CORNER, -1).tolist()


@pytest.mark.parametrize("numbers", [np.float32, np.float64])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_stacks_of_floats_in_colour_are_read(tmp_path, numbers, channels):
    pages = [np.full((6, 8, channels), value, numbers).squeeze() for value in (0.25, 0.5, 1)]
    assert levels_of(numbers_as_tiff(tmp_path / "stack.tif", *pages)) == [64, 128, 255]


def test_numbers_beyond_16_bits_and_below_0_are_stretched(tmp_path):
    large = (np.full((6, 8), value, np.uint32) for value in (4_000_000_000, 2_000_000_000))
    assert levels_of(numbers_as_tiff(tmp_path / "large.tif", *large)) == [255, 128]
    hounsfield = np.tile(np.array([-1000, 0, 1000], np.int16), (6, 1))
    with open_video(numbers_as_tiff(tmp_path / "scan.tif", hounsfield)) as video:
        assert video.frame(0)[2, :, 0].tolist() == [0, 128, 255]
        assert video.info.notes == ("levels from -1000 to 1000 are black to white",)


def test_a_negative_is_shown_as_what_it_is_of(tmp_path):
    pixels = np.array([[0, 65_535]], np.uint16)
    with open_video(numbers_as_tiff(tmp_path / "film.tif", pixels, white_is_zero=True)) as video:
        assert video.frame(0)[0, :, 0].tolist() == [255, 0]


@pytest.mark.parametrize("suffix", [".exr", ".hdr", ".dpx"])
def test_folders_of_film_and_of_measured_light_are_read(tmp_path, suffix):
    value = 0.5 if suffix == ".dpx" else ((0.5 + 0.055) / 1.055) ** 2.4  # what sRGB shows as a half
    codec, pixel_format = {".exr": ("exr", "gbrpf32le"), ".hdr": ("hdr", "gbrpf32le")}.get(
        suffix, ("dpx", "gbrp10le")
    )
    encoder = av.VideoCodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = 8, 6, pixel_format, Fraction(1, 25)
    for index, part in enumerate((1, 0.25)):
        frame = av.VideoFrame(8, 6, pixel_format)
        for plane, share in zip(frame.planes, (part, 1, part), strict=True):  # green, blue, red
            one = value * share
            samples = np.float32(one).tobytes() if codec != "dpx" else np.uint16(round(one * 1023)).tobytes()
            plane.update(samples * (plane.buffer_size // len(samples)))
        frame.pts = index
        (tmp_path / f"{index}{suffix}").write_bytes(b"".join(bytes(each) for each in encoder.encode(frame)))
    with open_video(tmp_path) as video:
        assert len(video) == 2
        assert video.frame(0)[2, 2].tolist() == pytest.approx([128, 128, 128], abs=2)
        red, green, blue = video.frame(1)[2, 2].tolist()
        assert (red, green) != (blue, blue)
        assert blue == pytest.approx(128, abs=2)
        assert next(deep_frames(video, 0, 1)).dtype == np.uint16


@pytest.mark.parametrize("suffix", [".gif", ".pgm", ".pbm", ".pnm", ".jfif", ".jpe", ".jp2"])
def test_folders_of_rarer_kinds_are_read_where_no_usual_one_lies(tmp_path, suffix):
    for index in range(2):
        form = {".pgm": "PPM", ".pbm": "PPM", ".pnm": "PPM", ".jfif": "JPEG", ".jpe": "JPEG"}.get(suffix)
        image = PIL.Image.new("1" if suffix == ".pbm" else "L", (8, 6), 255 * index)
        image.save(tmp_path / f"{index}{suffix}", form)
    assert levels_of(tmp_path) == pytest.approx([0, 255], abs=2)
    grey(7).save(tmp_path / "0.png")  # beside which the others are previews
    assert levels_of(tmp_path) == [7]


@pytest.mark.parametrize("name", ["0.exr", "0.tif", "0.dpx"])
def test_what_is_none_of_these_is_one_line(tmp_path, name):
    (tmp_path / name).write_bytes(b"no picture at all")
    with pytest.raises(VideoError, match=rf"image .*{name} cannot be read .* take it out of the folder"):
        open_video(tmp_path)
