"""Every form of every scene at the edges, read back by other programs than the one that wrote it."""

import csv
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import av
import cv2
import numpy as np
import opentimelineio as otio
import PIL.Image
import pytest
from numpy.typing import NDArray
from pycocotools.coco import COCO

from tests.track_anything.export.alpha_reading import read
from tests.track_anything.export.exr_reading import channels_of, cryptomatte, read_channels, read_exr
from tests.track_anything.export.scenes import SCENES, Scene
from tests.track_anything.export.spline_reading import read_splines
from track_anything.export import EXPORTERS, manifest_path, write_manifest
from track_anything.masks import iou

HALF_STEP = 0.5 / 255 + 1e-6
TILE_WIDTH = 400


def made(scene: Scene, form: str, folder: Path, *, overwrite: bool = False) -> tuple[Path, tuple[str, ...]]:
    """Where the export is, and its notes."""
    path = folder / f"it{EXPORTERS[form].suffix}"
    exporter = EXPORTERS.build(form, scene.order(path, overwrite=overwrite))
    with exporter:
        for frame in scene.frames():
            exporter.write(frame, scene.image(frame), scene.label_map(frame))
    return path, exporter.notes


def pixels_of(path: Path, mode: str) -> NDArray[Any]:
    with PIL.Image.open(path) as image:
        assert image.mode == mode
        return np.array(image)


def frame_names(scene: Scene, suffix: str = ".png") -> list[str]:
    return [f"{frame:05}{suffix}" for frame in scene.frames()]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def check_label_maps(folder: Path, scene: Scene) -> None:
    assert names_in(folder) == frame_names(scene)
    for frame, name in enumerate(frame_names(scene)):
        np.testing.assert_array_equal(pixels_of(folder / name, "P"), scene.label_map(frame))


def object_folders(folder: Path, scene: Scene) -> dict[int, Path]:
    """The folder of every object, named so that every file system takes it."""
    found = {int(path.name[:3]): path for path in folder.iterdir()}
    assert sorted(found) == sorted(scene.names)
    assert len(names_in(folder)) == len(scene.names)
    for object_id, path in found.items():
        assert path.name[3] == "-"
        assert path.name.rstrip(". ") == path.name, "Windows drops these"
        assert not set(path.name) & set('<>:"/\\|?*\n')
        assert len(path.name.encode()) <= 255
        letters = "".join(each for each in scene.names[object_id] if each.isalnum())
        assert letters.startswith("".join(each for each in path.name[4:] if each.isalnum())) or not letters
        assert names_in(path) == frame_names(scene)
    return found


