"""Markers of editing programs, read back by OpenTimelineIO's adapters: right to the frame at every rate."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import opentimelineio as otio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.track_anything.export.scenes import Scene
from track_anything.export import EXPORTERS
from track_anything.export.order import Order
from track_anything.export.source_facts import SourceFacts
from track_anything.export.texts.timeline_text import one_line
from track_anything.export.timeline import Timeline
from track_anything.review import Marker, MarkerKind
from track_anything.video import VideoInfo

COUNT = 300
NTSC = Fraction(1000, 1001)
RATES = {"23.976": 24 * NTSC, "25": Fraction(25), "29.97": 30 * NTSC, "59.94": 60 * NTSC}
NOTHING = (np.zeros((48, 64, 3), np.uint8), np.zeros((48, 64), np.uint8))
MARKERS = (
    Marker(MarkerKind.CUT, 97, 98, "cut", "another shot begins"),
    Marker(MarkerKind.LOCK, 0, 1, "cat locked"),
    Marker(MarkerKind.DRIFT, 40, 53, "cat drifted", "colour"),
    Marker(MarkerKind.FIX, 46, 47, 'fix 1: "<röte> & | 犬\n', "confidence 0.31, colour"),
    Marker(MarkerKind.FIX, 299, 300, "fix 2: cat", "confidence 0.50"),
)


def order_for(folder: Path, form: str, info: VideoInfo, frames: range | None = None) -> Order:
    scene = Scene({1: "cat"}, frame_count=info.frame_count, source="röte Kugel & co.mov")
    order = scene.order(folder / f"out{EXPORTERS[form].suffix}")
    chosen = frames if frames is not None else range(info.frame_count)
    inside = [m for m in MARKERS if m.start in chosen]
    return replace(order, info=info, frames=chosen, markers=lambda: inside)


def exported(folder: Path, form: str, info: VideoInfo, frames: range | None = None) -> tuple[str, str]:
    """The file, and its notes."""
    order = order_for(folder, form, info, frames)
    with EXPORTERS.build(form, order) as exporter:
        for frame in order.frames or ():
            exporter.write(frame, *NOTHING)
    return order.path.read_text("utf-8"), "\n".join(exporter.notes)


def constant(rate: Fraction) -> VideoInfo:
    return VideoInfo.of_constant_rate(COUNT, 48, 64, rate)


@pytest.fixture
def coded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A source that has this time code."""
    facts = SourceFacts(time_code=request.param)
    monkeypatch.setattr(SourceFacts, "of", classmethod(lambda *_: facts))
    return str(request.param)


CODES = [
    ("23.976", "01:00:00:00"),
    ("25", "10:00:00:24"),
    ("29.97", "00:59:59;28"),  # a tenth minute leaves out no numbers
    ("29.97", "00:00:59;28"),
    ("29.97", "01:00:58:03"),
    ("59.94", "00:00:59;58"),
    ("59.94", "00:59:59;58"),
]
CASES = pytest.mark.parametrize(("rate", "coded"), CODES, indirect=["coded"])


def starts(markers: list[otio.schema.Marker]) -> list[tuple[str, int, int]]:
    ranges = [(marker.name, marker.marked_range) for marker in markers]
    return sorted((name, round(r.start_time.value), round(r.duration.value)) for name, r in ranges)


def expected(first: int = 0, offset: int = 0) -> list[tuple[str, int, int]]:
    name = 'fix 1: "<röte> & | 犬'
    spans = [(m.name if "röte" not in m.name else name, m) for m in MARKERS if m.start >= first]
    return sorted((name, offset + m.start - first, m.stop - m.start) for name, m in spans)


