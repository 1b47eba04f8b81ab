"""How the pictures of an exported video are coded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from track_anything.export.videos.video_container import VideoContainer

_REPEATABLE: Mapping[str, Mapping[str, str]] = {"libx264": {"mbtree": "0"}}
"""By encoder: what makes the same frames the same bytes; x264's macroblock tree differs from run to run."""


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

    def __post_init__(self) -> None:
        """Let the same frames always be coded alike."""
        repeatable = _REPEATABLE.get(self.encoder, {})
        object.__setattr__(self, "options", {**repeatable, **self.options})
