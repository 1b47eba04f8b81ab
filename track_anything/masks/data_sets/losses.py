"""What a data set loses in a form that cannot hold it, told in words and taken away before it is written."""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto

from track_anything.masks.data_sets.data_set import AnnotatedVideo, DataSet, Segment, Track, without_overlaps


class Aspect(Enum):
    """What a form of data sets may hold or not."""

    IDS = auto()  # which mask of a frame is which object
    NAMES = auto()  # of objects
    CATEGORIES = auto()  # of objects
    SCORES = auto()  # of single masks
    FRAMES = auto()  # their names
    OVERLAPS = auto()  # pixels of two objects
    SHAPES = auto()  # masks to the pixel
    ATTRIBUTES = auto()  # of objects
    COLOURS = auto()  # of categories


ALL = frozenset(Aspect)


def as_kept(data: DataSet, keeps: frozenset[Aspect], most_id: int | None) -> tuple[DataSet, list[str]]:
    """A data set as a form can hold it, and what is lost on the way, one line each.

    Names of frames are left as they are, and ids too; a form that holds none of them writes neither.

    Args:
        data: the data set.
        keeps: what the form holds.
        most_id: the highest id that it holds; None = any.
    """
    notes = []
    videos = {}
    for name, video in data:
        kept, lost = _video_as_kept(video, keeps, most_id)
        notes += [f"{name}: {line}" for line in lost]
        videos[name] = kept
    if data.colours and Aspect.COLOURS not in keeps:
        notes.append("colours of categories are lost")
    return DataSet(videos, data.colours if Aspect.COLOURS in keeps else {}), notes


def _video_as_kept(
    video: AnnotatedVideo, keeps: frozenset[Aspect], most_id: int | None
) -> tuple[AnnotatedVideo, list[str]]:
    lost = [words for aspect, words in _used(video) if aspect not in keeps]
    if Aspect.OVERLAPS not in keeps:
        parted = without_overlaps(video)
        count = sum(
            parted.tracks[number].segments.get(frame) != segment
            for number, track in video.tracks.items()
            for frame, segment in track.segments.items()
        )
        if count:
            of = f"{count} mask{'s' * (count > 1)}"
            lost.append(f"parts that an object of a higher id covers are lost, of {of}")
        video = parted
    if most_id is not None and (beyond := [number for number in video.tracks if number > most_id]):
        lost.append(f"objects beyond {most_id} are left out: {', '.join(map(str, sorted(beyond)[:5]))}")
        video = replace(video, tracks={n: track for n, track in video.tracks.items() if n <= most_id})
    return replace(video, tracks={n: _track_as_kept(track, keeps) for n, track in video.tracks.items()}), lost


def _used(video: AnnotatedVideo) -> Iterator[tuple[Aspect, str]]:
    """What the video has, with the words for its loss."""
    tracks = video.tracks.values()
    if len(video.tracks) > 1:
        yield Aspect.IDS, "which object a mask is of is lost"
    if any(track.name and track.name != track.category for track in tracks):
        yield Aspect.NAMES, "names of objects are lost"
    if any(track.category for track in tracks):
        yield Aspect.CATEGORIES, "categories are lost"
    if any(track.attributes for track in tracks):
        yield Aspect.ATTRIBUTES, "attributes of objects are lost"
    if any(segment.score is not None for track in tracks for segment in track.segments.values()):
        yield Aspect.SCORES, "scores of masks are lost"
    if video.frames != tuple(f"{place:05d}" for place in range(len(video.frames))):
        yield Aspect.FRAMES, "names of frames are lost; they are numbered"


def _track_as_kept(track: Track, keeps: frozenset[Aspect]) -> Track:
    segments = track.segments
    if Aspect.SCORES not in keeps:
        segments = {frame: Segment(segment.counts) for frame, segment in segments.items()}
    return Track(
        track.name if Aspect.NAMES in keeps else "",
        track.category if Aspect.CATEGORIES in keeps else "",
        segments,
        track.attributes if Aspect.ATTRIBUTES in keeps else {},
    )
