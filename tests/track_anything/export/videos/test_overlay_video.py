"""Videos of the masks over the picture keep time, place and sound."""

from fractions import Fraction

import av
import numpy as np
import pytest

from tests.track_anything.video.clips import (
    VARIABLE,
    Clip,
    corrupt,
    gradio_clip,
    write,
    write_sound,
)
from track_anything.errors import InputError, OutputError, VideoError
from track_anything.export import OverlayVideo
from track_anything.export.videos import sound
from track_anything.masks.overlay import paint
from track_anything.video import VideoInfo, open_video
from track_anything.video.array_video import ArrayVideo
from track_anything.video.decoder import packets_of


def _label_map(info):
    label_map = np.zeros((info.height, info.width), np.uint8)
    label_map[info.height // 2 :, : info.width // 2] = 1
    return label_map


def _export(source, path, **options):
    with open_video(source) as video:
        label_map = _label_map(video.info)
        with OverlayVideo(path, video.info, source=source, **options) as exporter:
            for index, image in enumerate(video.frames()):
                exporter.write(index, image, label_map)
        return video.info, exporter.notes


def _times(info):
    return [timestamp * info.time_base for timestamp in info.timestamps]


def _sound_packets(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in packets]


SOURCES = [
    Clip("plain.mp4"),
    Clip("variable.mp4", pts=VARIABLE, time_base=Fraction(1, 100), codec_options={"bf": "3"}),
    Clip("variable.mkv", pts=VARIABLE, time_base=Fraction(1, 100)),
    Clip("ntsc.mp4", time_base=Fraction(1001, 30_000)),
    Clip("late.ts", audio="aac"),
    Clip("rotated.mp4", rotation=90),
    Clip("odd.mkv", codec="ffv1", size=(33, 47)),
    Clip("mpeg4.avi", codec="mpeg4", codec_options={"bf": "2"}),
]


@pytest.mark.parametrize("clip", SOURCES, ids=[clip.name for clip in SOURCES])
def test_every_frame_keeps_its_time_and_its_place(tmp_path, clip):
    source = write(tmp_path, clip)
    info, notes = _export(source, tmp_path / "overlay.mp4", crf=5)
    with open_video(tmp_path / "overlay.mp4") as overlay, open_video(source) as video:
        tick = info.time_base if info.constant_rate else 0  # by which the source had to round a constant rate
        pairs = zip(_times(overlay.info), _times(info), strict=True)
        assert max(abs(time - meant) for time, meant in pairs) <= tick
        assert overlay.info.rotation == 0
        assert (overlay.info.height, overlay.info.width) == (
            info.height + info.height % 2,
            info.width + info.width % 2,
        )
        for image, painted in zip(video.frames(), overlay.frames(), strict=True):
            expected = paint(image, _label_map(info))
            assert np.abs(painted[: info.height, : info.width].astype(int) - expected).mean() < 8
    assert notes == ()


def test_odd_sizes_are_padded_by_repeating_the_edge(tmp_path):
    source = write(tmp_path, Clip("odd.mkv", codec="ffv1", size=(33, 47)))
    _export(source, tmp_path / "overlay.mp4", crf=0)
    with open_video(tmp_path / "overlay.mp4") as overlay:
        painted = overlay.frame(3).astype(int)
        assert painted.shape == (34, 48, 3)
        assert np.abs(painted[-1] - painted[-2]).mean() < 12
        assert np.abs(painted[:, -1] - painted[:, -2]).mean() < 12


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("sound.mp4", "aac"),
        ("sound.ts", "aac"),
        ("sound.mkv", "libmp3lame"),
        ("sound.mkv", "flac"),
        ("sound.mkv", "libopus"),
        ("sound.ts", "ac3"),
        ("sound.avi", "libmp3lame"),
    ],
)
def test_sound_is_copied_in_step(tmp_path, name, codec):
    source = write(tmp_path, Clip(name, audio=codec, frame_count=60))
    _, notes = _export(source, tmp_path / "overlay.mp4")
    original, copied = _sound_packets(source), _sound_packets(tmp_path / "overlay.mp4")
    assert len(copied) == len(original) > 20
    has_headers_of_its_own = name.endswith(".ts") and codec == "aac"  # ADTS, which MP4 keeps elsewhere
    for (time, content), (copied_time, copied_content) in zip(original, copied, strict=True):
        assert abs(time - copied_time) <= Fraction(1, 10_000)
        assert copied_content == (content[7:] if has_headers_of_its_own else content)
    assert notes == ()


