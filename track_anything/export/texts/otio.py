"""Shots and markers as OpenTimelineIO; its library is an extra."""

from typing import Any

from track_anything.export.order import Order
from track_anything.export.texts.timeline_text import COLOURS, TimelineText, one_line
from track_anything.export.timeline import Timeline


class Otio(TimelineText):
    """An ``Exporter`` of an OpenTimelineIO file: a clip per shot, and markers on the whole timeline.

    What our markers are about is in their metadata under ``track-anything``.

    Args:
        order: what is exported; its path ends with ``.otio``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".otio")

    def _text(self, timeline: Timeline) -> str:
        import opentimelineio as otio

        rate, first = float(timeline.rate), timeline.time_code.frames

        def span(start: int, stop: int) -> Any:  # noqa: ANN401 - the library has no types
            time = otio.opentime.RationalTime
            return otio.opentime.TimeRange(time(start, rate), time(stop - start, rate))

        made = otio.schema.Timeline(one_line(timeline.source))
        made.global_start_time = span(first, first).start_time
        track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
        made.tracks.append(track)
        begin = timeline.source_time_code.frames
        whole = span(begin, begin + timeline.source_length)
        for number, (start, stop) in enumerate(timeline.shots, start=1):
            media = otio.schema.ExternalReference(one_line(timeline.source), whole)
            track.append(otio.schema.Clip(f"shot {number}", media, span(first + start, first + stop)))
        for marker in timeline.markers:
            about = {"kind": marker.kind.value, "frames": [marker.start, marker.stop]}
            made.tracks.markers.append(
                otio.schema.Marker(
                    name=one_line(marker.name),
                    marked_range=span(*timeline.span(marker)),
                    color=COLOURS[marker.kind].upper(),
                    metadata={"track-anything": about},
                    comment=one_line(marker.comment),
                )
            )
        text: str = otio.adapters.write_to_string(made, "otio_json")
        return text
