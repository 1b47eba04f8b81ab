"""Shots and markers as the XML of Final Cut Pro 7, which Premiere Pro reads, and Resolve, too."""

from urllib.parse import quote
from xml.etree import ElementTree as ET

from track_anything.export.order import Order
from track_anything.export.texts.timeline_text import TimelineText, one_line
from track_anything.export.timeline import Timeline
from track_anything.video.time_code import TimeCode

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'


class PremiereXml(TimelineText):
    """An ``Exporter`` of xmeml 4: a sequence with a clip per shot, and markers on the sequence.

    The video is named without its folder: keep the file beside it, or relink it once.

    Args:
        order: what is exported; its path ends with ``.xml``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".xml")

    def _text(self, timeline: Timeline) -> str:
        root, name = ET.Element("xmeml", version="4"), one_line(timeline.source)
        sequence = ET.SubElement(root, "sequence", id="sequence-1")
        _texts(sequence, name=name, duration=timeline.length)
        _rate(sequence, timeline)
        _time_code(sequence, timeline, timeline.time_code)
        video = ET.SubElement(ET.SubElement(sequence, "media"), "video")
        picture = ET.SubElement(ET.SubElement(video, "format"), "samplecharacteristics")
        _texts(picture, width=timeline.info.width, height=timeline.info.height)
        _rate(picture, timeline)
        track = ET.SubElement(video, "track")
        for number, (start, stop) in enumerate(timeline.shots, start=1):
            clip = ET.SubElement(track, "clipitem", id=f"clipitem-{number}")
            _texts(clip, name=f"{name} shot {number}", duration=timeline.source_length)
            _rate(clip, timeline)
            first = timeline.source_start
            _texts(clip, **{"in": first + start, "out": first + stop}, start=start, end=stop)
            file = ET.SubElement(clip, "file", id="file-1")
            if number == 1:  # the others refer to it
                _texts(
                    file, name=name, pathurl=quote(timeline.source),
                    duration=timeline.source_length,
                )  # fmt: skip
                _rate(file, timeline)
                _time_code(file, timeline, timeline.source_time_code)
                ET.SubElement(ET.SubElement(file, "media"), "video")
        for marker in timeline.markers:
            start, stop = timeline.span(marker)
            is_point = stop - start == 1
            _texts(
                ET.SubElement(sequence, "marker"),
                comment=one_line(marker.comment), name=one_line(marker.name),
                **{"in": start, "out": -1 if is_point else stop},
            )  # fmt: skip
        ET.indent(root)
        return _HEAD + ET.tostring(root, "unicode") + "\n"


def _texts(parent: ET.Element, **texts: str | int) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, tag).text = str(text)


def _rate(parent: ET.Element, timeline: Timeline) -> None:
    is_ntsc = timeline.rate.denominator == 1001
    _texts(ET.SubElement(parent, "rate"), timebase=round(timeline.rate), ntsc="TRUE" if is_ntsc else "FALSE")


def _time_code(parent: ET.Element, timeline: Timeline, time_code: TimeCode) -> None:
    element = ET.SubElement(parent, "timecode")
    _rate(element, timeline)
    _texts(
        element,
        string=str(time_code),
        frame=time_code.frames,
        displayformat="DF" if time_code.is_dropping else "NDF",
    )
