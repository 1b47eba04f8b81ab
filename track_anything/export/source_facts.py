"""What a source says of itself that its pictures do not show, for exports to say it again."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from av.sidedata.sidedata import Type
from pydantic import TypeAdapter, ValidationError

from track_anything.system.files import stamp
from track_anything.video import Reader
from track_anything.video.converter import ColourTags
from track_anything.video.decoder import Decoder
from track_anything.video.info import PlainFraction, VideoInfo
from track_anything.video.stills import are_stills

READING_SOURCE = "track_anything.export.videos.reading_source:ReadingSource"
"""The duty of a child that reads all but the pictures of a source."""

REMEDY = "convert it to H.264 with AAC sound in MP4"

_FIELD_ORDERS = {2: "top field first", 3: "bottom field first", 4: "top field first", 5: "bottom field first"}
"""By FFmpeg's number; 0 is not stated and 1 is progressive."""

_HDR = (16, 18)  # the H.273 numbers of the curves PQ and HLG
_MOST = 1 << 31  # FFmpeg's fractions have 32 bits
_MOST_TAGS = 1 << 8
_LONGEST_CODE = 64  # characters
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
    pixel_aspect: PlainFraction = Fraction(1)
    time_code: str | None = None
    field_order: int = 0
    has_display_facts: bool = False

    @classmethod
    def of(cls, source: Path | None, info: VideoInfo, reader: Reader) -> "SourceFacts":
        """Those of a source, in a child where the reader wants that; VideoError when it cannot be opened.

        A file that has not changed is not looked at again.
        """
        if source is None or are_stills(source):
            return cls()
        try:
            state = stamp(source)
        except OSError:
            state = None  # it is said by who opens it what is wrong
        return _facts_of(source, state, reader, is_turned=info.rotation % 180 != 0)

    @classmethod
    def read(cls, source: Path, *, is_turned: bool) -> "SourceFacts":
        """Those of a video file whose pictures are shown turned by a quarter, or not."""
        with Decoder(source) as decoder:
            aspect = decoder.pixel_aspect
            return cls(
                decoder.colour_tags,
                1 / aspect if is_turned else aspect,
                decoder.time_code,
                0 if is_turned else decoder.field_order,
                decoder.colour_tags.transfer in _HDR and not _DISPLAY.isdisjoint(decoder.first_side_data()),
            )

    @property
    def are_possible(self) -> bool:
        """Whether a file can say this: numbers that FFmpeg takes, and a text as long as a time code."""
        aspect, tags = self.pixel_aspect, self.tags
        told = [] if tags is None else [tags.matrix, tags.primaries, tags.transfer]
        has_shape = 0 < aspect.numerator < _MOST and aspect.denominator < _MOST
        return (
            has_shape
            and all(0 <= number < _MOST_TAGS for number in (*told, self.field_order))
            and len(self.time_code or "") < _LONGEST_CODE
        )

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        told: dict[str, Any] = _FACTS.dump_python(self, mode="json")
        return told

    @property
    def interlacing(self) -> str:
        """In words; empty for progressive video."""
        return _FIELD_ORDERS.get(self.field_order, "")


_FACTS = TypeAdapter(SourceFacts)


@lru_cache(maxsize=64)
def _facts_of(source: Path, _: tuple[int, ...] | None, reader: Reader, *, is_turned: bool) -> SourceFacts:
    if (begin := reader.child(READING_SOURCE, REMEDY)) is None:
        return SourceFacts.read(source, is_turned=is_turned)
    with begin(source) as worker:
        told = worker.ask(do="facts", source=str(source), is_turned=is_turned)
        try:
            facts = _FACTS.validate_python(told)
        except (ValidationError, ZeroDivisionError) as error:
            raise worker.nonsense() from error
        if not facts.are_possible:
            raise worker.nonsense()
        return facts
