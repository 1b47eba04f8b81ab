"""COCO with tracks: a picture for each frame, as CocoVID and TAO extend it for videos."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from track_anything.masks.arrays import box_of
from track_anything.masks.data_sets.data_set import Annotations, DataSet
from track_anything.masks.rle import decode_rle, polygon_mask
from track_anything.types import Mask

_TRACK_KEYS = ("track_id", "instance_id", "object_id")


def read_coco(path: Path) -> DataSet:
    """Pictures with ``video_id`` are frames of that video, others of one that is named after their folder.

    Tracks are told by ``track_id`` or ``instance_id``, else by category where no picture has two masks of
    one; where it has, every annotation is an object by itself.
    """
    content = json.loads(path.read_bytes())
    named = {video["id"]: str(video["name"]) for video in content.get("videos", ())}
    categories = {each["id"]: str(each["name"]) for each in content.get("categories", ())}
    images: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for image in content["images"]:
        folder = PurePosixPath(str(image["file_name"])).parent.as_posix()
        images[named.get(image.get("video_id"), path.stem if folder == "." else folder)].append(image)
    annotations = Annotations()
    for each in content.get("categories", ()):
        if "color" in each:
            red, green, blue = map(int, each["color"])
            annotations.colours[str(each["name"])] = (red, green, blue)
    places: dict[Any, tuple[str, int, dict[str, Any]]] = {}
    for name, own in images.items():
        own.sort(
            key=lambda image: (image.get("frame_id", image.get("frame_index", 0)), str(image["file_name"]))
        )
        stems = [PurePosixPath(str(image["file_name"])).stem for image in own]
        annotations.add_video(name, (own[0]["height"], own[0]["width"]), stems)
        places |= {image["id"]: (name, frame, image) for frame, image in enumerate(own)}
    listed = {each["id"]: each for each in content.get("tracks", ())}
    for each in listed.values():
        category = categories.get(each.get("category_id"), "")
        video = named.get(each.get("video_id"))
        if video is not None:
            number = int(each.get("number", each["id"]))
            annotations.add_track(video, number, str(each.get("name", "")), category)
            annotations.describe(video, number, attributes_of(each))
    tracks = _tracks_of(content["annotations"])
    for annotation in content["annotations"]:
        name, frame, image = places[annotation["image_id"]]
        identity, track_id = tracks[annotation["id"]]
        track_id = int(listed.get(identity, {}).get("number", track_id))
        annotations.add_track(name, track_id, category=categories.get(annotation.get("category_id"), ""))
        annotations.describe(name, track_id, attributes_of(annotation))
        mask = mask_of(annotation["segmentation"], (image["height"], image["width"]))
        annotations.add_mask(name, track_id, frame, mask, annotation.get("score"))
    return annotations.data_set()


def write_coco(data: DataSet, path: Path) -> list[str]:
    """One file; ids of tracks are unique in it, and ``track_id`` beside them is the object's in its video."""
    categories = data.categories
    videos: list[dict[str, Any]] = []
    images: list[dict[str, Any]] = []
    tracks: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for video_id, (name, video) in enumerate(data, start=1):
        height, width = video.size
        videos.append({"id": video_id, "name": name, "width": width, "height": height})
        first_image, first_track = len(images) + 1, len(tracks) + 1
        numbers = {own: place for place, own in enumerate(sorted(video.tracks), start=first_track)}
        for own, number in numbers.items():
            track = video.tracks[own]
            tracks.append(
                {
                    "id": number,
                    "video_id": video_id,
                    "category_id": categories[track.category or "object"],
                    "name": track.name,
                    "number": own,
                    **_told(track.attributes),
                }
            )
        for frame, stem in enumerate(video.frames):
            images.append(
                {
                    "id": first_image + frame,
                    "file_name": f"{name}/{stem}.jpg",
                    "width": width,
                    "height": height,
                    "video_id": video_id,
                    "frame_id": frame,
                }
            )
            for own, track, segment, mask in video.masks(frame):
                annotation = {
                    "id": len(annotations) + 1,
                    "image_id": first_image + frame,
                    "video_id": video_id,
                    "category_id": categories[track.category or "object"],
                    "track_id": numbers[own],
                    "instance_id": numbers[own],
                    "segmentation": {"size": [height, width], "counts": segment.counts},
                    **extent_of(mask),
                    "iscrowd": 0,
                    **_told(track.attributes),
                }
                annotations.append(annotation | ({} if segment.score is None else {"score": segment.score}))
    content = {
        "videos": videos,
        "categories": categories_of(categories, data.colours),
        "images": images,
        "tracks": tracks,
        "annotations": annotations,
    }
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")
    return []


def extent_of(mask: Mask) -> dict[str, Any]:
    """``area`` and ``bbox`` as COCO has them, of a mask that is not empty."""
    x0, y0, x1, y1 = box_of(mask) or (0, 0, 0, 0)
    return {"area": int(mask.sum()), "bbox": [x0, y0, x1 - x0, y1 - y0]}


def categories_of(
    categories: Mapping[str, int], colours: Mapping[str, tuple[int, int, int]] | None = None
) -> list[dict[str, Any]]:
    """The list of categories as COCO has it; colours are those of COCO's panoptic files."""
    return [
        {"id": number, "name": name} | ({"color": [*colours[name]]} if colours and name in colours else {})
        for name, number in categories.items()
    ]


def attributes_of(told: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of an annotation as CVAT puts them there."""
    return {str(name): str(value) for name, value in (told.get("attributes") or {}).items()}


def _told(attributes: Mapping[str, str]) -> dict[str, Any]:
    return {"attributes": dict(attributes)} if attributes else {}


def mask_of(segmentation: Any, size: tuple[int, int]) -> Mask:  # noqa: ANN401 - polygons or run lengths
    """The (H, W) mask of a segmentation as polygons or as run lengths; ValueError when it is none."""
    if isinstance(segmentation, list):
        return polygon_mask(segmentation, size)
    height, width = map(int, segmentation["size"])
    if (height, width) != size:
        raise ValueError(f"a mask has {width} x {height} pixels but its picture {size[1]} x {size[0]}")
    return decode_rle(segmentation["counts"], size)


def _tracks_of(annotations: list[dict[str, Any]]) -> dict[Any, tuple[Any, int]]:
    """For each annotation its track as the file tells it, and the number of the object."""
    told = [
        next((each[key] for key in _TRACK_KEYS if each.get(key) is not None), None) for each in annotations
    ]
    if None in told:
        places = [(each["image_id"], each.get("category_id")) for each in annotations]
        is_single = len(set(places)) == len(places)
        told = [each.get("category_id", 1) if is_single else each["id"] for each in annotations]
    numbers = {track: place for place, track in enumerate(sorted(set(told), key=str), start=1)}
    are_ids = all(isinstance(track, int) and track > 0 for track in numbers)
    return {
        each["id"]: (track, int(track) if are_ids else numbers[track])  # type: ignore[arg-type]
        for each, track in zip(annotations, told, strict=True)
    }


def is_coco(content: Mapping[str, Any]) -> bool:
    """Whether the content of a JSON file looks like it."""
    return "images" in content and "annotations" in content
