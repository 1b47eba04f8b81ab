"""YouTube-VIS: one JSON file, of which every annotation is an object with a mask for each frame."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from track_anything.masks.data_sets.coco import categories_of, extent_of, mask_of
from track_anything.masks.data_sets.data_set import Annotations, DataSet


def read_ytvis(path: Path) -> DataSet:
    """Names of videos are those of the folders of their pictures."""
    content = json.loads(path.read_bytes())
    categories = {each["id"]: str(each["name"]) for each in content.get("categories", ())}
    annotations, videos = Annotations(), {}
    for video in content["videos"]:
        files = [PurePosixPath(str(name)) for name in video["file_names"]]
        folder = files[0].parent.as_posix() if files else "."
        name = str(video.get("name") or (folder if folder != "." else f"video {video['id']}"))
        size = (int(video["height"]), int(video["width"]))
        videos[video["id"]] = name, size
        annotations.add_video(name, size, [file.stem for file in files])
    for annotation in content["annotations"]:
        name, size = videos[annotation["video_id"]]
        number = int(annotation.get("number", annotation["id"]))
        category = categories.get(annotation.get("category_id"), "")
        annotations.add_track(name, number, str(annotation.get("name", "")), category)
        for frame, segmentation in enumerate(annotation["segmentations"]):
            if segmentation:
                annotations.add_mask(name, number, frame, mask_of(segmentation, size))
    return annotations.data_set()


def write_ytvis(data: DataSet, path: Path) -> list[str]:
    """Beside what the form has, ``name`` and ``number`` tell an object's name, and its id in its video."""
    categories = data.categories
    videos: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for video_id, (name, video) in enumerate(data, start=1):
        height, width = video.size
        videos.append(
            {
                "id": video_id,
                "name": name,
                "width": width,
                "height": height,
                "length": len(video.frames),
                "file_names": [f"{name}/{stem}.jpg" for stem in video.frames],
            }
        )
        frames = range(len(video.frames))
        for number, track in sorted(video.tracks.items()):
            extents = {frame: extent_of(video.mask(frame, number)) for frame in track.segments}
            counts = {frame: segment.counts for frame, segment in track.segments.items()}
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "video_id": video_id,
                    "category_id": categories[track.category or "object"],
                    "name": track.name,
                    "number": number,
                    "iscrowd": 0,
                    "width": width,
                    "height": height,
                    "length": 1,
                    "segmentations": [_rle(counts.get(frame), height, width) for frame in frames],
                    "bboxes": [extents[frame]["bbox"] if frame in extents else None for frame in frames],
                    "areas": [extents[frame]["area"] if frame in extents else None for frame in frames],
                }
            )
    content = {"videos": videos, "categories": categories_of(categories), "annotations": annotations}
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")
    return []


def _rle(counts: str | None, height: int, width: int) -> dict[str, Any] | None:
    return None if counts is None else {"size": [height, width], "counts": counts}


def is_ytvis(content: Mapping[str, Any]) -> bool:
    """Whether the content of a JSON file looks like it."""
    annotations = content.get("annotations")
    has_tracks = isinstance(annotations, list) and all("segmentations" in each for each in annotations)
    return "videos" in content and "images" not in content and has_tracks
