"""How the pictures of an exported video are coded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from track_anything.export.videos.video_container import VideoContainer


@dataclass(frozen=True)
class Encoding:
    """One way to code pictures.

    Attributes:
        title: what a video of this kind is called in messages, in the singular.
        container: what the pictures are put into.
        encoder: by FFmpeg's name.
        pixel_format: by FFmpeg's name.
        options: of the encoder.
        needs_even_sizes: whether height and width must be even.
        keeps_rgb: whether colours are stored as RGB, and not as luma and chroma.
    """

    title: str
    container: VideoContainer
    encoder: str
    pixel_format: str
    options: Mapping[str, str] = field(default_factory=dict)
    needs_even_sizes: bool = False
    keeps_rgb: bool = False
