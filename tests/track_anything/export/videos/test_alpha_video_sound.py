"""Videos with alpha carry the sound of their source."""

from fractions import Fraction

import av
import numpy as np
import pytest

from tests.track_anything.export.alpha_reading import read
from tests.track_anything.export.videos.test_alpha_video import without_loss
from tests.track_anything.video.clips import Clip, write
from track_anything.export.videos.alpha_codecs import ALPHA_CODECS
from track_anything.export.videos.alpha_video import AlphaVideo
from track_anything.video import open_video

MILLISECOND = Fraction(1, 1000)


def _export(source, folder, codec):
    """The path of the export, facts about the source, and the notes."""
    path = folder / f"cut{ALPHA_CODECS[codec].encoding.container.suffix}"
    with open_video(source) as video:
        with AlphaVideo(path, video.info, source=source, codec=codec) as exporter:
            for index, image in enumerate(video.frames()):
                exporter.write(index, image, np.zeros(image.shape[:2], np.uint8))
        return path, video.info, without_loss(exporter.notes, codec)


def _sound_packets(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in packets]


@pytest.mark.parametrize(
    ("codec", "name", "sound"),
    [
        ("prores", "sound.mp4", "aac"),
        ("prores", "sound.avi", "libmp3lame"),
        ("prores", "sound.mov", "pcm_s24le"),
        ("prores", "sound.mov", "alac"),
        ("png-mov", "sound.ts", "ac3"),
        ("ffv1", "sound.mp4", "aac"),
        ("ffv1", "sound.mkv", "flac"),
        ("ffv1", "sound.mkv", "libopus"),
        ("ffv1", "sound.mov", "pcm_s16le"),
        ("ffv1", "sound.mkv", "wavpack"),
        ("vp9", "sound.mkv", "libopus"),
        ("matte", "sound.mp4", "aac"),
    ],
)
def test_sound_is_copied_in_step(tmp_path, codec, name, sound):
    source = write(tmp_path, Clip(name, audio=sound, frame_count=60, time_base=Fraction(1, 25)))
    path, info, notes = _export(source, tmp_path, codec)
    original, copied = _sound_packets(source), _sound_packets(path)
    assert b"".join(content for _, content in copied) == b"".join(content for _, content in original)
    assert abs(copied[0][0] - original[0][0]) <= MILLISECOND
    assert [frame.time for frame in read(path)] == [time * info.time_base for time in info.timestamps]
    assert notes == ()


@pytest.mark.parametrize(
    ("codec", "name", "sound", "note"),
    [
        (
            "prores",
            "sound.mkv",
            "flac",
            "sound coded as flac does not play in QuickTime: it was encoded as 24-bit PCM",
        ),
        (
            "prores",
            "sound.mkv",
            "libopus",
            "sound coded as opus does not play in QuickTime: it was encoded as 24-bit PCM",
        ),
        ("vp9", "sound.mkv", "aac", "sound coded as aac does not play in WebM: it was encoded as Opus"),
        (
            "vp9",
            "sound.mkv",
            "pcm_s16le",
            "sound coded as pcm_s16le does not play in WebM: it was encoded as Opus",
        ),
        (
            "ffv1",
            "sound.avi",
            "adpcm_ms",
            "sound coded as adpcm_ms does not play in Matroska: it was encoded as FLAC",
        ),
        (
            "matte",
            "sound.mkv",
            "pcm_s16le",
            "sound coded as pcm_s16le does not play in MP4: it was encoded as AAC",
        ),
    ],
)
def test_sound_that_the_container_cannot_hold_is_encoded_and_noted(tmp_path, codec, name, sound, note):
    coding = "mpeg4" if name.endswith(".avi") else "libx264"
    source = write(tmp_path, Clip(name, codec=coding, audio=sound, frame_count=60, time_base=Fraction(1, 25)))
    path, _, notes = _export(source, tmp_path, codec)
    assert notes == (note,)
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        blocks = [block for frame in container.decode(audio=0) for block in resampler.resample(frame)]
    samples = np.concatenate([block.to_ndarray()[0] for block in blocks])
    assert len(samples) / 48_000 == pytest.approx(60 / 25, abs=0.1)
    tone = np.sin(np.arange(len(samples)) / 20)
    assert np.abs(samples[5000:60_000] - tone[5000:60_000]).mean() < 0.05  # AAC itself takes 5 % off
