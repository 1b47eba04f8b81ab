"""CVAT for video: an XML file for each video, with a mask for each frame of a track, cut to its box."""

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET  # expat itself refuses what would grow without end

import numpy as np

from track_anything.masks.arrays import box_of
from track_anything.masks.data_sets.data_set import AnnotatedVideo, Annotations, DataSet
from track_anything.masks.rle import polygon_mask
from track_anything.types import Mask

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def read_cvat(path: Path) -> DataSet:
    """One file, or a folder of them; masks, polygons and boxes, of every frame as CVAT writes them."""
    annotations = Annotations()
    for file in sorted(path.glob("*.xml")) if path.is_dir() else [path]:
        root = ET.parse(file).getroot()  # noqa: S314 - see above
        task = next(
            (found for kind in ("task", "job") if (found := root.find(f"meta/{kind}")) is not None), None
        )
        if task is None:
            raise ValueError("it has no task")
        name = task.findtext("name") or file.stem
        size = (int(_text(task, "original_size/height")), int(_text(task, "original_size/width")))
        stems = [each.text or "" for each in task.findall("frame_names/frame")]
        count = int(_text(task, "size"))
        annotations.add_video(name, size, stems or [f"{place:05d}" for place in range(count)])
        for label in task.findall("labels/label"):
            if _COLOUR.fullmatch(told_colour := label.findtext("color") or ""):
                red, green, blue = bytes.fromhex(told_colour[1:])
                annotations.colours[label.findtext("name") or ""] = (red, green, blue)
        for track in root.findall("track"):
            number = int(track.attrib["id"]) + 1
            told = {each.get("name", ""): each.text or "" for each in track.iter("attribute")}
            annotations.add_track(name, number, told.pop("name", ""), track.attrib["label"])
            annotations.describe(name, number, told)
            for shape in track:
                if shape.get("outside") != "1" and shape.tag in _SHAPES:
                    mask = _SHAPES[shape.tag](shape, size)
                    annotations.add_mask(name, number, int(shape.attrib["frame"]), mask)
    return annotations.data_set()


def write_cvat(data: DataSet, path: Path) -> list[str]:
    """``VIDEO.xml`` for each; the attribute ``name`` is that of the object, ``frame_names`` is ours."""
    path.mkdir()
    for name, video in data:
        tree = ET.ElementTree(_root(name, video, data.colours))
        ET.indent(tree)
        tree.write(path / f"{name}.xml", "utf-8", xml_declaration=True)
    return []


def _root(name: str, video: AnnotatedVideo, colours: Mapping[str, tuple[int, int, int]]) -> ET.Element:
    root = ET.Element("annotations")
    _add(root, "version", "1.1")
    task = ET.SubElement(ET.SubElement(root, "meta"), "task")
    _add(task, "name", name)
    _add(task, "size", str(len(video.frames)))
    _add(task, "mode", "interpolation")
    labels = ET.SubElement(task, "labels")
    for category in sorted({track.category or "object" for track in video.tracks.values()}):
        label = ET.SubElement(labels, "label")
        _add(label, "name", category)
        if category in colours:
            _add(label, "color", f"#{bytes(colours[category]).hex()}")
        _add(label, "type", "mask")
        own = (
            track.attributes for track in video.tracks.values() if (track.category or "object") == category
        )
        attributes = ET.SubElement(label, "attributes")
        for told in ("name", *sorted({each for one in own for each in one} - {"name"})):
            attribute = ET.SubElement(attributes, "attribute")
            _add(attribute, "name", told)
            _add(attribute, "mutable", "False")
            _add(attribute, "input_type", "text")
    size = ET.SubElement(task, "original_size")
    _add(size, "width", str(video.size[1]))
    _add(size, "height", str(video.size[0]))
    frames = ET.SubElement(task, "frame_names")
    for stem in video.frames:
        _add(frames, "frame", stem)
    for number, track in sorted(video.tracks.items()):
        element = ET.SubElement(
            root, "track", id=str(number - 1), label=track.category or "object", source="auto"
        )
        was_there = False
        for frame in range(len(video.frames)):
            is_there = frame in track.segments
            if is_there or was_there:
                mask = video.mask(frame, number) if is_there else np.ones((1, 1), np.bool_)
                shape = _shape(frame, mask, is_outside=not is_there)
                if track.name:
                    _add(shape, "attribute", track.name).set("name", "name")
                for told, value in track.attributes.items():
                    if told != "name":
                        _add(shape, "attribute", value).set("name", told)
                element.append(shape)
            was_there = is_there
    return root


def _shape(frame: int, mask: Mask, *, is_outside: bool) -> ET.Element:
    x0, y0, x1, y1 = box_of(mask) or (0, 0, 1, 1)
    return ET.Element(
        "mask",
        frame=str(frame),
        keyframe="1",
        outside=str(int(is_outside)),
        occluded="0",
        rle=", ".join(map(str, row_runs(mask[y0:y1, x0:x1]))),
        left=str(x0),
        top=str(y0),
        width=str(x1 - x0),
        height=str(y1 - y0),
        z_order="0",
    )


def row_runs(mask: Mask) -> list[int]:
    """Lengths of the runs along the rows of an (H, W) mask, of unset and set pixels in turn."""
    flat = mask.ravel()
    changes = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    return [0, *runs] if flat.size and flat[0] else runs


def _of_mask(shape: ET.Element, size: tuple[int, int]) -> Mask:
    left, top, width, height = (int(shape.attrib[key]) for key in ("left", "top", "width", "height"))
    runs = [int(each) for each in shape.attrib["rle"].split(",")]
    if min(runs) < 0 or sum(runs) != width * height or left < 0 or top < 0:
        raise ValueError("the runs of a mask do not fill its box")
    part = np.repeat(np.arange(len(runs)) % 2 > 0, runs).reshape(height, width)
    mask = np.zeros(size, np.bool_)
    place = mask[top : top + height, left : left + width]
    place[:] = part[: place.shape[0], : place.shape[1]]
    return mask


def _of_polygon(shape: ET.Element, size: tuple[int, int]) -> Mask:
    corners = [float(value) for point in shape.attrib["points"].split(";") for value in point.split(",")]
    return polygon_mask([corners], size)


def _of_box(shape: ET.Element, size: tuple[int, int]) -> Mask:
    x0, y0, x1, y1 = (float(shape.attrib[key]) for key in ("xtl", "ytl", "xbr", "ybr"))
    return polygon_mask([[x0, y0, x1, y0, x1, y1, x0, y1]], size)


_SHAPES = {"mask": _of_mask, "polygon": _of_polygon, "box": _of_box}


def _add(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = text
    return element


def _text(parent: ET.Element, path: str) -> str:
    found = parent.findtext(path)
    if found is None:
        raise ValueError(f"it has no {path}")
    return found


def is_cvat(path: Path) -> bool:
    """Whether a file, or the first one in a folder, looks like it."""
    file = path if path.is_file() else next(iter(sorted(path.glob("*.xml"))), None)
    if file is None or file.suffix != ".xml":
        return False
    with file.open("rb") as opened:
        return b"<annotations" in opened.read(400)
