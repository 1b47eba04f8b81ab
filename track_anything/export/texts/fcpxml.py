"""Shots and markers as Final Cut Pro XML, which Resolve reads, too."""

from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree as ET

from track_anything.export.order import Order
from track_anything.export.texts.timeline_text import TimelineText, one_line
from track_anything.export.timeline import Timeline
from track_anything.review import MarkerKind

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'


class FcpXml(TimelineText):
    """An ``Exporter`` of FCPXML 1.8: a project with a clip per shot; frames to fix are markers to be done.

    The video is named without its folder: keep the file beside it.

    Args:
        order: what is exported; its path ends with ``.fcpxml``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".fcpxml")

    def _text(self, timeline: Timeline) -> str:
        root, name = ET.Element("fcpxml", version="1.8"), one_line(timeline.source)
        _add_resources(ET.SubElement(root, "resources"), timeline, name)
        event = ET.SubElement(ET.SubElement(root, "library"), "event", name=name)
        sequence = ET.SubElement(
            ET.SubElement(event, "project", name=name), "sequence",
            format="r1", tcFormat=_form(timeline), tcStart=_time(timeline, timeline.time_code.frames),
            duration=_time(timeline, timeline.length),
        )  # fmt: skip
        clips = _clips(ET.SubElement(sequence, "spine"), timeline, name)
        for marker in timeline.markers:
            start, stop = timeline.span(marker)
            shot = timeline.shot_of(start)
            attributes: dict[str, str] = {"note": one_line(marker.comment)} if marker.comment else {}
            attributes |= {"completed": "0"} if marker.kind is MarkerKind.FIX else {}
            ET.SubElement(
                clips[shot], "marker", attributes,
                value=one_line(marker.name), start=_time(timeline, timeline.time_code.frames + start),
                duration=_time(timeline, min(stop, timeline.shots[shot][1]) - start),
            )  # fmt: skip
        ET.indent(root)
        return _HEAD + ET.tostring(root, "unicode") + "\n"


def _add_resources(resources: ET.Element, timeline: Timeline, name: str) -> None:
    """The form of the pictures, and the video."""
    info = timeline.info
    ET.SubElement(
        resources, "format",
        # the one reader beside the programs takes the rate from this name
        id="r1", name=f"FFVideoFormat{info.height}p{_named_rate(timeline.rate)}",
        frameDuration=_time(timeline, 1), width=str(info.width), height=str(info.height),
    )  # fmt: skip
    ET.SubElement(
        resources, "asset",
        id="r2", name=name, src=quote(timeline.source), format="r1",
        start=_time(timeline, timeline.source_time_code.frames),
        duration=_time(timeline, timeline.source_length),
        hasVideo="1", hasAudio="1" if info.has_audio else "0",
    )  # fmt: skip


def _clips(spine: ET.Element, timeline: Timeline, name: str) -> list[ET.Element]:
    """A clip for each shot."""
    clips = []
    for number, (start, stop) in enumerate(timeline.shots, start=1):
        place = _time(timeline, timeline.time_code.frames + start)
        clip = ET.SubElement(
            spine, "asset-clip",
            name=f"{name} shot {number}", ref="r2", format="r1", tcFormat=_form(timeline),
            offset=place, start=place, duration=_time(timeline, stop - start),
        )  # fmt: skip
        clips.append(clip)
    return clips


def _form(timeline: Timeline) -> str:
    return "DF" if timeline.time_code.is_dropping else "NDF"


def _time(timeline: Timeline, frames: int) -> str:
    """Frames in seconds, exactly."""
    seconds = frames / timeline.rate
    is_whole = seconds.denominator == 1
    return f"{seconds.numerator}s" if is_whole else f"{seconds.numerator}/{seconds.denominator}s"


def _named_rate(rate: Fraction) -> str:
    """Hundred times the frames per second, as names of formats have it: 2398, 25, 2997."""
    return str(rate.numerator) if rate.denominator == 1 else f"{round(rate * 100)}"