@CASES
@pytest.mark.parametrize("first", [0, 33])
def test_opentimelineio(tmp_path: Path, rate: str, coded: str, first: int) -> None:
    text, _ = exported(tmp_path, "otio", constant(RATES[rate]), range(first, COUNT))
    read = otio.adapters.read_from_string(text, "otio_json")
    assert starts(read.tracks.markers) == expected(first)
    begin = otio.opentime.RationalTime.from_timecode(coded, float(RATES[rate])).value
    assert read.global_start_time.value == begin + first
    clips = list(read.find_clips())
    assert [clip.source_range.start_time.value - begin for clip in clips] == [first, 97]
    assert clips[0].media_reference.available_range.duration.value == COUNT
    assert read.duration().value == COUNT - first
    kinds = {marker.metadata["track-anything"]["kind"] for marker in read.tracks.markers}
    assert kinds == {"cut", "drift", "fix", "lock"} - ({"lock"} if first else set())


@CASES
@pytest.mark.parametrize("first", [0, 33])
def test_the_edl_of_resolve(tmp_path: Path, rate: str, coded: str, first: int) -> None:
    text, _ = exported(tmp_path, "marker-edl", constant(RATES[rate]), range(first, COUNT))
    lines = text.splitlines()
    assert lines[1] == ("FCM: DROP FRAME" if ";" in coded else "FCM: NON-DROP FRAME")
    events, notes = lines[3::3], lines[4::3]
    time = otio.opentime.RationalTime
    begin = time.from_timecode(coded, float(RATES[rate])).value + first
    told = []
    for event, note in zip(events, notes, strict=True):
        _, source_in, source_out, record_in, record_out = event.split("C  ", 1)[0], *event.split()[4:8]
        assert (source_in, source_out) == (record_in, record_out)
        start, stop = (time.from_timecode(code, float(RATES[rate])).value for code in (record_in, record_out))
        assert stop == start + 1
        _, colour, name, length = note.split(" |")
        assert colour.startswith("C:ResolveColor")
        told.append(
            (name.removeprefix("M:").replace("/", "|"), int(start - begin), int(length.removeprefix("D:")))
        )
    assert sorted(told) == expected(first)
    read = otio.adapters.read_from_string(
        "\n".join([lines[0], *events]), "cmx_3600", rate=float(RATES[rate]), ignore_timecode_mismatch=True
    )
    places = [round(clip.source_range.start_time.value - begin) for clip in read.find_clips()]
    assert sorted(places) == sorted(start for _, start, _ in expected(first))


@CASES
@pytest.mark.parametrize("first", [0, 33])
def test_the_xml_of_premiere(tmp_path: Path, rate: str, coded: str, first: int) -> None:
    text, _ = exported(tmp_path, "premiere-xml", constant(RATES[rate]), range(first, COUNT))
    read = otio.adapters.read_from_string(text, "fcp_xml")
    points = [(n, s, 0 if d == 1 else d) for n, s, d in expected(first)]
    assert [(n, s, max(d, 0)) for n, s, d in starts(read.tracks.markers)] == points
    begin = otio.opentime.RationalTime.from_timecode(coded, float(RATES[rate])).value
    assert read.global_start_time.value == begin + first
    clips = list(read.find_clips())
    assert [round(clip.source_range.start_time.value - begin) for clip in clips] == [first, 97]
    assert [round(clip.source_range.duration.value) for clip in clips] == [97 - first, COUNT - 97]
    assert abs(clips[0].source_range.start_time.rate - float(RATES[rate])) < 1e-3
    ntsc = next(each.text for each in ET.fromstring(text).iter("ntsc"))  # noqa: S314 - our own
    assert ntsc == ("FALSE" if rate == "25" else "TRUE")


