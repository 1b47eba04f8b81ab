"""Sound and facts of a stranger's video are read in a child: the same comes out, and a fault is a line."""

import os
import signal
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.track_anything.video.child.children import Children
from tests.track_anything.video.clips import Clip, write
from track_anything.errors import VideoError
from track_anything.export import OverlayVideo
from track_anything.export.source_facts import SourceFacts
from track_anything.export.videos.alpha_codecs import ALPHA_CODECS
from track_anything.export.videos.alpha_video import AlphaVideo
from track_anything.export.videos.pictures import picture_exporter
from track_anything.export.videos.video_file import VideoFile
from track_anything.video import InProcess, Reader, open_video
from track_anything.video.child import InChild, Worker

MILLISECOND = Fraction(1, 1000)


@pytest.fixture
def children() -> Iterator[Children]:
    """In the end, none of them may be left."""
    made = Children()
    yield made
    assert [child.pid for child in made if child.is_alive] == []


def export(source: Path, folder: Path, form: str, reader: Reader, first: int = 0) -> tuple[Path, Any]:
    """A path and the notes of an export from a frame on."""
    folder.mkdir()
    with open_video(source) as video:
        info, exporter = video.info, new_exporter(source, folder, form, reader)
        with exporter:
            for index, image in enumerate(video.frames(first), start=first):
                exporter.write(index, image, np.zeros((info.height, info.width), np.uint8))
    (made,) = folder.iterdir()
    return made, exporter.notes


def new_exporter(source: Path, folder: Path, form: str, reader: Reader) -> VideoFile:
    with open_video(source) as video:
        info = video.info
    if form == "overlay":
        return OverlayVideo(folder / "out.mp4", info, source=source, reader=reader)
    suffix = ALPHA_CODECS[form].encoding.container.suffix
    return AlphaVideo(folder / f"out{suffix}", info, source=source, codec=form, reader=reader)


def sound_of(path: Path) -> list[list[tuple[Fraction, bytes]]]:
    with av.open(str(path)) as container:
        tracks: dict[int, list[tuple[Fraction, bytes]]] = {
            stream.index: [] for stream in container.streams.audio
        }
        if not tracks:  # to demux none is to demux all
            return []
        for packet in container.demux(*container.streams.audio):
            if packet.size:
                assert packet.pts is not None
                tracks[packet.stream.index].append((packet.pts * packet.time_base, bytes(packet)))
        return list(tracks.values())


def described(path: Path) -> list[Any]:
    with av.open(str(path)) as container:
        told = [
            (codec.colorspace, codec.color_primaries, codec.color_trc, codec.sample_aspect_ratio)
            for codec in (stream.codec_context for stream in container.streams.video)
        ]
        sound = [
            (stream.codec_context.name, stream.rate, stream.layout.name) for stream in container.streams.audio
        ]
        return [told, sound, container.metadata.get("timecode")]


@pytest.mark.parametrize("first", [0, 7])
@pytest.mark.parametrize(
    ("form", "clip"),
    [
        ("overlay", Clip("sound.mp4", audio="aac")),
        ("overlay", Clip("sound.ts", audio="aac")),
        ("overlay", Clip("sound.avi", codec="mpeg4", audio="pcm_s16le")),
        ("overlay", Clip("silent.mp4")),
        (
            "overlay",
            Clip("late.mkv", pts=tuple(range(90_000, 90_024)), time_base=Fraction(1, 25), audio="aac"),
        ),
        ("prores", Clip("sound.mov", audio="pcm_s24le")),
        ("ffv1", Clip("sound.mkv", audio="wavpack", time_base=Fraction(1, 25))),
        ("vp9", Clip("sound.mkv", audio="libopus", time_base=Fraction(1, 25))),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_same_comes_out_whoever_reads_the_source(
    tmp_path: Path, children: Children, form: str, clip: Clip, first: int
) -> None:
    source = write(tmp_path, clip)
    here, notes = export(source, tmp_path / "here", form, InProcess(), first)
    there, told = export(source, tmp_path / "there", form, children.reader(), first)
    assert told == notes
    assert described(there) == described(here)
    is_encoded_anew = bool(notes) and first > 0  # by an encoder that began with the source, not with the part
    for mine, theirs in zip(sound_of(here), sound_of(there), strict=True):
        tolerance = Fraction(1, 20) if is_encoded_anew else MILLISECOND
        assert abs(mine[0][0] - theirs[0][0]) <= tolerance
        assert abs(mine[-1][0] - theirs[-1][0]) <= tolerance
        if not is_encoded_anew:
            assert [content for _, content in theirs] == [content for _, content in mine]
            assert max(abs(a - b) for (a, _), (b, _) in zip(mine, theirs, strict=True)) <= MILLISECOND


def test_a_child_tells_the_facts_and_the_depth_of_a_source(tmp_path: Path, children: Children) -> None:
    source = write(tmp_path, Clip("deep.mkv", codec="ffv1", pixel_format="yuv420p10le", rotation=90))
    with open_video(source) as video:
        info = video.info
    assert SourceFacts.of(source, info, children.reader()) == SourceFacts.of(source, info, InProcess())
    exporter = picture_exporter(tmp_path / "out.mkv", info, source, reader=children.reader())
    assert isinstance(exporter, VideoFile)
    assert exporter._encoding.pixel_format == "gbrp16le"
    assert len(children) == 2


@pytest.mark.parametrize("request_that_fails", ["facts", "sound"])
@pytest.mark.parametrize(
    ("how", "line"),
    [
        (signal.SIGSEGV, "its decoder ended before its time .Segmentation"),
        (signal.SIGSTOP, "did nothing for"),
    ],
)
def test_fault_15_a_sound_decoder_that_fails_ends_that_export_with_a_line(
    tmp_path: Path, request_that_fails: str, how: signal.Signals, line: str
) -> None:
    class Doomed(Worker):
        def send(self, **message: Any) -> None:
            if message["do"] == request_that_fails:
                os.kill(self.pid, how)
                self._patience = 0.5 if how is signal.SIGSTOP else 60  # it had time enough to begin
            super().send(**message)

    source = write(tmp_path, Clip("sound.mp4", audio="aac"))
    reader = InChild(60, Doomed)
    with pytest.raises(VideoError, match=f"sound.mp4 cannot be read: .*{line}") as told:
        export(source, tmp_path / "out", "overlay", reader)
    assert "\n" not in str(told.value)
    assert "AAC sound in MP4" in str(told.value)
    assert list((tmp_path / "out").iterdir()) == []
