"""What is written is read again by others' libraries, or by readers written from the specifications."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray
from pycocotools import mask as coco
from pycocotools.coco import COCO

from tests.track_anything.masks.data_sets.drawn import full
from track_anything.masks.data_sets import FORMATS, write_data_set

Found = Iterator[tuple[int, str, Any, NDArray[Any]]]
"""Frame, category, id and mask; the category is empty and the id None where the form has none."""

FRAMES = full().videos["odd näme"].frames


def of_coco(path: Path) -> Found:
    read = COCO(str(path))
    tracks = {track["id"]: track["number"] for track in json.loads(path.read_text())["tracks"]}
    for annotation in read.loadAnns(read.getAnnIds()):
        image = read.loadImgs(annotation["image_id"])[0]
        mask = read.annToMask(annotation)
        assert annotation["area"] == mask.sum()
        assert annotation["bbox"] == coco.toBbox(read.annToRLE(annotation)).tolist()
        assert image["file_name"] == f"odd näme/{FRAMES[image['frame_id']]}.jpg"
        category = read.loadCats(annotation["category_id"])[0]["name"]
        yield image["frame_id"], category, tracks[annotation["track_id"]], mask


def of_ytvis(path: Path) -> Found:
    told = json.loads(path.read_text())
    (video,), names = told["videos"], {each["id"]: each["name"] for each in told["categories"]}
    assert video["file_names"] == [f"odd näme/{frame}.jpg" for frame in FRAMES]
    for annotation in told["annotations"]:
        parts = annotation["segmentations"], annotation["bboxes"], annotation["areas"]
        for frame, (rle, box, area) in enumerate(zip(*parts, strict=True)):
            if rle is not None:
                assert (coco.area(rle), coco.toBbox(rle).tolist()) == (area, box)
                yield frame, names[annotation["category_id"]], annotation["number"], coco.decode(rle)


def of_burst(path: Path) -> Found:
    told = json.loads(path.read_text())
    (sequence,), names = told["sequences"], {each["id"]: each["name"] for each in told["categories"]}
    for frame, segments in enumerate(sequence["segmentations"]):
        for track, segment in segments.items():
            rle = {"size": [sequence["height"], sequence["width"]], "counts": segment["rle"]}
            yield frame, names[sequence["track_category_ids"][track]], int(track), coco.decode(rle)


def of_sa_v(path: Path) -> Found:
    told = json.loads((path / "odd näme_manual.json").read_text())
    assert told["masklet_num"] == len(told["masklet_id"])
    for frame, segments in enumerate(told["masklet"]):
        for number, rle in zip(told["masklet_id"], segments, strict=True):
            if coco.area(rle):
                yield frame, "", number + 1, coco.decode(rle)


def of_mots(path: Path) -> Found:
    for line in (path / "odd näme.txt").read_text().splitlines():
        frame, identity, _, height, width, counts = line.split(" ")
        rle = {"size": [int(height), int(width)], "counts": counts}
        yield int(frame), "", int(identity) % 1000, coco.decode(rle)


def of_pngs(path: Path) -> Found:
    for frame, name in enumerate(FRAMES):
        with PIL.Image.open(path / f"{name}.png") as image:
            assert image.mode == "P"
            label_map = np.array(image)
        for number in np.unique(label_map[label_map > 0]):
            yield frame, "", int(number), label_map == number


def of_davis(path: Path) -> Found:
    return of_pngs(path / "Annotations" / "Full-Resolution" / "odd näme")


def of_youtube_vos(path: Path) -> Found:
    objects = json.loads((path / "meta.json").read_text())["videos"]["odd näme"]["objects"]
    for frame, _, number, mask in of_pngs(path / "Annotations" / "odd näme"):
        assert FRAMES[frame] in objects[str(number)]["frames"]
        yield frame, objects[str(number)]["category"], number, mask


def of_labelme(path: Path) -> Found:
    for frame, name in enumerate(FRAMES):
        told = json.loads((path / "odd näme" / f"{name}.json").read_text())
        for shape in told["shapes"]:
            (x0, y0), (x1, y1) = shape["points"]
            with PIL.Image.open(io.BytesIO(base64.b64decode(shape["mask"]))) as image:
                part = np.array(image)
            mask = np.zeros((told["imageHeight"], told["imageWidth"]), bool)
            mask[y0 : y1 + 1, x0 : x1 + 1] = part
            yield frame, shape["label"], shape["group_id"], mask


def of_cvat(path: Path) -> Found:
    root = ET.parse(path / "odd näme.xml").getroot()  # noqa: S314 - our own
    size = root.find("meta/task/original_size")
    assert size is not None
    for track in root.findall("track"):
        for element in track.findall("mask"):
            if element.get("outside") == "1":
                continue
            left, top, width, _ = (int(element.get(key, "")) for key in ("left", "top", "width", "height"))
            mask = np.zeros((int(size.findtext("height", "")), int(size.findtext("width", ""))), bool)
            place = 0
            for index, run in enumerate(map(int, element.get("rle", "").split(","))):
                for pixel in range(place, place + run):
                    mask[top + pixel // width, left + pixel % width] = index % 2 == 1
                place += run
            yield int(element.get("frame", "")), track.get("label", ""), int(track.get("id", "")) + 1, mask


def of_label_studio(path: Path) -> Found:
    for frame, task in enumerate(json.loads(path.read_text())):
        for result in task["annotations"][0]["result"]:
            rgba = unpacked_brush(result["value"]["rle"])
            shape = result["original_height"], result["original_width"], 4
            label = result["value"]["brushlabels"][0]
            yield frame, label, result["meta"]["number"], np.reshape(rgba, shape)[:, :, 3] > 0


def unpacked_brush(data: list[int]) -> list[int]:
    """The bytes behind the packed run lengths of rle-pack, bit by bit as its description has them."""
    text = "".join(f"{byte:08b}" for byte in data)
    place = 0

    def take(width: int) -> int:
        nonlocal place
        place += width
        return int(text[place - width : place], 2)

    count, word = take(32), take(5) + 1
    widths = [take(4) + 1 for _ in range(4)]
    out: list[int] = []
    while len(out) < count:
        is_run, length = take(1), take(widths[take(2)]) + 1
        out += [take(word)] * length if is_run else [take(word) for _ in range(length)]
    return out


def of_pascal_voc(path: Path) -> Found:
    for frame, name in enumerate(FRAMES):
        with PIL.Image.open(path / "SegmentationObject" / f"odd näme__{name}.png") as image:
            instances = np.array(image)
        root = ET.parse(path / "Annotations" / f"odd näme__{name}.xml").getroot()  # noqa: S314 - our own
        for instance, element in enumerate(root.findall("object"), start=1):
            mask = instances == instance
            rows, columns = np.nonzero(mask)
            box = [int(element.findtext(f"bndbox/{side}", "")) for side in ("xmin", "ymin", "xmax", "ymax")]
            assert box == [columns.min() + 1, rows.min() + 1, columns.max() + 1, rows.max() + 1]
            yield frame, element.findtext("name", ""), int(element.findtext("track_id", "")), mask


READERS: dict[str, Callable[[Path], Found]] = {
    "coco": of_coco,
    "ytvis": of_ytvis,
    "burst": of_burst,
    "sa-v": of_sa_v,
    "mots": of_mots,
    "davis": of_davis,
    "youtube-vos": of_youtube_vos,
    "labelme": of_labelme,
    "cvat": of_cvat,
    "label-studio": of_label_studio,
    "pascal-voc": of_pascal_voc,
}


def test_every_form_but_that_of_polygons_has_such_a_reader() -> None:
    assert FORMATS.keys() - READERS.keys() == {"yolo"}


@pytest.mark.parametrize("form", READERS)
def test_others_read_the_masks_that_were_written(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"data{FORMATS[form].suffix}"
    write_data_set(full(), path, form)
    video = full().videos["odd näme"]
    found = {(frame, number): (category, mask) for frame, category, number, mask in READERS[form](path)}
    most = 254 if form == "pascal-voc" else 255  # told as a loss
    assert found.keys() == {(frame, number) for frame in (1, 3) for number in range(1, most + 1)}
    for (frame, number), (category, mask) in found.items():
        assert category in ("", video.tracks[number].category)
        np.testing.assert_array_equal(mask > 0, video.mask(frame, number))
