"""What all forms of data sets have in common: videos, their frames, and tracks of masks through them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from track_anything.errors import InputError
from track_anything.masks.rle import decode_rle, encode_rle
from track_anything.types import MAX_OBJECT_ID, FrameIndex, LabelMap, Mask, ObjectId


class Segment(NamedTuple):
    """The mask of an object on a frame.

    Attributes:
        counts: COCO run lengths, as text.
        score: how far it can be trusted, 0 to 1; None when nobody said so.
    """

    counts: str
    score: float | None = None


@dataclass(frozen=True)
class Track:
    """One object through a video.

    Attributes:
        name: for people; empty = none.
        category: its class; empty = none.
        segments: its masks by the place of the frame; frames without one have none. Empty masks are left out.
        attributes: what else is said of it, value by name.
    """

    name: str = ""
    category: str = ""
    segments: Mapping[FrameIndex, Segment] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AnnotatedVideo:
    """A video as its annotations know it.

    Attributes:
        size: (height, width).
        frames: names of the frames that were annotated, without suffixes; those without a mask are empty.
        tracks: by their id, which is 1 or more.
    """

    size: tuple[int, int]
    frames: tuple[str, ...]
    tracks: Mapping[ObjectId, Track]

    def mask(self, frame: FrameIndex, track_id: ObjectId) -> Mask:
        """The (H, W) mask of a track; empty where it has none."""
        track = self.tracks.get(track_id)
        segment = track.segments.get(frame) if track else None
        return np.zeros(self.size, np.bool_) if segment is None else decode_rle(segment.counts, self.size)

    def masks(self, frame: FrameIndex) -> Iterator[tuple[ObjectId, Track, Segment, Mask]]:
        """The masks of a frame that are not empty, in the order of their ids."""
        for track_id, track in sorted(self.tracks.items()):
            segment = track.segments.get(frame)
            if segment is not None:
                yield track_id, track, segment, decode_rle(segment.counts, self.size)

    def label_map(self, frame: FrameIndex) -> LabelMap:
        """The (H, W) ids; InputError when there are more than a label map holds."""
        label_map = np.zeros(self.size, np.uint8)
        for track_id, _, _, mask in self.masks(frame):
            if track_id > MAX_OBJECT_ID:
                raise InputError(
                    f"object {track_id} does not fit a label map of {MAX_OBJECT_ID}: choose a form for more, "
                    "such as ytvis"
                )
            label_map[mask] = track_id
        return label_map


@dataclass(frozen=True)
class DataSet:
    """Annotated videos by name.

    Attributes:
        videos: by their names.
        colours: (red, green, blue) from 0 to 255 of those categories that have one.
    """

    videos: Mapping[str, AnnotatedVideo]
    colours: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, AnnotatedVideo]]:
        return iter(sorted(self.videos.items()))

    @property
    def categories(self) -> dict[str, int]:
        """The number of every category, from 1 in the order of names; one without a name is ``object``."""
        names = {track.category or "object" for _, video in self for track in video.tracks.values()}
        return {name: number for number, name in enumerate(sorted(names), start=1)}


class Annotations:
    """Annotated videos that are being read, mask by mask."""

    def __init__(self) -> None:
        self._sizes: dict[str, tuple[int, int]] = {}
        self._frames: dict[str, tuple[str, ...]] = {}
        self._tracks: dict[str, dict[ObjectId, Track]] = {}
        self.colours: dict[str, tuple[int, int, int]] = {}

    def add_video(self, name: str, size: tuple[int, int], frames: Iterable[str]) -> None:
        """Add a video of which all annotated frames are known, in their order."""
        if min(size) < 1:
            raise ValueError(f"no video has {size[1]} x {size[0]} pixels")
        self._sizes[name], self._frames[name] = size, tuple(frames)
        self._tracks.setdefault(name, {})

    def add_track(self, video: str, track_id: ObjectId, name: str = "", category: str = "") -> None:
        """Add a track without masks, if there is none of that id."""
        if track_id < 1:
            raise ValueError(f"the id {track_id} is not 1 or more")
        self._tracks[video].setdefault(track_id, Track(name, category, {}))

    def describe(self, video: str, track_id: ObjectId, attributes: Mapping[str, str]) -> None:
        """Say more of a track that was added."""
        track = self._tracks[video][track_id]
        self._tracks[video][track_id] = replace(track, attributes={**track.attributes, **attributes})

    def add_counts(
        self, video: str, track_id: ObjectId, frame: FrameIndex, counts: str, score: float | None = None
    ) -> None:
        """Add a mask as COCO run lengths."""
        self.add_mask(video, track_id, frame, decode_rle(counts, self._sizes[video]), score)

    def add_mask(
        self, video: str, track_id: ObjectId, frame: FrameIndex, mask: Mask, score: float | None = None
    ) -> None:
        """Add the (H, W) mask of a track that was added; another one there is joined with it."""
        if mask.shape != self._sizes[video]:
            raise ValueError(f"a mask of {video} has the shape {mask.shape}, not {self._sizes[video]}")
        if not 0 <= frame < len(self._frames[video]):
            raise ValueError(f"{video} has no frame {frame}")
        segments = self._tracks[video][track_id].segments
        assert isinstance(segments, dict)  # noqa: S101 - made by this class
        if frame in segments:
            mask = mask | decode_rle(segments[frame].counts, self._sizes[video])
        if mask.any():
            segments[frame] = Segment(encode_rle(mask), score)

    def data_set(self) -> DataSet:
        """All that was added."""
        return DataSet(
            {
                name: AnnotatedVideo(size, self._frames[name], self._tracks[name])
                for name, size in self._sizes.items()
            },
            self.colours,
        )


def without_overlaps(video: AnnotatedVideo) -> AnnotatedVideo:
    """The video with every pixel given to one object, the one of the highest id."""
    tracks = {number: dict(track.segments) for number, track in video.tracks.items()}
    for frame in range(len(video.frames)):
        taken = np.zeros(video.size, np.bool_)
        for track_id, _, segment, mask in reversed(list(video.masks(frame))):
            if (mask & taken).any():
                kept = mask & ~taken
                tracks[track_id][frame] = Segment(encode_rle(kept), segment.score)
                if not kept.any():
                    del tracks[track_id][frame]
            taken |= mask
    return replace(
        video,
        tracks={number: replace(track, segments=tracks[number]) for number, track in video.tracks.items()},
    )
