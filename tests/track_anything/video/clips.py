"""Tiny clips whose frames tell their own index, in every container and condition that matters."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from track_anything.types import Image

NOISE = np.random.default_rng(7)


@dataclass(frozen=True)
class Clip:
    """How to make a clip; ``pts`` are in units of ``time_base``."""

    name: str
    codec: str = "libx264"
    size: tuple[int, int] = (48, 64)  # (H, W)
    frame_count: int = 24
    pts: tuple[int, ...] | None = None
    time_base: Fraction = Fraction(1, 30)
    keyframe_every: int = 8
    rotation: int = 0
    audio: str | None = None
    codec_options: dict[str, str] = field(default_factory=dict)
    muxer_options: dict[str, str] = field(default_factory=dict)
    pixel_format: str = "yuv420p"

    @property
    def timestamps(self) -> Sequence[int]:
        return self.pts if self.pts is not None else range(self.frame_count)


OPEN_GOP = {"x264-params": "open-gop=1:keyint=8:min-keyint=8:bframes=3:scenecut=0:b-adapt=0"}
VARIABLE = tuple(np.cumsum([5] + [1, 3, 7, 2] * 6)[:24].tolist())  # starts late, uneven steps

CLIPS = [
    Clip("plain.mp4", codec_options={"bf": "3"}),
    Clip("one_keyframe.mp4", keyframe_every=1000),
    Clip("open_gop.mp4", codec_options=OPEN_GOP),
    Clip("fragmented.mp4", muxer_options={"movflags": "frag_keyframe+empty_moov"}),
    Clip("variable.mp4", pts=VARIABLE, time_base=Fraction(1, 100)),
    Clip("variable.mkv", pts=VARIABLE, time_base=Fraction(1, 100)),
    Clip("rotated.mp4", rotation=90),
    Clip("upside_down.mov", rotation=180),
    Clip("odd.mkv", codec="ffv1", size=(33, 47)),
    Clip("h264.ts"),
    Clip("open_gop.ts", codec_options=OPEN_GOP),
    Clip("mpeg2.ts", codec="mpeg2video", codec_options={"bf": "2"}),
    Clip("mpeg4.avi", codec="mpeg4", codec_options={"bf": "2"}),
    Clip("h264.avi", codec_options={"bf": "2"}),
    Clip("motion.avi", codec="mjpeg", pixel_format="yuvj420p"),
    Clip("no_times.h264"),
    Clip("vp9.webm", codec="libvpx-vp9", codec_options={"deadline": "realtime", "cpu-used": "8"}),
    Clip("with_sound.mp4", audio="aac"),
]


def picture(index: int, size: tuple[int, int]) -> Image:
    """A dim moving pattern with the index as eight black or white blocks along the top."""
    height, width = size
    rows, columns = np.mgrid[:height, :width]
    moving = 96 + 64 * np.sin((columns + 3 * index) / 5.0) * np.cos((rows - index) / 7.0)
    image = np.stack([moving, moving[::-1], np.full(size, 90.0)], axis=2).astype(np.uint8)
    block = width // 8
    for bit in range(8):
        image[: height // 3, bit * block : (bit + 1) * block] = 255 if index >> bit & 1 else 0
    return image


def index_in(image: Image) -> int:
    """The index that ``picture`` wrote into a frame."""
    height, width = image.shape[:2]
    block = width // 8
    row = image[height // 6, block // 2 : 8 * block : block, 1] > 127
    return int((row * (1 << np.arange(8))).sum())


def write(folder: Path, clip: Clip) -> Path:
    """Encode a clip; its sound, if any, lasts as long as its pictures."""
    path = folder / clip.name
    options = {
        "fflags": "+bitexact",
        **clip.muxer_options,
    }  # no random ids: what corrupts a clip, corrupts it alike
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(clip.codec, rate=30, options=clip.codec_options)
        stream.height, stream.width = clip.size
        stream.pix_fmt = clip.pixel_format
        stream.codec_context.gop_size = clip.keyframe_every
        stream.codec_context.time_base = clip.time_base
        if clip.rotation:
            stream.set_display_rotation(clip.rotation)
        sound = container.add_stream(clip.audio, rate=48_000) if clip.audio else None
        for index, pts in enumerate(clip.timestamps):
            frame = av.VideoFrame.from_ndarray(picture(index, clip.size))
            frame.pts, frame.time_base = pts, clip.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            start, end = clip.timestamps[0] * clip.time_base, (clip.timestamps[-1] + 1) * clip.time_base
            tone = np.sin(np.arange(round(48_000 * (end - start))) / 20).astype(np.float32)
            audio = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
            audio.rate, audio.pts = 48_000, round(48_000 * start)
            container.mux(sound.encode(audio))
            container.mux(sound.encode())
    return path


def write_sound(path: Path) -> Path:
    """A file that holds sound only."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        audio = av.AudioFrame.from_ndarray(np.zeros((2, 9600), np.float32), format="fltp", layout="stereo")
        audio.rate, audio.pts = 48_000, 0
        container.mux(stream.encode(audio))
        container.mux(stream.encode())
    return path


def truncate(path: Path, fraction: float) -> Path:
    """Cut a file off, as an interrupted copy does."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * fraction)])
    return path


def corrupt(path: Path, start: float, stop: float, count: int = 30) -> Path:
    """Flip ``count`` bytes between two fractions of a file."""
    content = bytearray(path.read_bytes())
    randomness = np.random.default_rng(1)
    for place in randomness.integers(int(len(content) * start), int(len(content) * stop), count):
        content[place] ^= 0xFF
    path.write_bytes(content)
    return path


def gradio_clip(name: str) -> Path:
    """A real clip that Gradio ships, without importing Gradio."""
    spec = importlib.util.find_spec("gradio")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("gradio is not installed, so its sample clips are not there")
    return Path(spec.submodule_search_locations[0]) / "media_assets" / "videos" / name
