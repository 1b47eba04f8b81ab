"""Pictures as people keep them: patterns, archives, stacks, animations, floats and odd depths."""

import os
import zipfile
from fractions import Fraction
from pathlib import Path

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


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_an_animated_picture_keeps_its_times(tmp_path, suffix):
    pages = [grey(value * 60) for value in range(4)]
    path = tmp_path / f"moving{suffix}"
    pages[0].save(path, save_all=True, append_images=pages[1:], duration=[100, 300, 100, 100], lossless=True)
    with open_video(path) as video:
        assert [int(frame[2, 2, 0]) for frame in video.frames()] == [0, 60, 120, 180]
        assert [video.info.seconds(index) for index in range(4)] == [0, 0.1, 0.4, 0.5]
        assert video.info.constant_rate is None


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
