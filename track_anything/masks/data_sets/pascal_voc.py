"""Pascal VOC: for each frame a label map of instances, one of classes, and an XML file that lists them."""

from pathlib import Path
from xml.etree import ElementTree as ET  # expat itself refuses what would grow without end

import numpy as np

from track_anything.errors import InputError
from track_anything.masks.arrays import box_of
from track_anything.masks.data_sets.data_set import Annotations, DataSet
from track_anything.masks.label_maps import read_label_map, write_label_map

_VOID = 255
_BETWEEN = "__"  # between video and frame in names of files, since there are no folders


def read_pascal_voc(path: Path) -> DataSet:
    """``SegmentationObject`` with ``Annotations``: the first object of a file is instance 1, and so on.

    The video is what ``folder`` says where names begin with it, else what is in front of the last ``__``;
    ``track_id`` tells which object of the video an instance is, and without one they are numbered.
    """
    videos: dict[str, list[tuple[str, Path]]] = {}
    for picture in sorted((path / "SegmentationObject").glob("*.png")):
        video, between, frame = picture.stem.rpartition(_BETWEEN)
        folder = _annotation(path, picture).findtext("folder") or ""
        if folder and picture.stem.startswith(folder + _BETWEEN):
            video, between, frame = folder, _BETWEEN, picture.stem[len(folder + _BETWEEN) :]
        videos.setdefault(video if between else path.name, []).append((frame, picture))
    annotations = Annotations()
    for name, frames in videos.items():
        first = read_label_map(frames[0][1])
        annotations.add_video(name, (first.shape[0], first.shape[1]), [frame for frame, _ in frames])
        for place, (_, picture) in enumerate(frames):
            label_map = read_label_map(picture)
            listed = _annotation(path, picture).findall("object")
            for instance in sorted({int(one) for one in np.unique(label_map)} - {0, _VOID}):
                told = listed[instance - 1] if instance <= len(listed) else ET.Element("object")
                number = int(told.findtext("track_id") or instance)
                annotations.add_track(name, number, category=told.findtext("name") or "")
                annotations.add_mask(name, number, place, label_map == instance)
    return annotations.data_set()


def write_pascal_voc(data: DataSet, path: Path) -> list[str]:
    """Instances are numbered on every frame by itself; ``track_id`` in the XML file is ours."""
    for folder in ("SegmentationObject", "SegmentationClass", "Annotations", "ImageSets/Segmentation"):
        (path / folder).mkdir(parents=True)
    categories, names, notes = data.categories, [], []
    for video_name, video in data:
        left_out = 0
        for frame, stem in enumerate(video.frames):
            name = f"{video_name}{_BETWEEN}{stem}"
            if f"{name}\n" in names:
                raise InputError(f"two frames would be called {name}: rename one of their videos")
            objects = np.zeros(video.size, np.uint8)
            classes = np.zeros(video.size, np.uint8)
            root = _root(video_name, name, video.size)
            for instance, (number, track, _, mask) in enumerate(video.masks(frame), start=1):
                category = track.category or "object"
                if instance >= _VOID or categories[category] >= _VOID:
                    left_out += 1
                    continue
                objects[mask], classes[mask] = instance, categories[category]
                x0, y0, x1, y1 = box_of(mask) or (0, 0, 1, 1)
                box = {
                    "xmin": x0 + 1,
                    "ymin": y0 + 1,
                    "xmax": x1,
                    "ymax": y1,
                }  # counted from 1, both included
                element = ET.SubElement(root, "object")
                _add(element, "name", category)
                _add(element, "track_id", str(number))
                _add(element, "difficult", "0")
                corners = ET.SubElement(element, "bndbox")
                for side, value in box.items():
                    _add(corners, side, str(value))
            write_label_map(path / "SegmentationObject" / f"{name}.png", objects)
            write_label_map(path / "SegmentationClass" / f"{name}.png", classes)
            tree = ET.ElementTree(root)
            ET.indent(tree)
            tree.write(path / "Annotations" / f"{name}.xml", "utf-8")
            names.append(f"{name}\n")
        if left_out:
            notes.append(f"{video_name}: {left_out} masks beyond 254 on a frame or in class are left out")
    (path / "ImageSets" / "Segmentation" / "val.txt").write_text("".join(names), "utf-8")
    return notes


def _annotation(path: Path, picture: Path) -> ET.Element:
    """What is listed of a picture; nothing where there is no list."""
    file = path / "Annotations" / f"{picture.stem}.xml"
    return ET.parse(file).getroot() if file.is_file() else ET.Element("annotation")  # noqa: S314


def _root(video: str, name: str, size: tuple[int, int]) -> ET.Element:
    root = ET.Element("annotation")
    _add(root, "folder", video)
    _add(root, "filename", f"{name}.jpg")
    picture = ET.SubElement(root, "size")
    _add(picture, "width", str(size[1]))
    _add(picture, "height", str(size[0]))
    _add(picture, "depth", "3")
    _add(root, "segmented", "1")
    return root


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def is_pascal_voc(path: Path) -> bool:
    """Whether a folder looks like it."""
    return (path / "SegmentationObject").is_dir()