def test_a_real_clip_keeps_times_and_sound(tmp_path):
    source = gradio_clip("b.mp4")
    info, notes = _export(source, tmp_path / "overlay.mp4", crf=30)
    with open_video(tmp_path / "overlay.mp4") as overlay:
        assert _times(overlay.info) == _times(info)
    assert _sound_packets(tmp_path / "overlay.mp4") == _sound_packets(source)
    assert notes == ()


def test_sound_that_mp4_cannot_hold_is_encoded_and_noted(tmp_path):
    source = write(tmp_path, Clip("sound.avi", codec="mpeg4", audio="pcm_s16le", frame_count=60))
    _, notes = _export(source, tmp_path / "overlay.mp4")
    assert notes == ("sound coded as pcm_s16le does not play in MP4: it was encoded as AAC",)
    with av.open(str(tmp_path / "overlay.mp4")) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == "aac"
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(stream)])
    tone = np.sin(np.arange(len(samples)) / 20)
    assert len(samples) / 48_000 == pytest.approx(2, abs=0.1)
    assert np.abs(samples[5000:60_000] - tone[5000:60_000]).mean() < 0.05


def _with_two_sound_tracks(folder):
    path = folder / "two.mkv"
    with (
        av.open(str(write(folder, Clip("one.mp4", audio="aac")))) as source,
        av.open(str(path), "w") as container,
    ):
        outputs = {
            "video": [container.add_stream_from_template(source.streams.video[0])],
            "audio": [container.add_stream_from_template(source.streams.audio[0]) for _ in range(2)],
        }
        for packet in filter(len, map(_Copyable, source.demux())):
            for output in outputs[packet.kind]:
                container.mux(packet.copy_for(output))
    return path


class _Copyable:
    def __init__(self, packet):
        self._packet = packet
        self.kind = packet.stream.type

    def __len__(self):
        return self._packet.size

    def copy_for(self, stream):
        copy = av.Packet(bytes(self._packet))
        copy.pts, copy.dts, copy.time_base = self._packet.pts, self._packet.dts, self._packet.time_base
        copy.is_keyframe, copy.stream = self._packet.is_keyframe, stream
        return copy


def test_every_sound_track_is_kept(tmp_path):
    _export(_with_two_sound_tracks(tmp_path), tmp_path / "overlay.mp4")
    with av.open(str(tmp_path / "overlay.mp4")) as container:
        assert len(container.streams.audio) == 2


def test_damaged_sound_is_left_out_and_noted(tmp_path):
    source = write(tmp_path, Clip("sound.mkv", audio="wavpack", frame_count=60))
    with open_video(source) as video:
        info = video.info
    corrupt(source, 0.3, 0.95, 400)
    with OverlayVideo(tmp_path / "overlay.mp4", info, source=source) as exporter:
        for index in range(len(info.timestamps)):
            exporter.write(index, np.zeros((48, 64, 3), np.uint8), np.zeros((48, 64), np.uint8))
    assert any("packets of sound in sound.mkv cannot be used" in note for note in exporter.notes)
    with open_video(tmp_path / "overlay.mp4") as overlay:
        assert len(overlay) == 60


def test_sound_that_cannot_be_read_is_noted(tmp_path, monkeypatch):
    def packets_after_a_gap(container, *streams):
        yield None
        yield from packets_of(container, *streams)

    monkeypatch.setattr(sound, "packets_of", packets_after_a_gap)
    source = write(tmp_path, Clip("sound.mp4", audio="aac"))
    _, notes = _export(source, tmp_path / "overlay.mp4")
    assert notes == ("1 packets of sound in sound.mp4 cannot be used",)


def test_a_part_ends_with_its_sound(tmp_path):
    source = write(tmp_path, Clip("sound.mp4", audio="aac", frame_count=60))
    with open_video(source) as video:
        info = video.info
    with OverlayVideo(tmp_path / "overlay.mp4", info, source=source) as exporter:
        for index in range(30):
            exporter.write(index, BLACK, NOTHING)
    last_time = _sound_packets(tmp_path / "overlay.mp4")[-1][0]
    assert 0.9 < last_time < 1


