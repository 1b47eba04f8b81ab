"""SA-V: a JSON file for each video, with a list of masklets."""

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from track_anything.masks.data_sets.data_set import AnnotatedVideo, Annotations, DataSet
from track_anything.masks.rle import encode_rle
from track_anything.types import ObjectId

_ENDINGS = ("_manual", "_auto")
_BUCKETS = ((32**2, "small"), (96**2, "medium"))


def read_sa_v(path: Path) -> DataSet:
    """One file, or a folder of them; in the data set, ids begin at 0 and here at 1."""
    annotations = Annotations()
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        content = json.loads(file.read_bytes())
        name = str(content["video_id"])
        size = (int(content["video_height"]), int(content["video_width"]))
        masklets = content["masklet"]
        stems = content.get("frame_names") or [f"{place:05d}" for place in range(len(masklets))]
        annotations.add_video(name, size, [str(stem) for stem in stems])
        names, categories = content.get("masklet_names", []), content.get("masklet_categories", [])
        ids = [int(each) + 1 for each in content["masklet_id"]]
        for place, track_id in enumerate(ids):
            annotations.add_track(
                name,
                track_id,
                str(names[place]) if place < len(names) else "",
                str(categories[place]) if place < len(categories) else "",
            )
        for frame, segments in enumerate(masklets):
            for track_id, segment in zip(ids, segments, strict=True):
                annotations.add_counts(name, track_id, frame, segment["counts"])
    return annotations.data_set()


def write_sa_v(data: DataSet, path: Path) -> list[str]:
    """``VIDEO_manual.json`` each; ``frame_names``, ``masklet_names``, ``masklet_categories`` are ours."""
    path.mkdir()
    for name, video in data:
        text = json.dumps(_content(name, video), ensure_ascii=False) + "\n"
        (path / f"{name}{_ENDINGS[0]}.json").write_text(text, "utf-8")
    return []


def _content(name: str, video: AnnotatedVideo) -> dict[str, Any]:
    height, width = video.size
    ids = sorted(video.tracks)
    frames = range(len(video.frames))
    sizes = [_mean_area(video, number) for number in ids]
    return {
        "video_id": name,
        "video_duration": None,
        "video_frame_count": len(video.frames),
        "video_height": height,
        "video_width": width,
        "video_resolution": height * width,
        "video_environment": None,
        "video_split": "train",
        "frame_names": list(video.frames),
        "masklet": [
            [{"size": [height, width], "counts": encode_rle(video.mask(frame, number))} for number in ids]
            for frame in frames
        ],
        "masklet_id": [number - 1 for number in ids],
        "masklet_names": [video.tracks[number].name for number in ids],
        "masklet_categories": [video.tracks[number].category for number in ids],
        "masklet_size_rel": [size / (height * width) for size in sizes],
        "masklet_size_abs": sizes,
        "masklet_size_bucket": [
            next((bucket for most, bucket in _BUCKETS if size < most), "large") for size in sizes
        ],
        "masklet_visibility_changes": [_changes(video, number) for number in ids],
        "masklet_first_appeared_frame": [min(video.tracks[number].segments, default=None) for number in ids],
        "masklet_frame_count": [len(video.frames)] * len(ids),
        "masklet_edited_frame_count": [0] * len(ids),
        "masklet_type": ["manual"] * len(ids),
        "masklet_stability_score": [None] * len(ids),
        "masklet_num": len(ids),
    }


def _mean_area(video: AnnotatedVideo, number: ObjectId) -> float:
    areas = [int(video.mask(frame, number).sum()) for frame in video.tracks[number].segments]
    return sum(areas) / len(areas) if areas else 0.0


def _changes(video: AnnotatedVideo, number: ObjectId) -> int:
    is_there = [frame in video.tracks[number].segments for frame in range(len(video.frames))]
    return sum(before != after for before, after in pairwise(is_there))


def is_sa_v(content: Mapping[str, Any]) -> bool:
    """Whether the content of a JSON file looks like it."""
    return "masklet" in content and "masklet_id" in content
