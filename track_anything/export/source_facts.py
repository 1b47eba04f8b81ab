"""What a source says of itself that its pictures do not show, for exports to say it again."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.sidedata.sidedata import Type

from track_anything.video.converter import ColourTags
from track_anything.video.decoder import Decoder
from track_anything.video.info import VideoInfo
from track_anything.video.stills import are_stills

_FIELD_ORDERS = {2: "top field first", 3: "bottom field first", 4: "top field first", 5: "bottom field first"}
"""By FFmpeg's number; 0 is not stated and 1 is progressive."""

_HDR = (16, 18)  # the H.273 numbers of the curves PQ and HLG
_DISPLAY = {Type.MASTERING_DISPLAY_METADATA, Type.CONTENT_LIGHT_LEVEL}


@dataclass(frozen=True)
class SourceFacts:
    """Facts about a video file; all at rest for pictures.

    Attributes:
        tags: how colours are meant; None where nothing is said.
        pixel_aspect: width over height of a pixel, upright.
        time_code: of the first frame; None without one.
        field_order: by FFmpeg's number.
        has_display_facts: whether it says of which screen it was graded on, as HDR does.
    """

    tags: ColourTags | None = None
    pixel_aspect: Fraction = Fraction(1)
    time_code: str | None = None
    field_order: int = 0
    has_display_facts: bool = False

    @classmethod
    def of(cls, source: Path | None, info: VideoInfo) -> "SourceFacts":
        """Those of a source; a ``VideoError`` when it cannot be opened."""
        if source is None or are_stills(source):
            return cls()
        with Decoder(source) as decoder:
            aspect = decoder.pixel_aspect
            is_turned = info.rotation % 180 != 0
            return cls(
                decoder.colour_tags,
                1 / aspect if is_turned else aspect,
                decoder.time_code,
                0 if is_turned else decoder.field_order,
                decoder.colour_tags.transfer in _HDR and not _DISPLAY.isdisjoint(decoder.first_side_data()),
            )

    @property
    def interlacing(self) -> str:
        """In words; empty for progressive video."""
        return _FIELD_ORDERS.get(self.field_order, "")
