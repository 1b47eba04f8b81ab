"""Data sets of label maps as PNG files: DAVIS and YouTube-VOS, and a plain folder of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from track_anything.masks.data_sets.data_set import AnnotatedVideo, Annotations, DataSet
from track_anything.masks.label_maps import read_label_map, write_label_map

_VOID = 255
_RESOLUTIONS = ("Full-Resolution", "1080p", "480p")


def read_davis(path: Path) -> DataSet:
    """DAVIS: ``Annotations/480p/VIDEO/00000.png``; below it as much as there is."""
    place = path / "Annotations" if (path / "Annotations").is_dir() else path
    place = next((place / name for name in _RESOLUTIONS if (place / name).is_dir()), place)
    return _read(place, {})


def read_youtube_vos(path: Path) -> DataSet:
    """YouTube-VOS: ``Annotations/VIDEO/00000.png``, and ``meta.json`` with the categories."""
    videos = json.loads((path / "meta.json").read_bytes())["videos"]
    return _read(path / "Annotations", {name: video["objects"] for name, video in videos.items()})


def write_davis(data: DataSet, path: Path) -> list[str]:
    """DAVIS 2017, with the list of videos."""
    _write(data, path / "Annotations" / "Full-Resolution")
    sets = path / "ImageSets" / "2017"
    sets.mkdir(parents=True)
    (sets / "val.txt").write_text("".join(f"{name}\n" for name, _ in data), "utf-8")
    return _told_of_void(data)


def write_youtube_vos(data: DataSet, path: Path) -> list[str]:
    """YouTube-VOS."""
    _write(data, path / "Annotations")
    videos = {
        name: {
            "objects": {
                str(number): {
                    "category": track.category,
                    "frames": [video.frames[frame] for frame in sorted(track.segments)],
                }
                for number, track in sorted(video.tracks.items())
            }
        }
        for name, video in data
    }
    (path / "meta.json").write_text(
        json.dumps({"videos": videos}, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    return _told_of_void(data)


def _read(place: Path, meta: Mapping[str, Mapping[str, Any]]) -> DataSet:
    has_pictures = any(place.glob("*.png"))
    folders = [place] if has_pictures else sorted(each for each in place.iterdir() if each.is_dir())
    annotations = Annotations()
    for folder in folders:
        pictures = sorted(folder.glob("*.png"))
        if not pictures:
            continue
        first = read_label_map(pictures[0])
        size = (first.shape[0], first.shape[1])
        annotations.add_video(folder.name, size, [picture.stem for picture in pictures])
        label_maps = [read_label_map(picture) for picture in pictures]
        seen = {int(one) for label_map in label_maps for one in np.unique(label_map)} - {0}
        objects = meta.get(folder.name, {})
        if seen == {_VOID} and not objects:  # black and white, as in DAVIS-2016
            label_maps, seen = [(each > 0).astype(np.uint8) for each in label_maps], {1}
        # 255 is void, as in the data sets, unless objects go up to it
        ids = seen if _VOID - 1 in seen or str(_VOID) in objects else seen - {_VOID}
        for number in sorted(ids | {int(each) for each in objects}):
            annotations.add_track(
                folder.name, number, category=str(objects.get(str(number), {}).get("category", ""))
            )
        for frame, label_map in enumerate(label_maps):
            for number in ids & {int(one) for one in np.unique(label_map)}:
                annotations.add_mask(folder.name, number, frame, label_map == number)
    return annotations.data_set()


def _write(data: DataSet, place: Path) -> None:
    for name, video in data:
        folder = place / name
        folder.mkdir(parents=True)
        for frame, stem in enumerate(video.frames):
            write_label_map(folder / f"{stem}.png", video.label_map(frame))


def _told_of_void(data: DataSet) -> list[str]:
    return [
        f"{name}: object 255 is void to other programs" for name, video in data if _is_taken_for_void(video)
    ]


def _is_taken_for_void(video: AnnotatedVideo) -> bool:
    return _VOID in video.tracks and _VOID - 1 not in video.tracks


def is_youtube_vos(path: Path) -> bool:
    """Whether a folder looks like YouTube-VOS."""
    return (path / "meta.json").is_file() and (path / "Annotations").is_dir()


def is_davis(path: Path) -> bool:
    """Whether a folder has label maps in it, or folders of them."""
    if (path / "Annotations").is_dir():
        return not any((path / "Annotations").glob("*.xml"))
    return any(path.glob("*.png")) or any(path.glob("*/*.png"))