def test_a_clock_that_starts_hours_late_is_set_to_zero(tmp_path):
    clip = Clip("camcorder.mkv", pts=tuple(range(90_000, 90_024)), time_base=Fraction(1, 25), audio="aac")
    source = write(tmp_path, clip)
    info, _ = _export(source, tmp_path / "overlay.mp4")
    with open_video(tmp_path / "overlay.mp4") as overlay:
        start = _times(info)[0]
        assert start == 3600
        assert _times(overlay.info) == [time - start for time in _times(info)]


def _tagged(path, tags, size=(48, 64)):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"qp": "0"})
        stream.height, stream.width = size
        stream.pix_fmt = "yuv420p"
        codec = stream.codec_context
        codec.colorspace, codec.color_primaries, codec.color_trc = tags
        frame = av.VideoFrame.from_ndarray(np.full((*size, 3), (200, 40, 60), np.uint8))
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("tags", "written"),
    [
        ((2, 2, 2), (1, 1, 1)),
        ((1, 1, 1), (1, 1, 1)),
        ((6, 6, 6), (6, 6, 6)),
        ((5, 5, 6), (5, 5, 6)),
        ((9, 9, 16), (9, 9, 16)),
        ((7, 7, 7), (1, 1, 1)),  # a matrix that cannot be written
    ],
)
def test_colours_and_their_tags_are_those_of_the_source(tmp_path, tags, written):
    source = _tagged(tmp_path / "source.mkv", tags)
    with open_video(source) as video:
        image = video.frame(0)
        with OverlayVideo(tmp_path / "overlay.mp4", video.info, source=source, crf=0) as exporter:
            exporter.write(0, image, np.zeros(image.shape[:2], np.uint8))
    with av.open(str(tmp_path / "overlay.mp4")) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.colorspace, codec.color_primaries, codec.color_trc) == written
        assert codec.color_range == 1
        assert codec.pix_fmt == "yuv420p"
        assert codec.name == "h264"
    with open_video(tmp_path / "overlay.mp4") as overlay:
        assert np.abs(overlay.frame(0).astype(int) - image).max() <= 3


def test_the_shape_of_pixels_is_kept(tmp_path):
    path = tmp_path / "anamorphic.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.height, stream.width, stream.pix_fmt = 48, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(16, 11)
        stream.set_display_rotation(90)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8))))
        container.mux(stream.encode())
    _export(path, tmp_path / "overlay.mp4")
    with av.open(str(tmp_path / "overlay.mp4")) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(11, 16)


@pytest.mark.parametrize("is_folder", [False, True])
def test_sources_without_a_file_are_exported_silently(tmp_path, is_folder):
    frames = np.stack([np.full((48, 64, 3), value, np.uint8) for value in (0, 100, 200)])
    info = ArrayVideo(frames, frame_rate=Fraction(10)).info
    source = tmp_path if is_folder else None
    with OverlayVideo(tmp_path / "overlay.mp4", info, source=source, opacity=0, contour=False) as exporter:
        for index, image in enumerate(frames):
            exporter.write(index, image, _label_map(info))
    assert exporter.notes == ()
    with open_video(tmp_path / "overlay.mp4") as overlay:
        assert not overlay.info.has_audio
        assert _times(overlay.info) == [0, Fraction(1, 10), Fraction(2, 10)]
        assert [round(float(frame.mean()), -1) for frame in overlay.frames()] == [0, 100, 200]


INFO = VideoInfo.of_constant_rate(3, 48, 64, Fraction(10))
BLACK, NOTHING = np.zeros((48, 64, 3), np.uint8), np.zeros((48, 64), np.uint8)


def _left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


def _export_black(path, indices, *, error=None, **options):
    with OverlayVideo(path, INFO, **options) as exporter:
        for index in indices:
            exporter.write(index, BLACK, NOTHING)
        if error is not None:
            raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_leaving_by_an_exception_leaves_nothing(tmp_path, error):
    with pytest.raises(error):
        _export_black(tmp_path / "overlay.mp4", [0], error=error)
    assert _left_behind(tmp_path) == []


def test_nothing_is_seen_before_the_end(tmp_path):
    with OverlayVideo(tmp_path / "overlay.mp4", INFO) as exporter:
        exporter.write(0, BLACK, NOTHING)
        assert not (tmp_path / "overlay.mp4").exists()
    assert _left_behind(tmp_path) == ["overlay.mp4"]


def test_what_exists_is_not_touched_without_leave(tmp_path):
    (tmp_path / "overlay.mp4").write_text("precious")
    with pytest.raises(OutputError, match=r"overlay\.mp4 exists already: choose another path or allow"):
        OverlayVideo(tmp_path / "overlay.mp4", INFO).__enter__()
    assert (tmp_path / "overlay.mp4").read_text() == "precious"