@CASES
@pytest.mark.parametrize("first", [0, 33])
def test_the_xml_of_final_cut(tmp_path: Path, rate: str, coded: str, first: int) -> None:
    text, _ = exported(tmp_path, "fcpxml", constant(RATES[rate]), range(first, COUNT))
    root = ET.fromstring(text)  # noqa: S314 - our own
    begin = otio.opentime.RationalTime.from_timecode(coded, float(RATES[rate])).value + first

    def frames(time: str) -> Fraction:
        return Fraction(time.removesuffix("s")) * RATES[rate]

    (sequence,) = root.iter("sequence")
    assert frames(sequence.attrib["tcStart"]) == begin
    assert sequence.attrib["tcFormat"] == ("DF" if ";" in coded else "NDF")
    told = [
        (m.attrib["value"], frames(m.attrib["start"]) - begin, frames(m.attrib["duration"]))
        for m in root.iter("marker")
    ]
    assert sorted(told) == expected(first)
    assert [m.attrib["completed"] for m in root.iter("marker") if "completed" in m.attrib] == ["0", "0"]
    read = otio.adapters.read_from_string(text, "fcpx_xml")
    timeline = read if isinstance(read, otio.schema.Timeline) else next(iter(read.find_children()))
    assert len(list(timeline.find_clips())) == 2


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.sampled_from([1, 1, 1, 2, 5]), min_size=20, max_size=60),
    jitter=st.lists(st.integers(-400, 400), min_size=61, max_size=61),
    rate=st.sampled_from([*RATES.values()]),
    first=st.integers(0, 3),
)
def test_where_the_rate_varies_markers_lie_where_their_frames_are_shown(
    lengths: list[int], jitter: list[int], rate: Fraction, first: int
) -> None:
    """Frames are left out, as phones do, and come up to a tenth of a frame too early or late."""
    lengths = [1] * len(lengths) + lengths  # most are shown once
    shown_at = np.cumsum([0, *lengths])
    pace = 90_000 / rate
    times = tuple(
        round(500 + int(place) * pace + (shift * pace / 4000 if place else 0))
        for place, shift in zip(shown_at, (jitter * 3), strict=False)
    )
    info = VideoInfo(48, 64, times, Fraction(1, 90_000))
    timeline = Timeline(info, "phone.mp4", range(first, len(times)), SourceFacts(), ())
    assert abs(timeline.rate / rate - 1) < Fraction(1, 90)  # jitter may hide a difference of a permille
    places = [timeline.place(frame) for frame in range(first, len(times))]
    assert places == [int(place - shown_at[first]) for place in shown_at[first:]]


def test_a_varying_rate_is_told(tmp_path: Path) -> None:
    times = tuple(np.cumsum([0] + [3000, 3000, 6000] * 100)[:COUNT].tolist())
    info = VideoInfo(48, 64, times, Fraction(1, 90_000))
    text, notes = exported(tmp_path, "premiere-xml", info)
    assert notes == (
        "the rate of the video varies: markers lie where a timeline of 30.000 frames per second shows their "
        "frames"
    )
    read = otio.adapters.read_from_string(text, "fcp_xml")
    place = round(times[97] / 3000)  # on a timeline of 30 frames per second
    assert {n: s for n, s, _ in starts(read.tracks.markers)}["cut"] == place
    (tmp_path / "others").mkdir()
    text, _ = exported(tmp_path / "others", "otio", info)
    read = otio.adapters.read_from_string(text, "otio_json")
    assert {n: s for n, s, _ in starts(read.tracks.markers)}["cut"] == place
    text, _ = exported(tmp_path / "others", "fcpxml", info)
    (cut,) = (m for m in ET.fromstring(text).iter("marker") if m.attrib["value"] == "cut")  # noqa: S314
    assert Fraction(cut.attrib["start"].removesuffix("s")) * 30 == place
    text, _ = exported(tmp_path / "others", "marker-edl", info)
    lines = text.splitlines()
    code = lines[next(row for row, line in enumerate(lines) if "|M:cut " in line) - 1].split()[-2]
    assert otio.opentime.RationalTime.from_timecode(code, 30).value == place


FORMS = ("otio", "marker-edl", "fcpxml", "premiere-xml")


