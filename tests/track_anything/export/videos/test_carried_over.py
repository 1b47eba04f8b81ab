"""What a source says beside its pictures is in the export too, or a note names it."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.track_anything.video.clips import Clip, picture, write
from track_anything.export import Extract, manifest_path
from track_anything.export.videos.export_times import ExportTimes
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.video import VideoInfo
from track_anything.video.time_code import later_time_code

FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)
SIZE = (48, 64)


def source_of(path: Path, *, sound: str | None = None, layout: str = "stereo", **facts: Any) -> Path:
    """A second of video; ``facts`` are set on its codec, ``timecode`` on its stream."""
    with av.open(str(path), "w") as container:
        codec = facts.pop("codec", "libx264")
        stream = container.add_stream(codec, rate=30)
        stream.height, stream.width = SIZE
        stream.pix_fmt = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
        if "timecode" in facts:
            stream.metadata["timecode"] = facts.pop("timecode")
        for name, value in facts.items():
            setattr(stream.codec_context, name, value)
        audio = container.add_stream(sound, rate=48_000, layout=layout) if sound else None
        for index in range(30):
            frame = av.VideoFrame.from_ndarray(picture(index, SIZE))
            frame.pts, frame.time_base = index, Fraction(1, 30)
            for tag in ("colorspace", "color_primaries", "color_trc"):
                if tag in facts:
                    setattr(frame, tag, facts[tag])
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if audio is not None:
            channels = audio.layout.nb_channels
            samples = np.zeros((1, 48_000 * channels), np.int16)
            tone = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
            tone.rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
            container.mux(audio.encode(tone))
            container.mux(audio.encode())
    return path


def exported(
    folder: Path, source: Path, form: str, suffix: str, frames: tuple[int, int] | None = None
) -> tuple[Path, tuple[str, ...]]:
    path = folder / f"{form}{suffix}"
    with Session.create(source, folder / f"project-{form}", fake_models) as session:
        session.give_mask(
            frame=0, object_id=session.add_object("ball"), mask=np.ones(session.project.size, bool)
        )
        made = session.export(form, path, extract=Extract(frames=frames))
        made.run()
        return path, made.notes


def spans(path: Path) -> dict[str, tuple[float, float]]:
    """When the first packet of each kind of stream begins and the last ends, in seconds."""
    found: dict[str, tuple[float, float]] = {}
    with av.open(str(path)) as container:
        for stream in container.streams:
            if stream.type in ("video", "audio"):
                start = float((stream.start_time or 0) * stream.time_base)
                length = stream.duration * stream.time_base if stream.duration else 0
                found[stream.type] = (start, start + float(length))
    return found


@pytest.mark.parametrize(("form", "suffix"), [("overlay", ".mp4"), ("prores", ".mov")])
def test_range_export_begins_at_0_with_its_own_sound(tmp_path: Path, form: str, suffix: str) -> None:
    source = source_of(tmp_path / "av.mp4", sound="aac")
    path, _ = exported(tmp_path, source, form, suffix, (10, 20))
    found = spans(path)
    assert found["video"] == pytest.approx((0, 1 / 3), abs=0.002)
    assert found["audio"] == pytest.approx((0, 1 / 3), abs=0.03)
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 10


def test_range_export_in_matroska_begins_at_0(tmp_path: Path) -> None:
    source = source_of(tmp_path / "av.mp4", sound="aac")
    path, _ = exported(tmp_path, source, "ffv1", ".mkv", (10, 20))
    with av.open(str(path)) as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
        assert times == pytest.approx([index / 30 for index in range(10)], abs=0.001)
    with av.open(str(path)) as container:
        heard = [float(frame.time or 0) for frame in container.decode(audio=0)]
        assert -0.001 <= heard[0] < 0.03
        assert 0.3 < heard[-1] < 0.36


@pytest.mark.parametrize(("form", "suffix"), [("overlay", ".mp4"), ("prores", ".mov"), ("ffv1", ".mkv")])
def test_a_rate_that_the_source_had_to_round_is_exact_again(tmp_path: Path, form: str, suffix: str) -> None:
    pts = tuple(round(index * 1000 / FILM) for index in range(48))
    source = write(tmp_path, Clip("film.mkv", pts=pts, time_base=Fraction(1, 1000), frame_count=48))
    path, _ = exported(tmp_path, source, form, suffix)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.base_rate == FILM
        times = [frame.pts * stream.time_base for frame in container.decode(video=0)]
    allowed = 0 if suffix != ".mkv" else Fraction(1, 1000)
    assert max(abs(time - index / FILM) for index, time in enumerate(times)) <= allowed


def test_a_rounded_rate_that_begins_late_is_exact_in_whole_and_part() -> None:
    rounded = tuple(6 + round(index * 1000 / 30) for index in range(12))
    whole = ExportTimes(VideoInfo(4, 4, rounded, Fraction(1, 1000), constant_rate=Fraction(30)))
    part = whole.beginning_with(5)
    assert whole.time_base == part.time_base
    times = [whole.pts(index) * whole.time_base for index in range(12)]
    assert times == [Fraction(6, 1000) + Fraction(index, 30) for index in range(12)]
    assert [part.pts(index) * part.time_base for index in (5, 6, 11)] == [0, Fraction(1, 30), Fraction(1, 5)]


def test_times_that_vary_stay_those_of_the_source() -> None:
    info = VideoInfo(4, 4, (5, 6, 9, 16), Fraction(1, 100))
    whole, part = ExportTimes(info), ExportTimes(info).beginning_with(2)
    assert [whole.pts(index) for index in range(4)] == [5, 6, 9, 16]
    assert [part.pts(index) for index in (2, 3)] == [0, 7]
    assert part.shift == Fraction(9, 100)


@pytest.mark.parametrize(
    ("form", "suffix"), [("prores", ".mov"), ("overlay", ".mp4"), ("ffv1", ".mkv"), ("vp9", ".webm")]
)
def test_timecode_is_that_of_the_first_frame(tmp_path: Path, form: str, suffix: str) -> None:
    source = source_of(tmp_path / "tc.mov", codec="prores_ks", timecode="01:00:00:00")
    for frames, expected in ((None, "01:00:00:00"), ((10, 20), "01:00:00:10")):
        folder = tmp_path / expected.replace(":", "-")
        folder.mkdir()
        path, notes = exported(folder, source, form, suffix, frames)
        assert not any("time code" in note for note in notes)
        with av.open(str(path)) as container:
            held = [container.metadata, *(stream.metadata for stream in container.streams)]
            assert expected in [value for each in held for value in each.values()]
        assert json.loads(manifest_path(path).read_text())["source"]["time_code"] == expected


@pytest.mark.parametrize(
    ("time_code", "frames", "rate", "expected"),
    [
        ("01:00:00:00", 10, Fraction(24), "01:00:00:10"),
        ("01:00:00:23", 1, FILM, "01:00:01:00"),
        ("00:00:59;29", 1, NTSC, "00:01:00;02"),
        ("00:09:59;29", 1, NTSC, "00:10:00;00"),
        ("00:00:59;59", 1, 2 * NTSC, "00:01:00;04"),
        ("01:00:00;00", 107_892, NTSC, "02:00:00;00"),
        ("23:59:59:24", 1, Fraction(25), "00:00:00:00"),
        ("none", 1, Fraction(25), None),
    ],
)
def test_time_codes_are_counted_as_the_standard_says(time_code, frames, rate, expected) -> None:
    assert later_time_code(time_code, frames, rate) == expected


def test_field_order_is_kept_where_the_container_can_say_it(tmp_path: Path) -> None:
    source = source_of(tmp_path / "interlaced.mov", codec="prores_ks", field_order=2)
    path, notes = exported(tmp_path, source, "prores", ".mov")
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.field_order == 2
    assert not any("interlaced" in note for note in notes)
    _, notes = exported(tmp_path, source, "overlay", ".mp4")
    assert any("interlaced, top field first, which this MP4 file does not say" in note for note in notes)


def test_channel_layout_survives_an_encoding(tmp_path: Path) -> None:
    source = source_of(tmp_path / "surround.mov", sound="pcm_s16le", layout="5.1")
    path, notes = exported(tmp_path, source, "overlay", ".mp4")
    with av.open(str(path)) as container:
        assert container.streams.audio[0].layout.nb_channels == 6
    assert not any("mixed" in note for note in notes)


def test_channels_that_an_encoder_has_no_place_for_are_mixed_and_named(tmp_path: Path) -> None:
    source = source_of(tmp_path / "tall.mov", sound="pcm_s16le", layout="7.1.4")
    path, notes = exported(tmp_path, source, "overlay", ".mp4")
    with av.open(str(path)) as container:
        assert container.streams.audio[0].layout.nb_channels == 2
    assert any("mixed to stereo" in note for note in notes)


def test_colours_by_a_matrix_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    source = source_of(tmp_path / "old.mkv", colorspace=7, color_primaries=7, color_trc=7)
    _, notes = exported(tmp_path, source, "overlay", ".mp4")
    assert any("matrix number 7 of ITU-T H.273 became BT.709" in note for note in notes)


def test_the_manifest_names_the_images_that_masks_are_of(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(4):
        av.VideoFrame.from_ndarray(picture(number, SIZE)).to_image().save(folder / f"IMG_{number + 100}.png")
    path, _ = exported(tmp_path, folder, "masks", "", (1, 3))
    source = json.loads(manifest_path(path).read_text())["source"]
    assert source["images"] == ["IMG_101.png", "IMG_102.png"]


def test_coco_names_are_those_of_the_images(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        av.VideoFrame.from_ndarray(picture(number, SIZE)).to_image().save(folder / f"IMG_{number + 100}.png")
    path, _ = exported(tmp_path, folder, "coco", ".json")
    names = [image["file_name"] for image in json.loads(path.read_text())["images"]]
    assert names == ["IMG_100.png", "IMG_101.png", "IMG_102.png"]


@pytest.mark.parametrize(("form", "suffix"), [("overlay", ".mp4"), ("prores", ".mov"), ("ffv1", ".mkv")])
def test_languages_of_sound_are_kept(tmp_path, form, suffix):
    source = tmp_path / "two.mkv"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.height, stream.width, stream.pix_fmt = *SIZE, "yuv420p"
        tracks = [container.add_stream(codec, rate=48_000, layout="mono") for codec in ("aac", "pcm_s16le")]
        for track, language in zip(tracks, ("deu", "fra"), strict=True):
            track.metadata["language"] = language
        for index in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(index, SIZE))))
        container.mux(stream.encode())
        for track in tracks:
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 16_000), np.int16), format="s16", layout="mono")
            tone.rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
            container.mux(track.encode(tone))
            container.mux(track.encode())
    path, _ = exported(tmp_path, source, form, suffix)
    with av.open(str(path)) as container:
        found = [track.metadata.get("language") for track in container.streams.audio]
    assert found == (["ger", "fra"] if suffix == ".mov" else ["deu", "fra"])
