"""Masks in the JSON of the COCO data set and its kin for videos: run lengths and polygons."""

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from track_anything.errors import InputError
from track_anything.importing.foreign_masks import ForeignMasks, HowToRead
from track_anything.importing.own_export import OwnExport
from track_anything.masks.rle import decode_rle, polygon_mask
from track_anything.types import Mask

_MOST_BYTES = 1 << 30  # of a file; its objects take ten times as much memory
_TRACK_KEYS = ("track_id", "instance_id", "object_id")
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class CocoMasks(ForeignMasks):
    """Annotations as objects: by ``track_id`` where they have it, else by category.

    ``segmentations`` per frame, as in YouTube-VIS, are read too.

    Args:
        path: the file.
        size: (height, width) that every mask must have.
        how: what a person says about it.
        own: what our manifest says, if it is an export of ours.

    Raises:
        InputError: it is no such file, or does not tell which object a mask is of.
    """

    kind = "COCO annotations"

    def __init__(self, path: Path, size: tuple[int, int], how: HowToRead, own: OwnExport | None) -> None:
        self.path = path
        self._size = size
        self._annotations: dict[Hashable, list[Mapping[str, Any]]] = defaultdict(list)
        self._names: dict[int, str] = dict(own.objects) if own else {}
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError(f"more than {_MOST_BYTES >> 20} MiB")
            content = json.loads(path.read_bytes())
            categories = {one["id"]: str(one["name"]) for one in content.get("categories", ())}
            images = _images_of(content)
            self._places = [image["id"] for image in images]
            self.names = tuple(str(image.get("file_name") or f"{image['id']}") for image in images)
            if own:  # in our files the ids of images are frames plus 1
                self.names, self.is_indexed = tuple(f"{int(place) - 1}" for place in self._places), True
            annotations = _annotations_of(content)
            if annotations and not any(one.get("segmentation") for one in annotations):
                raise ValueError("it holds boxes and no masks")
            self._take(annotations, categories, how)
        except _UNREADABLE as error:
            raise InputError(
                f"{path} is no COCO file of masks ({error!r:.200}): export one with annotations"
            ) from error

    def read(self, place: int) -> dict[int, Mask]:
        """See ``ForeignMasks``."""
        masks: dict[int, Mask] = {}
        for annotation in self._annotations[self._places[place]]:
            mask = self._mask(annotation)
            earlier = masks.get(annotation["object"])
            masks[annotation["object"]] = mask if earlier is None else earlier | mask
        return {foreign: mask for foreign, mask in masks.items() if mask.any()}

    def name(self, foreign: int) -> str:
        """See ``ForeignMasks``."""
        return self._names.get(foreign) or super().name(foreign)

    def _take(
        self, annotations: list[dict[str, Any]], categories: Mapping[Hashable, str], how: HowToRead
    ) -> None:
        """Sort annotations by image, each with the number of its object."""
        known = set(self._places)
        tracks = [_track_of(one) for one in annotations]
        has_tracks = any(track is not None for track in tracks) and not how.joins_instances
        if has_tracks and None in tracks:
            raise ValueError("some annotations have a track_id and some have none")
        numbers: dict[Hashable, int] = {}
        for annotation, track in zip(annotations, tracks, strict=True):
            category = annotation.get("category_id", 1)
            identity = track if has_tracks else category
            number = numbers.setdefault(identity, _number_of(identity, numbers))
            name = categories.get(category, "object")
            self._names.setdefault(number, f"{name} {number}" if has_tracks else name)
            image = annotation["image_id"]
            if image not in known:
                raise ValueError(f"annotation {annotation.get('id')} is of an image {image} not listed")
            self._annotations[image].append(annotation | {"object": number})
        if not has_tracks and not how.joins_instances:
            self._check_instances()

    def _check_instances(self) -> None:
        """Raise InputError where two masks of one category could be two objects."""
        for image, annotations in self._annotations.items():
            objects = [one["object"] for one in annotations]
            double = next((number for number in objects if objects.count(number) > 1), None)
            if double is not None:
                raise InputError(
                    f"image {image} in {self.path} has several masks of category {self._names[double]}, and "
                    "no track_id tells which is which: add one, or make them one object (--join)"
                )

    def _mask(self, annotation: Mapping[str, Any]) -> Mask:
        segmentation = annotation.get("segmentation")
        try:
            if not segmentation:
                return np.zeros(self._size, np.bool_)
            if isinstance(segmentation, list):
                return polygon_mask(segmentation, self._size)
            height, width = map(int, segmentation["size"])
            if (height, width) != self._size:
                raise InputError(
                    f"annotation {annotation.get('id')} of {self.path} has {width} x {height} pixels but the "
                    f"video {self._size[1]} x {self._size[0]}: export the masks at the size of the video"
                )
            return decode_rle(segmentation["counts"], self._size)
        except (TypeError, KeyError, ValueError) as error:
            raise InputError(
                f"annotation {annotation.get('id')} of {self.path} has no mask ({error}): export run lengths "
                "or polygons"
            ) from error


def _images_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The images in order; those of a video that is listed as such have no entry of their own."""
    if "videos" not in content or content.get("images"):
        images = list(content["images"])
        videos = {image.get("video_id") for image in images}
        if len(videos) > 1:
            raise ValueError(f"it holds {len(videos)} videos: export one")
        in_order = all(isinstance(image.get("frame_id", image.get("frame_index")), int) for image in images)
        key = (lambda image: image.get("frame_id", image.get("frame_index"))) if in_order else None
        return sorted(images, key=key) if key else images
    if len(content["videos"]) != 1:
        raise ValueError(f"it holds {len(content['videos'])} videos: export one")
    names = content["videos"][0]["file_names"]
    return [{"id": place, "file_name": str(name)} for place, name in enumerate(names)]


def _annotations_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One for each mask."""
    found = []
    for annotation in content["annotations"]:
        if "segmentations" not in annotation:
            found.append(dict(annotation))
            continue
        for place, segmentation in enumerate(annotation["segmentations"]):
            if segmentation:
                whole = {"image_id": place, "segmentation": segmentation, "track_id": annotation["id"]}
                found.append({**annotation, **whole})
    return found


def _track_of(annotation: Mapping[str, Any]) -> Hashable | None:
    attributes = annotation.get("attributes")
    for place in (annotation, attributes if isinstance(attributes, Mapping) else {}):
        for key in _TRACK_KEYS:
            if place.get(key) is not None:
                track: Hashable = place[key]
                hash(track)
                return track
    return None


def _number_of(identity: Hashable, numbers: Mapping[Hashable, int]) -> int:
    """The id itself where it is one, else the next free number."""
    is_id = isinstance(identity, int) and identity > 0
    return int(identity) if is_id else max([0, *numbers.values()]) + 1  # type: ignore[call-overload]