def test_what_exists_is_replaced_only_by_a_complete_video(tmp_path):
    (tmp_path / "overlay.mp4").write_text("old")
    with pytest.raises(ValueError, match="stop"):
        _export_black(tmp_path / "overlay.mp4", [0], overwrite=True, error=ValueError("stop"))
    assert (tmp_path / "overlay.mp4").read_text() == "old"
    _export_black(tmp_path / "overlay.mp4", [0, 2], overwrite=True)
    with open_video(tmp_path / "overlay.mp4") as overlay:
        assert len(overlay) == 2
    assert _left_behind(tmp_path) == ["overlay.mp4"]


def test_the_source_is_never_replaced(tmp_path):
    source = write(tmp_path, Clip("clip.mp4"))
    content = source.read_bytes()
    with pytest.raises(OutputError, match="is the source itself: choose another path"):
        OverlayVideo(source, INFO, source=source, overwrite=True).__enter__()
    assert source.read_bytes() == content


def _folder(path):
    path.mkdir()


def _file_above(path):
    path.parent.touch()


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("overlay.avi", lambda path: None, "is not named .mp4"),
        ("folder.mp4", _folder, "is a folder: choose a file name"),
        ("file/overlay.mp4", _file_above, "cannot be written .*: check the path, or choose another place"),
    ],
)
def test_an_unwritable_place_is_told_before_the_work(tmp_path, name, make, message):
    make(tmp_path / name)
    with pytest.raises(OutputError, match=message):
        OverlayVideo(tmp_path / name, INFO, overwrite=True).__enter__()


def test_folders_above_are_made(tmp_path):
    with OverlayVideo(tmp_path / "new" / "folder" / "overlay.MP4", INFO) as exporter:
        exporter.write(0, BLACK, NOTHING)
    assert (tmp_path / "new" / "folder" / "overlay.MP4").is_file()


def test_a_source_that_cannot_be_opened_leaves_nothing(tmp_path):
    with pytest.raises(VideoError, match="does not exist"):
        OverlayVideo(tmp_path / "overlay.mp4", INFO, source=tmp_path / "nowhere.mp4").__enter__()
    sound = write_sound(tmp_path / "sound.m4a")
    with pytest.raises(VideoError, match="sound but no pictures"):
        OverlayVideo(tmp_path / "overlay.mp4", INFO, source=sound).__enter__()
    assert _left_behind(tmp_path) == ["sound.m4a"]


def test_an_export_without_frames_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no frame was given"), OverlayVideo(tmp_path / "overlay.mp4", INFO):
        pass
    assert _left_behind(tmp_path) == []


@pytest.mark.parametrize("index", [-1, 1, 0, 3])
def test_frames_must_come_in_order(tmp_path, index):
    message = rf"frame {index} cannot follow frame 1: export frames in order, up to 2"
    with pytest.raises(InputError, match=message):
        _export_black(tmp_path / "overlay.mp4", [1, index])


def test_frames_must_have_the_size_of_the_source(tmp_path):
    with (
        pytest.raises(InputError, match=r"frame 0 has shape \(64, 48, 3\): .* size, 64 x 48"),
        OverlayVideo(tmp_path / "overlay.mp4", INFO) as exporter,
    ):
        exporter.write(0, np.zeros((64, 48, 3), np.uint8), np.zeros((64, 48), np.uint8))


@pytest.mark.parametrize("crf", [-1, 52])
def test_an_impossible_crf_is_refused(tmp_path, crf):
    with pytest.raises(InputError, match=r"give 0 \(lossless\) to 51 \(worst\)"):
        OverlayVideo(tmp_path / "overlay.mp4", INFO, crf=crf)


class _FullContainer:
    """A container on a disk that has just run full."""

    def __init__(self, container):
        self._container = container

    def mux(self, packets):
        raise av.error.OSError(28, "No space left on device")

    def close(self):
        self._container.close()
        raise av.error.OSError(28, "No space left on device")


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path):
    exporter = OverlayVideo(tmp_path / "overlay.mp4", INFO).__enter__()
    exporter.write(0, BLACK, NOTHING)
    exporter._container = _FullContainer(exporter._container)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\)"):
        exporter.__exit__(None, None, None)
    assert _left_behind(tmp_path) == []