@pytest.mark.parametrize(
    ("rate", "usual", "times", "is_told"),
    [
        (Fraction(2997, 100), 30 * NTSC, 1, False),  # what many programs write for it
        (Fraction(23976, 1000), 24 * NTSC, 1, False),
        (Fraction(48), Fraction(48), 1, False),
        (Fraction(18), Fraction(18), 1, False),
        (Fraction(25, 2), Fraction(25), 2, True),
        (15 * NTSC, 15 * NTSC, 1, False),
        (Fraction(15, 2), Fraction(30), 4, True),
        (Fraction(273, 10), 30 * NTSC, 30 / 1.001 / 27.3, True),
        (Fraction(1199, 50), 24 * NTSC, 24 / 1.001 / 23.98, False),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_a_rate_that_programs_lack_becomes_one_that_they_have(
    tmp_path: Path, form: str, rate: Fraction, usual: Fraction, times: float, is_told: bool
) -> None:
    timeline = Timeline.of(order_for(tmp_path, form, constant(rate)))
    assert timeline.rate == usual
    assert [timeline.place(f) for f in (0, 97, 150)] == [0, round(97 * times), round(150 * times)]
    assert timeline.length == round(299 * times) + round(times)
    text, notes = exported(tmp_path, form, constant(rate))
    assert ("few programs have a rate of" in notes) == is_told
    if form == "premiere-xml":
        read = otio.adapters.read_from_string(text, "fcp_xml")
        assert {n: s for n, s, _ in starts(read.tracks.markers)}["cut"] == round(97 * times)
        assert abs(read.global_start_time.rate / float(usual) - 1) < 1e-4


@settings(max_examples=40)
@given(name=st.text(st.characters(), max_size=30))
@example(name="\uffff\x00\x85\u2028|C:x \ud800]]> & <röte> -->")
def test_every_name_fits_into_every_file(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    marker = Marker(MarkerKind.FIX, 5, 6, f"fix 1: {name}", name)
    folder = tmp_path_factory.mktemp("names")
    texts = {}
    for form in FORMS:
        order = replace(order_for(folder, form, constant(Fraction(25))), markers=lambda: [marker])
        with EXPORTERS.build(form, order) as exporter:
            for frame in order.frames or ():
                exporter.write(frame, *NOTHING)
        texts[form] = order.path.read_text("utf-8")
    told = one_line(f"fix 1: {name}")
    (read,) = otio.adapters.read_from_string(texts["otio"], "otio_json").tracks.markers
    assert read.name == told
    for form, words in (("fcpxml", "value"), ("premiere-xml", "name")):
        (found,) = ET.fromstring(texts[form]).iter("marker")  # noqa: S314 - our own
        value = found.get(words) or found.findtext(words)
        assert value == told
    _, _, _, event, note = texts["marker-edl"].splitlines()[:5]
    assert event.startswith("001 ")
    assert note.split(" |M:")[1].split(" |D:")[0] == told.replace("|", "/")


def test_markers_of_one_frame_are_one_in_resolve(tmp_path: Path) -> None:
    markers = [
        Marker(MarkerKind.LOCK, 0, 1, "cat locked"),
        Marker(MarkerKind.LOCK, 0, 4, "dog locked"),
        Marker(MarkerKind.DRIFT, 7, 9, "cat drifted", "colour"),
        Marker(MarkerKind.FIX, 7, 8, "fix 1: cat", "colour"),
    ]
    order = replace(order_for(tmp_path, "marker-edl", constant(Fraction(25))), markers=lambda: markers)
    with EXPORTERS.build("marker-edl", order) as exporter:
        for frame in order.frames or ():
            exporter.write(frame, *NOTHING)
    assert order.path.read_text("utf-8").splitlines()[3:8] == [
        "001  001      V     C        00:00:00:00 00:00:00:01 00:00:00:00 00:00:00:01  ",
        " |C:ResolveColorGreen |M:cat locked; dog locked |D:4",
        "",
        "002  001      V     C        00:00:00:07 00:00:00:08 00:00:00:07 00:00:00:08  ",
        "colour |C:ResolveColorYellow |M:cat drifted; fix 1: cat |D:2",
    ]
    assert exporter.notes[-1] == "2 markers are joined with others on their frames: Resolve has one there"


def test_a_form_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("track_anything.types.find_spec", lambda _: None)
    with pytest.raises(Exception, match=r"otio needs opentimelineio: pip install 'track-anything\[otio\]'"):
        EXPORTERS.check("otio")
    assert "otio" not in EXPORTERS.usable()