def check_binary(folder: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    for object_id, place in object_folders(folder, scene).items():
        for frame, name in enumerate(frame_names(scene)):
            expected = np.where(scene.mask(frame, object_id), 255, 0)
            np.testing.assert_array_equal(pixels_of(place / name, "L"), expected)


def check_soft(folder: Path, scene: Scene, dtype: type, most: int) -> None:
    for object_id, place in object_folders(folder, scene).items():
        for frame, name in enumerate(frame_names(scene)):
            encoded = np.frombuffer((place / name).read_bytes(), np.uint8)
            pixels = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
            assert pixels.dtype == dtype
            error = np.abs(pixels / most - scene.probability(frame, object_id))
            assert error.max() <= 0.5 / most + 1e-6


def check_rgba(folder: Path, scene: Scene, *, premultiplied: bool) -> None:
    assert names_in(folder) == frame_names(scene)
    for frame, name in enumerate(frame_names(scene)):
        pixels = pixels_of(folder / name, "RGBA")
        assert np.abs(pixels[..., 3] / 255 - scene.alpha(frame)).max() <= HALF_STEP
        factor = pixels[..., 3:] / 255 if premultiplied else 1
        assert np.abs(pixels[..., :3] - scene.image(frame) * factor).max() <= (0.5 if premultiplied else 0)


def check_exr(folder: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    assert names_in(folder) == frame_names(scene, ".exr")
    for frame, name in enumerate(frame_names(scene, ".exr")):
        assert channels_of(folder / name) == dict.fromkeys("ABGR", "half")
        pixels, alpha = read_exr(folder / name), scene.alpha(frame)
        assert np.abs(pixels[..., 3] - alpha).max() <= 2.0**-12
        code = scene.image(frame) / 255
        light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
        assert np.abs(pixels[..., :3] - light * alpha[:, :, None]).max() <= 2.0**-12 + 1e-6


def check_data_set(folder: Path, scene: Scene, inside: str) -> str:
    """The frames and label maps of the one video; its name."""
    (video,) = names_in(folder / "Annotations" / inside)
    assert names_in(folder / "JPEGImages" / inside) == [video]
    assert video.strip(". ") == video != ""
    check_label_maps(folder / "Annotations" / inside / video, scene)
    images = folder / "JPEGImages" / inside / video
    assert names_in(images) == frame_names(scene, ".jpg")
    for frame, name in enumerate(frame_names(scene, ".jpg")):
        error = np.abs(pixels_of(images / name, "RGB").astype(int) - scene.image(frame))
        assert error.mean() < 12
    return video


def check_davis(folder: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    video = check_data_set(folder, scene, "Full-Resolution")
    assert (folder / "ImageSets/2017/val.txt").read_text("utf-8").splitlines() == [video]
    assert names_in(folder) == ["Annotations", "ImageSets", "JPEGImages"]


def check_youtube_vos(folder: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    video = check_data_set(folder, scene, "")
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    assert meta == {
        "videos": {
            video: {
                "objects": {
                    str(object_id): {
                        "category": name,
                        "frames": [f"{f:05}" for f in scene.frames() if scene.mask(f, object_id).any()],
                    }
                    for object_id, name in scene.names.items()
                }
            }
        }
    }
    assert names_in(folder) == ["Annotations", "JPEGImages", "meta.json"]


def check_coco(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    coco = COCO(str(path))
    assert {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())} == scene.names
    images = coco.loadImgs(sorted(coco.getImgIds()))
    assert [image["file_name"] for image in images] == frame_names(scene, ".jpg")
    assert {(image["height"], image["width"]) for image in images} == {scene.size}
    seen = set()
    for annotation in coco.loadAnns(coco.getAnnIds()):
        frame, object_id = annotation["image_id"] - 1, annotation["category_id"]
        seen.add((frame, object_id))
        np.testing.assert_array_equal(coco.annToMask(annotation) > 0, scene.mask(frame, object_id))
        assert annotation["score"] == scene.confidence(frame, object_id)
    assert seen == {(f, o) for f in scene.frames() for o in scene.names if scene.mask(f, o).any()}


def check_boxes(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    check_facts(
        scene,
        [
            {
                **{key: row[key] and int(row[key]) for key in ("frame", "object_id", "area")},
                **{key: row[key] and float(row[key]) for key in ("seconds", "confidence")},
                "name": row["name"],
                "box": row["x0"] and [int(row[key] or "") for key in ("x0", "y0", "x1", "y1")],
                "centroid": row["centroid_x"] and [float(row[f"centroid_{axis}"] or "") for axis in "xy"],
            }
            for row in rows
        ],
    )


def check_boxes_json(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    told = json.loads(path.read_text("utf-8"), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert (told["height"], told["width"]) == scene.size
    assert told["objects"] == {str(object_id): name for object_id, name in scene.names.items()}
    check_facts(scene, told["masks"])


def check_splines(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    """Tiny masks lose their corners, and how much is told."""
    told = json.loads(path.read_text("utf-8"))
    assert told["objects"] == {str(object_id): name for object_id, name in scene.names.items()}
    worst = min((float(note.split(" at worst")[0].split(" of ")[-1]) for note in notes), default=1)
    for frame in scene.frames():
        for object_id in scene.names:
            mask, found = scene.mask(frame, object_id), read_splines(path, frame, object_id)
            assert mask.any() == found.any()
            assert not mask.any() or iou(found, mask) >= worst - 0.1
    assert worst > 0.5


def check_facts(scene: Scene, facts: list[dict[str, Any]]) -> None:
    places = [(frame, object_id) for frame in scene.frames() for object_id in scene.names]
    assert [(one["frame"], one["object_id"]) for one in facts] == places
    for one in facts:
        frame, object_id = one["frame"], one["object_id"]
        assert one["name"] == scene.names[object_id]
        assert abs(one["seconds"] - frame / 25) < 1e-9
        mask, confidence = scene.mask(frame, object_id), scene.confidence(frame, object_id)
        assert one["area"] == mask.sum()
        assert one["confidence"] == (
            confidence if confidence is None else pytest.approx(confidence, abs=6e-5)
        )
        if not mask.any():
            assert one["box"] is None
            assert one["centroid"] is None
            continue
        x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
        assert one["box"] == [x, y, x + width, y + height]
        moments = cv2.moments(mask.astype(np.uint8), binaryImage=True)
        centre = [moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]]
        assert one["centroid"] == pytest.approx(centre, abs=0.0051)


def check_confidence(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = [(frame, object_id) for frame in scene.frames() for object_id in scene.names]
    assert [(int(row["frame"]), int(row["object_id"])) for row in rows] == places
    for row, (frame, object_id) in zip(rows, places, strict=True):
        standing = scene.standing(frame, object_id)
        confidence = "" if standing.confidence is None else f"{standing.confidence:.4f}"
        assert (row["name"], row["confidence"]) == (scene.names[object_id], confidence)
        assert (row["status"], row["reason"]) == (standing.status.value, standing.reason)
        assert (row["seconds"], row["refined"]) == (f"{frame / 25:.3f}", str(int(standing.is_refined)))


def check_video(path: Path, scene: Scene, *, alpha: float, colour: float | None) -> None:
    """Errors are at most so many parts of 255, as measured; VP9 has its largest along outlines."""
    frames = read(path)
    height, width = scene.size
    assert [frame.time * 25 for frame in frames] == list(scene.frames())
    for index, frame in enumerate(frames):
        if colour is not None:
            assert frame.alpha.shape == scene.size
            assert np.abs(frame.image.astype(int) - scene.image(index)).max() <= colour
        assert 255 * np.abs(frame.alpha[:height, :width] - scene.alpha(index)).max() <= alpha


def check_overlay(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    height, width = scene.size
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert [frame.pts * frame.time_base * 25 for frame in frames] == list(scene.frames())
    for index, frame in enumerate(frames):
        image = frame.to_ndarray(format="rgb24")
        assert image.shape == (height + height % 2, width + width % 2, 3)
        change = np.abs(image[:height, :width].astype(int) - scene.image(index)).mean(axis=2)
        is_object = scene.label_map(index) > 0
        is_far = cv2.dilate(is_object.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
        assert is_far.mean() < 0.1 or change[is_far].mean() < 8
        assert not is_object.any() or change[is_object].mean() > 30


def check_foreground(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    height, width = scene.size
    background = scene.order(path).background
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert [frame.pts * frame.time_base * 25 for frame in frames] == list(scene.frames())
    for index, frame in enumerate(frames):
        image = frame.to_ndarray(format="rgb24")[:height, :width].astype(int)
        is_object = scene.label_map(index) > 0
        is_far = cv2.dilate(is_object.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
        assert is_far.mean() < 0.1 or np.abs(image[is_far] - background).mean() < 8
        assert not is_object.any() or np.abs(image[is_object] - background).mean() > 30


def check_sheet(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    pixels = pixels_of(path, "RGB")
    height, width = scene.size
    tile_height = round(TILE_WIDTH * height / width)
    assert pixels.shape == (tile_height, TILE_WIDTH * scene.frame_count, 3)
    for frame in scene.frames():
        tile = pixels[:, frame * TILE_WIDTH : (frame + 1) * TILE_WIDTH]
        small = cv2.resize(tile, (width, height), interpolation=cv2.INTER_AREA)
        change = np.abs(small.astype(int) - scene.image(frame)).mean(axis=2)
        is_object = scene.label_map(frame) > 0
        assert np.median(change[~is_object]) < 8
        assert not is_object.any() or change[is_object].mean() > 30


def check_layers(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    for frame in scene.frames():
        header, channels = read_channels(path / f"{frame:05}.exr")
        layers = json.loads(str(header["trackAnything/objects"]))
        for layer, object_id in zip(layers, scene.names, strict=True):
            alpha = scene.probability(frame, object_id)
            np.testing.assert_allclose(channels[f"{layer}.A"], alpha, atol=2**-11)


def check_cryptomatte(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    for frame in scene.frames():
        coverage = cryptomatte(path / f"{frame:05}.exr")
        alphas = {o: scene.probability(frame, o) for o in scene.names}
        total = np.maximum(np.sum(list(alphas.values()), axis=0), 1)
        is_crowded = np.sum([alpha > 0 for alpha in alphas.values()], axis=0) > 6
        for found, alpha in zip(coverage.values(), alphas.values(), strict=True):
            np.testing.assert_allclose(found[~is_crowded], (alpha / total)[~is_crowded], atol=1e-5)


def check_fill_and_matte(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    for frame in scene.frames():
        matte = cv2.imread(str(path / "matte" / f"{frame:05}.png"), cv2.IMREAD_UNCHANGED)
        np.testing.assert_allclose(matte / 65535, scene.alpha(frame), atol=1e-5)
        fill = cv2.imread(str(path / "fill" / f"{frame:05}.png"), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(fill[:, :, ::-1] // 257, scene.image(frame))


def check_timeline(path: Path, scene: Scene, notes: tuple[str, ...]) -> None:
    """No markers in a scene; ``texts/test_timeline_texts.py`` reads those of timelines that have some."""
    text = path.read_text("utf-8")
    name = scene.source.encode(errors="replace").decode()
    assert name in text or json.dumps(name).strip('"') in text or quote(name) in text
    if path.suffix == ".edl":
        assert text.startswith("TITLE: ")
        return
    names = {".otio": "otio_json", ".fcpxml": "fcpx_xml", ".xml": "fcp_xml"}
    read = otio.adapters.read_from_string(text, names[path.suffix])
    timeline = read if isinstance(read, otio.schema.Timeline) else next(iter(read.find_children()))
    assert len(list(timeline.find_clips())) == 1


OF_FORMS = {"cryptomatte": ("seventh object",), "splines": ("the splines have an IoU",)}
"""Parts of what is told of all that some forms hold."""

CHECKS: dict[str, Callable[[Path, Scene, tuple[str, ...]], object]] = {
    "masks": lambda path, scene, notes: check_label_maps(path, scene),
    "binary": check_binary,
    "soft": lambda path, scene, notes: check_soft(path, scene, np.uint16, 65535),
    "soft-8": lambda path, scene, notes: check_soft(path, scene, np.uint8, 255),
    "rgba": lambda path, scene, notes: check_rgba(path, scene, premultiplied=False),
    "rgba-premultiplied": lambda path, scene, notes: check_rgba(path, scene, premultiplied=True),
    "exr": check_exr,
    "exr-layers": check_layers,
    "cryptomatte": check_cryptomatte,
    "fill-and-matte": check_fill_and_matte,
    "davis": check_davis,
    "youtube-vos": check_youtube_vos,
    "coco": check_coco,
    "boxes": check_boxes,
    "boxes-json": check_boxes_json,
    "splines": check_splines,
    "prores": lambda path, scene, notes: check_video(path, scene, alpha=0.18, colour=3),
    "vp9": lambda path, scene, notes: check_video(path, scene, alpha=12, colour=55),
    "png-mov": lambda path, scene, notes: check_video(path, scene, alpha=0.002, colour=0),
    "ffv1": lambda path, scene, notes: check_video(path, scene, alpha=0.002, colour=0),
    "matte": lambda path, scene, notes: check_video(path, scene, alpha=4, colour=None),
    "overlay": check_overlay,
    "foreground": check_foreground,
    "sheet": check_sheet,
    "confidence": check_confidence,
    "otio": check_timeline,
    "marker-edl": check_timeline,
    "fcpxml": check_timeline,
    "premiere-xml": check_timeline,
}


def test_every_form_is_read_back() -> None:
    assert list(CHECKS) == list(EXPORTERS)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own
@pytest.mark.parametrize("form", EXPORTERS)
@pytest.mark.parametrize("case", SCENES)
def test_what_is_read_back_is_what_was_given(tmp_path: Path, case: str, form: str) -> None:
    scene = SCENES[case]
    path, notes = made(scene, form, tmp_path)
    CHECKS[form](path, scene, notes)
    is_padded = scene.size == (33, 47) and form == "matte"
    assert any("even sizes" in note for note in notes) == is_padded
    assert any("keep alpha within" in note for note in notes) == (form in ("vp9", "matte"))
    told = ("even sizes", "keep alpha within", *OF_FORMS.get(form, ()))
    assert [note for note in notes if not any(part in note for part in told)] == []
    made(scene, form, tmp_path, overwrite=True)
    CHECKS[form](path, scene, notes)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes of any encoding on Linux alone")
@pytest.mark.parametrize("form", EXPORTERS)
def test_a_source_named_in_another_encoding_than_utf_8(tmp_path: Path, form: str) -> None:
    scene = replace(SCENES["one frame"], source=os.fsdecode("röte".encode("latin-1")))
    path, notes = made(scene, form, tmp_path)
    CHECKS[form](path, scene, notes)
    write_manifest(path, {"source": scene.source})
    assert json.loads(manifest_path(path).read_text("utf-8"))["source"] == "r?te"


def test_a_sheet_of_a_range_shows_frames_of_it_alone(tmp_path: Path) -> None:
    scene = replace(SCENES["odd size"], frame_count=60)
    order = replace(scene.order(tmp_path / "sheet.png"), frames=range(20, 25))
    with EXPORTERS.build("sheet", order) as exporter:
        for frame in range(20, 25):
            exporter.write(frame, scene.image(frame), scene.label_map(frame))
    height = round(TILE_WIDTH * 33 / 47)
    assert pixels_of(order.path, "RGB").shape == (2 * height, 4 * TILE_WIDTH, 3)
