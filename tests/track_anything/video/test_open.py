"""The source decides how a video is read."""

import struct

import av
import numpy as np
import PIL.Image
import pytest

from tests.track_anything.video.clips import Clip, index_in, truncate, write, write_sound
from track_anything.errors import InputError, VideoError
from track_anything.video import open_video
from track_anything.video.array_video import ArrayVideo
from track_anything.video.folder_video import FolderVideo
from track_anything.video.pyav_video import PyAVVideo


def test_the_source_decides_the_reader(tmp_path):
    clip = write(tmp_path, Clip("clip.mp4"))
    images = tmp_path / "images"
    images.mkdir()
    PIL.Image.new("RGB", (4, 4)).save(images / "0.png")
    for source, kind in [
        (clip, PyAVVideo),
        (str(clip), PyAVVideo),
        (images, FolderVideo),
        (str(images), FolderVideo),
        (np.zeros((1, 4, 4, 3), np.uint8), ArrayVideo),
    ]:
        with open_video(source) as video:
            assert isinstance(video, kind)


def test_known_info_is_passed_on(tmp_path):
    clip = write(tmp_path, Clip("clip.mp4"))
    with open_video(clip) as video:
        info = video.info
    with open_video(clip, info=info) as video:
        assert video.info is info
        assert index_in(video.frame(3)) == 3


def test_an_unknown_backend_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no video backend 'cv2': choose pyav or decord"):
        open_video(tmp_path, backend="cv2")


def _text(path):
    path.write_text("hello\n" * 100)


def _bytes(path):
    path.write_bytes(np.random.default_rng(0).bytes(5000))


def _without_index(path):
    truncate(write(path.parent, Clip(path.name)), 0.5)


def _header_only(path):
    write(path.parent, Clip(path.name, muxer_options={"movflags": "faststart"}))
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"mdat") + 4])


def _too_large(path):
    """Raw pictures in AVI, whose header alone tells the size, and lies."""
    write(path.parent, Clip(path.name, codec="rawvideo"))
    content = path.read_bytes()
    size = struct.pack("<iii", 40, 64, 48)
    assert content.count(size) == 1
    path.write_bytes(content.replace(size, struct.pack("<iii", 40, 12_000, 12_000)))


def _of_unknown_coding(path):
    write(path.parent, Clip(path.name))
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))


def _tables_only(path):
    """The first packets of a transport stream: they name the tracks and hold no picture."""
    write(path.parent, Clip(path.name))
    path.write_bytes(path.read_bytes()[: 3 * 188])


def _cover_only(path):
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=48_000)
        cover = container.add_stream("mjpeg", rate=1)
        cover.height, cover.width, cover.pix_fmt = 16, 16, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8))
        container.mux(cover.encode(picture))
        container.mux(cover.encode())
        audio = av.AudioFrame.from_ndarray(np.zeros((2, 9600), np.float32), format="fltp", layout="stereo")
        audio.rate, audio.pts = 48_000, 0
        container.mux(sound.encode(audio))
        container.mux(sound.encode())


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("nowhere.mp4", lambda path: None, "does not exist: check the path"),
        ("empty.mp4", lambda path: path.touch(), r"is empty \(0 bytes\): copy or export"),
        ("noise.mp4", _bytes, r"cannot be opened as a video \(Invalid data.*\): it is of another kind"),
        ("text.mp4", _text, "cannot be opened as a video"),
        ("text.txt", _text, "is text, not a video: give a video file"),
        ("unfinished.mp4", _without_index, "cut off before its index; export it again"),
        (
            "header.mp4",
            _header_only,
            r"no frame of .*header\.mp4 can be decoded \(.*24 packets are missing\)",
        ),
        ("sound.m4a", write_sound, "holds sound but no pictures: give a file with a video track"),
        ("cover.m4a", _cover_only, "holds sound but no pictures"),
        ("large.avi", _too_large, "claims pictures of 12000 x 12000 pixels: scale it to 8K or less"),
        ("coding.mp4", _of_unknown_coding, "cannot be decoded here: convert it to H.264 in MP4"),
        ("tables.ts", _tables_only, "does not tell the size of its pictures: copy or export"),
        ("folder", lambda path: path.mkdir(), "holds no images"),
    ],
)
@pytest.mark.parametrize("backend", ["pyav", "decord"])
def test_what_cannot_be_read_is_refused_with_cause_and_remedy(tmp_path, name, make, message, backend):
    path = tmp_path / name
    make(path)
    with pytest.raises(VideoError, match=message) as caught:
        open_video(path, backend=backend)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_something_that_is_no_file_is_refused():
    with pytest.raises(VideoError, match="/dev/null is not a file: give a video file"):
        open_video("/dev/null")


def test_a_playlist_opens_no_other_place(tmp_path):
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/clip.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(VideoError):
        open_video(playlist)
