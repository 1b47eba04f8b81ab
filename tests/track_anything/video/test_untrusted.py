"""What strangers' files and names may not do."""

import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import av
import cv2
import numpy as np
import PIL.Image
import pytest

from tests.track_anything.video.clips import Clip, write
from track_anything.errors import VideoError
from track_anything.export import picture_exporter
from track_anything.video import FrameStore, open_video, read_image
from track_anything.video.converter import Converter
from track_anything.video.media_path import media_path

ADDRESSES = [
    "http:127.0.0.1:9?.mp4",
    "tcp:127.0.0.1:9.mp4",
    "file:x.mp4",
    "concat:a|b.mp4",
    "pipe:1.mp4",
    "-.mp4",
]

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}\n#EXT-X-ENDLIST\n"


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour, small as a file and huge as a picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(width // 8 + 2) * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_fault_04_a_picture_may_be_as_large_as_a_frame_of_a_video_and_no_larger(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_bytes(bomb(25_000, 7_000))
    for read in (read_image, lambda path: open_video(path.parent)):
        tracemalloc.start()
        with pytest.raises(
            VideoError, match="0.png cannot be read .25000 x 7000 pixels are too many: scale it"
        ):
            read(tmp_path / "0.png")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 10 << 20


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(tmp_path: Path, orientation: int) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (5, 7, 3), np.uint8)
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    image = PIL.Image.fromarray(pixels)
    image.save(tmp_path / "0.png", exif=exif)
    with PIL.Image.open(tmp_path / "0.png") as opened:
        expected = np.array(PIL.ImageOps.exif_transpose(opened))
    assert np.array_equal(read_image(tmp_path / "0.png"), expected)
    assert open_video(tmp_path).info.height == len(expected)


@pytest.mark.parametrize("name", ADDRESSES)
def test_fault_08_the_name_of_a_video_is_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(write(tmp_path, Clip("clip.mp4")).read_bytes())
    with open_video(Path(name)) as video:
        exporter = picture_exporter(Path(f"made-{name}"), video.info, Path(name), overwrite=False)
        with exporter:
            for index, image in enumerate(video.frames()):
                exporter.write(index, image, np.zeros(image.shape[:2], np.uint8))
    with open_video(Path(f"made-{name}")) as made:
        assert len(made) == 24


@pytest.mark.parametrize("name", ADDRESSES)
def test_fault_08_what_is_written_is_no_address_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    source = write(tmp_path, Clip("clip.mp4"))
    with open_video(source) as video:
        info, images = video.info, list(video.frames(0, 2))
    with picture_exporter(Path(name), info, source, overwrite=False) as exporter:
        for index, image in enumerate(images):
            exporter.write(index, image, np.zeros(image.shape[:2], np.uint8))
    with av.open(media_path(Path(name))) as container:
        assert container.streams.video[0].frames == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", PLAYLIST.format("file://{place}")),
        ("list.m3u8", PLAYLIST.format("{place}")),
        ("list.m3u8", PLAYLIST.format("../elsewhere/other.ts")),
        ("list.mp4", "ffconcat version 1.0\nfile near.ts\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile near.ts\n"),
    ],
)
def test_fault_01_a_list_of_other_files_is_no_video(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    other = write(tmp_path / "elsewhere", Clip("h264.ts")).rename(tmp_path / "elsewhere" / "other.ts")
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "near.ts").symlink_to(other)
    path = tmp_path / "up" / name
    path.write_text(content.replace("{place}", str(other)))
    with pytest.raises(VideoError, match=r"is a list of other files, not a video: join them to one"):
        open_video(path)


@pytest.fixture
def store(tmp_path: Path) -> FrameStore:
    return FrameStore.of(write(tmp_path, Clip("clip.mp4")), tmp_path / "store")


@pytest.mark.parametrize("size", [(48, 65), (64, 48), (9000, 9000)])
def test_fault_27_a_cached_frame_of_another_size_is_damaged(
    store: FrameStore, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, encoded = cv2.imencode(".jpg", np.zeros(size, np.uint8))
    (tmp_path / "store" / "000003.jpg").write_bytes(encoded.tobytes())
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(VideoError, match=r"000003.jpg is missing or damaged: delete .*store to have"):
        store.frame(3)


@pytest.mark.parametrize("content", [b"", b"x", b"\xff\xd8\xff", bomb(9, 9)])
def test_fault_27_a_cached_frame_that_is_no_jpeg_is_damaged(
    store: FrameStore, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "store" / "000003.jpg").write_bytes(content)
    with pytest.raises(VideoError, match="is missing or damaged"):
        store.frame(3)


SHORTAGES = [
    MemoryError(),
    OSError(12, os.strerror(12)),
    cv2.error("OpenCV(4) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 24883200 bytes"),
]


@pytest.mark.parametrize("shortage", SHORTAGES)
def test_fault_31_too_little_memory_for_a_frame_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shortage: Exception
) -> None:
    def fail(*_: object) -> None:
        raise shortage

    monkeypatch.setattr(Converter, "image", fail)
    with pytest.raises(VideoError, match=r"^there is too little memory for pictures of 64 x 48 pixels"):
        FrameStore.of(write(tmp_path, Clip("clip.mp4")), tmp_path / "store")


def test_other_errors_pass_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Converter, "image", lambda *_: (tmp_path / "gone").read_bytes())
    with pytest.raises(FileNotFoundError):
        FrameStore.of(write(tmp_path, Clip("clip.mp4")), tmp_path / "store")
