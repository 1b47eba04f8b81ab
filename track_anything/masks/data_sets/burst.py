"""BURST: one JSON file of sequences, with run lengths by track for every annotated frame."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from track_anything.masks.data_sets.coco import categories_of, extent_of
from track_anything.masks.data_sets.data_set import Annotations, DataSet


def read_burst(path: Path) -> DataSet:
    """Sequences are videos, by ``seq_name``; frames are those of ``annotated_image_paths``."""
    content = json.loads(path.read_bytes())
    categories = {str(each["id"]): str(each["name"]) for each in content.get("categories") or ()}
    annotations = Annotations()
    for sequence in content["sequences"]:
        name = str(sequence["seq_name"])
        stems = [PurePosixPath(str(each)).stem for each in sequence["annotated_image_paths"]]
        annotations.add_video(name, (int(sequence["height"]), int(sequence["width"])), stems)
        names = sequence.get("track_names", {})
        for track_id, category in sequence["track_category_ids"].items():
            annotations.add_track(
                name, int(track_id), str(names.get(track_id, "")), categories.get(str(category), "")
            )
        for frame, segments in enumerate(sequence["segmentations"]):
            for track_id, segment in segments.items():
                annotations.add_track(name, int(track_id))
                annotations.add_counts(name, int(track_id), frame, segment["rle"], segment.get("score"))
    return annotations.data_set()


def write_burst(data: DataSet, path: Path) -> list[str]:
    """Beside what the form has, ``track_names`` tells the names of objects."""
    categories = data.categories
    sequences = []
    for number, (name, video) in enumerate(data, start=1):
        frames = range(len(video.frames))
        paths = [f"{stem}.jpg" for stem in video.frames]
        sequences.append(
            {
                "id": number,
                "seq_name": name,
                "dataset": "track-anything",
                "fps": None,
                "width": video.size[1],
                "height": video.size[0],
                "all_image_paths": paths,
                "annotated_image_paths": paths,
                "track_category_ids": {
                    str(own): categories[track.category or "object"]
                    for own, track in sorted(video.tracks.items())
                },
                "track_names": {str(own): track.name for own, track in sorted(video.tracks.items())},
                "segmentations": [
                    {
                        str(own): {
                            "rle": segment.counts,
                            "is_gt": segment.score is None,
                            **extent_of(mask),
                            **({} if segment.score is None else {"score": segment.score}),
                        }
                        for own, _, segment, mask in video.masks(frame)
                    }
                    for frame in frames
                ],
            }
        )
    content = {"sequences": sequences, "categories": categories_of(categories), "split": "train"}
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")
    return []


def is_burst(content: Mapping[str, Any]) -> bool:
    """Whether the content of a JSON file looks like it."""
    return isinstance(content.get("sequences"), list)
