"""Masks as other programs keep them, each recognised by the stated rule and said before it is taken."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import PIL.Image
import pytest

from tests.track_anything.drawn_frames import draw
from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.importing import HowToRead, Import, inspect_masks
from track_anything.masks import DAVIS_PALETTE, iou
from track_anything.masks.rle import encode_rle
from track_anything.project import Project
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models
from track_anything.types import Mask

CLIP = MovingShapes(frame_count=4, height=64, width=96, shapes=2)
FRAMES = range(4)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    source = draw(tmp_path / "frames", CLIP)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        yield session


@pytest.fixture
def project(session: Session) -> Project:
    return session.project


def truth(frame: int, object_id: int | None = None) -> Mask:
    label_map = CLIP.label_map(frame)
    return label_map > 0 if object_id is None else label_map == object_id


def saved(folder: Path, picture: Callable[[int], Any], suffix: str = ".png", **options: Any) -> Path:
    folder.mkdir(parents=True)
    for frame in FRAMES:
        image = picture(frame)
        image = image if isinstance(image, PIL.Image.Image) else PIL.Image.fromarray(image)
        image.save(folder / f"{frame:05}{suffix}", **options)
    return folder


def grey(frame: int) -> np.ndarray:
    return np.where(truth(frame), 255, 0).astype(np.uint8)


def smooth(frame: int) -> np.ndarray:
    return cv2.GaussianBlur(grey(frame), (0, 0), 1.5)


def coloured(frame: int) -> np.ndarray:
    return np.array([[0, 0, 0], [255, 0, 0], [0, 0, 255]], np.uint8)[CLIP.label_map(frame)]


def cutout(frame: int) -> np.ndarray:
    return np.dstack([CLIP.frame(frame), smooth(frame)])


ONE_OBJECT: list[tuple[str, Callable[[Path], Path], str]] = [
    ("binary", lambda path: saved(path, grey), "black and white"),
    ("binary_rgb", lambda path: saved(path, lambda f: np.dstack([grey(f)] * 3)), "black and white"),
    ("one_bit", lambda path: saved(path, lambda f: PIL.Image.fromarray(truth(f))), "black and white"),
    ("soft_edges", lambda path: saved(path, smooth), "cut at half"),
    ("soft_16_bit", lambda path: saved(path, lambda f: smooth(f).astype(np.uint16) * 257), "cut at half"),
    ("soft_rgb", lambda path: saved(path, lambda f: np.dstack([smooth(f)] * 3)), "cut at half"),
    ("jpeg", lambda path: saved(path, grey, ".jpg", quality=80), "cut at half"),
    ("cutout", lambda path: saved(path, cutout), "transparency"),
    (
        "grey_palette",
        lambda path: saved(path, lambda f: PIL.Image.fromarray(grey(f)).quantize(2)),
        "black and white",
    ),
]


@pytest.mark.parametrize(
    ("write", "meaning"), [case[1:] for case in ONE_OBJECT], ids=[c[0] for c in ONE_OBJECT]
)
def test_masks_of_one_object_are_one_object(
    project: Project, tmp_path: Path, write: Callable[[Path], Path], meaning: str
) -> None:
    masks = Import(project, write(tmp_path / "theirs"))
    assert meaning in masks.inspection.meaning
    masks.run()
    assert list(project.state.objects) == [1]
    for frame in FRAMES:
        assert iou(project.mask(frame, 1), truth(frame)) > 0.95


def with_void(frame: int) -> np.ndarray:
    label_map = CLIP.label_map(frame).copy()
    label_map[:3] = 255
    return label_map


def in_davis_colours(frame: int) -> np.ndarray:
    return DAVIS_PALETTE[CLIP.label_map(frame)]


def antialiased(frame: int) -> np.ndarray:
    return cv2.GaussianBlur(coloured(frame), (0, 0), 0.8)


def as_stack(path: Path) -> Path:
    pages = [PIL.Image.fromarray(CLIP.label_map(frame)) for frame in FRAMES]
    pages[0].save(path.with_suffix(".tif"), save_all=True, append_images=pages[1:])
    return path.with_suffix(".tif")


def as_array(make: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        np.save(path.with_suffix(".npy"), make(np.stack([CLIP.label_map(frame) for frame in FRAMES])))
        return path.with_suffix(".npy")

    return write


def as_zipped_array(path: Path) -> Path:
    np.savez_compressed(path.with_suffix(".npz"), np.stack([CLIP.label_map(frame) for frame in FRAMES]))
    return path.with_suffix(".npz")


TWO_OBJECTS: list[tuple[str, Callable[[Path], Path], float]] = [
    ("labels", lambda path: saved(path, CLIP.label_map), 1),
    ("rgb", lambda path: saved(path, coloured), 1),
    ("rgb_antialiased", lambda path: saved(path, antialiased), 0.85),
    ("rgb_jpeg", lambda path: saved(path, coloured, ".jpg", quality=90), 0.85),
    ("davis_colours", lambda path: saved(path, in_davis_colours), 1),
    ("void_label", lambda path: saved(path, with_void), 0.8),
    ("spread_greys", lambda path: saved(path, lambda f: CLIP.label_map(f) * np.uint8(127)), 1),
    ("16_bit_ids", lambda path: saved(path, lambda f: CLIP.label_map(f).astype(np.uint16) * 1000), 1),
    ("stack", as_stack, 1),
    ("array_t1hw", as_array(lambda maps: maps[:, None].astype(np.int64)), 1),
    ("array_thw1", as_array(lambda maps: maps[..., None]), 1),
    ("array_one_hot", as_array(lambda maps: np.stack([maps == 1, maps == 2], axis=1)), 1),
    ("array_probabilities", as_array(lambda m: np.stack([m == 1, m == 2], 1).astype(np.float32) * 0.9), 1),
    ("array_minus_one", as_array(lambda maps: np.where(maps, maps.astype(np.int16), -1)), 1),
    ("array_colours", as_array(lambda m: np.array([[0] * 3, [9, 0, 0], [0, 9, 0]], np.uint8)[m]), 1),
    ("npz", as_zipped_array, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("write", "least"), [case[1:] for case in TWO_OBJECTS], ids=[c[0] for c in TWO_OBJECTS]
)
def test_masks_of_two_objects_are_two_objects(
    project: Project, tmp_path: Path, write: Callable[[Path], Path], least: float
) -> None:
    Import(project, write(tmp_path / "theirs")).run()
    assert list(project.state.objects) == [1, 2]
    for frame in FRAMES:
        found = {iou(project.mask(frame, object_id), truth(frame, 1)): object_id for object_id in (1, 2)}
        other = 3 - found[max(found)]
        assert max(found) >= least
        assert iou(project.mask(frame, other), truth(frame, 2)) >= least


def test_the_void_is_said_and_is_nobodys(project: Project, tmp_path: Path) -> None:
    masks = Import(project, saved(tmp_path / "theirs", with_void))
    assert "255 is void" in masks.inspection.meaning
    masks.run()
    assert not project.label_map(0)[:3].any()


def test_a_reading_can_be_said(project: Project, tmp_path: Path) -> None:
    folder = saved(tmp_path / "theirs", smooth)
    noise = saved(
        tmp_path / "noise",
        lambda f: np.random.default_rng(f).integers(0, 300, (64, 96)).astype(np.uint16),
    )
    with pytest.raises(InputError, match=r"--as soft"):
        inspect_masks(project, noise, how=HowToRead("labels"))
    assert len(inspect_masks(project, folder, how=HowToRead("labels")).objects) > 50
    assert len(inspect_masks(project, folder, how=HowToRead("soft")).objects) == 1


def as_video(path: Path, picture: Callable[[int], np.ndarray], codec: str, pixel_format: str) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width, stream.pix_fmt = 64, 96, pixel_format
        for frame in FRAMES:
            pixels = picture(frame)
            kind = "gray" if pixels.ndim == 2 else "rgb24"
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format=kind)))
        container.mux(stream.encode())
    return path


def test_a_video_of_masks_is_read(project: Project, tmp_path: Path) -> None:
    path = as_video(tmp_path / "mask.mp4", smooth, "libx264", "yuv420p")
    masks = Import(project, path)
    assert "video" in masks.inspection.kind
    masks.run()
    assert list(project.state.objects) == [1]
    for frame in FRAMES:
        assert iou(project.mask(frame, 1), truth(frame)) > 0.9


def test_a_video_of_masks_in_colour_is_read(project: Project, tmp_path: Path) -> None:
    Import(project, as_video(tmp_path / "mask.mp4", coloured, "libx264", "yuv420p")).run()
    assert list(project.state.objects) == [1, 2]
    found = max(iou(project.mask(2, object_id), truth(2, 1)) for object_id in (1, 2))
    assert found > 0.8


def coco(path: Path, annotations: list[dict[str, Any]], **more: Any) -> Path:
    images = [{"id": f + 1, "file_name": f"{f:05}.png", "width": 96, "height": 64} for f in FRAMES]
    content = {"images": images, "categories": [{"id": 1, "name": "ball"}], "annotations": annotations}
    path.write_text(json.dumps(content | more))
    return path


def rle(mask: Mask) -> dict[str, Any]:
    return {"size": [64, 96], "counts": encode_rle(mask)}


def annotations(**more: Callable[[int], Any]) -> list[dict[str, Any]]:
    return [
        {"id": 2 * f + o, "image_id": f + 1, "category_id": 1, "segmentation": rle(truth(f, o))}
        | {key: value(o) for key, value in more.items()}
        for f in FRAMES
        for o in (1, 2)
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"track_id": lambda o: o},
        {"attributes": lambda o: {"track_id": o + 40}},
        {"instance_id": lambda o: f"person-{o}"},
    ],
)
def test_case_two_instances_of_a_category_are_two_objects(
    project: Project, tmp_path: Path, more: Any
) -> None:
    Import(project, coco(tmp_path / "a.json", annotations(**more))).run()
    assert len(project.state.objects) == 2
    assert all(name.startswith("ball ") for name in project.state.objects.values())
    first, second = project.state.objects
    for frame in FRAMES:
        np.testing.assert_array_equal(project.mask(frame, first), truth(frame, 1))
        np.testing.assert_array_equal(project.mask(frame, second), truth(frame, 2))


def test_instances_that_nothing_tells_apart_are_refused_or_joined(project: Project, tmp_path: Path) -> None:
    path = coco(tmp_path / "a.json", annotations())
    with pytest.raises(InputError, match=r"several masks of category ball, and no track_id .*--join"):
        Import(project, path)
    Import(project, path, how=HowToRead(joins_instances=True)).run()
    assert list(project.state.objects.values()) == ["ball"]
    np.testing.assert_array_equal(project.mask(1, 1), truth(1))


def test_coco_polygons_are_read(project: Project, tmp_path: Path) -> None:
    square = {"id": 1, "image_id": 2, "category_id": 1, "segmentation": [[10, 20, 40, 20, 40, 50, 10, 50]]}
    Import(project, coco(tmp_path / "a.json", [square])).run()
    expected = np.zeros((64, 96), bool)
    expected[20:50, 10:40] = True
    assert iou(project.mask(1, 1), expected) > 0.9
    assert project.state.frames_known(1) == {1}


def test_masks_of_youtube_vis_are_read(project: Project, tmp_path: Path) -> None:
    content = {
        "videos": [{"id": 1, "file_names": [f"clip/{f:05}.jpg" for f in FRAMES]}],
        "categories": [{"id": 1, "name": "ball"}],
        "annotations": [
            {"id": o, "category_id": 1, "segmentations": [*(rle(truth(f, o)) for f in FRAMES[:3]), None]}
            for o in (1, 2)
        ],
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(content))
    Import(project, tmp_path / "a.json").run()
    assert list(project.state.objects.values()) == ["ball 1", "ball 2"]
    np.testing.assert_array_equal(project.mask(2, 2), truth(2, 2))


LONG = "o" * 10_000_000


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ({"segmentation": {"size": [64, 96], "counts": LONG}}, "no such text|ends within a number"),
        ({"segmentation": {"size": [64, 96], "counts": "o" * 400}}, "ends within a number"),
        ({"segmentation": {"size": [64, 96], "counts": "o" * 400 + "0"}}, "a number that is too long"),
        ({"segmentation": {"size": [10**6, 10**6], "counts": [10**12]}}, "1000000 x 1000000 pixels but"),
        ({"segmentation": {"size": [64, 96], "counts": [10**30]}}, "whole numbers of pixels"),
        ({"segmentation": {"size": [64, 96], "counts": ["a"]}}, "whole numbers of pixels"),
        ({"segmentation": {"size": [64, 96], "counts": [5]}}, "hold 5 pixels"),
        ({"segmentation": {"size": "x"}}, "has no mask"),
        ({"segmentation": [[1e300, 0, 5, 5, 1, 9]]}, "far outside"),
        ({"segmentation": [[float("nan"), 0, 5, 5, 1, 9]]}, "far outside"),
        ({"segmentation": [["a", 0, 5, 5, 1, 9]]}, "has no mask"),
        ({"category_id": [1]}, "is no COCO file of masks"),
        ({"track_id": {}}, "is no COCO file of masks"),
        ({"image_id": 99}, "is of an image 99 not listed"),
        ({"image_id": {}}, "is no COCO file of masks"),
    ],
)  # fmt: skip
def test_fault_16_hostile_coco_is_one_line(
    project: Project, tmp_path: Path, annotation: Any, message: str
) -> None:
    whole = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": rle(truth(0))} | annotation
    with pytest.raises(InputError, match=message):
        Import(project, coco(tmp_path / "a.json", [whole]))
    assert project.state.edits == ()


def test_fault_16_deep_json_is_one_line(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 200_000 + "]" * 200_000)
    with pytest.raises(InputError, match="is no COCO file of masks"):
        Import(project, tmp_path / "a.json")


def test_fault_17_a_pipe_named_like_a_mask_is_not_waited_for(project: Project, tmp_path: Path) -> None:
    folder = saved(tmp_path / "theirs", CLIP.label_map)
    (folder / "00003.png").unlink()
    os.mkfifo(folder / "00003.png")
    assert len(Import(project, folder)) == 3
    with pytest.raises(InputError, match="is no file"):
        Import(project, folder / "00003.png")


def test_a_folder_for_each_object_is_read(project: Project, tmp_path: Path) -> None:
    for object_id, name in ((1, "dog"), (2, "cat")):
        saved(
            tmp_path / "theirs" / name, lambda f, o=object_id: np.where(truth(f, o), 255, 0).astype(np.uint8)
        )
    Import(project, tmp_path / "theirs").run()
    assert list(project.state.objects.values()) == ["cat", "dog"]
    np.testing.assert_array_equal(project.mask(3, 2), truth(3, 1))


def test_a_data_set_of_several_videos_wants_to_be_told_which(project: Project, tmp_path: Path) -> None:
    for name in ("bear", "bike"):
        saved(tmp_path / "set" / "Annotations" / "480p" / name, CLIP.label_map)
    with pytest.raises(InputError, match=r"several videos \(bear, bike\): give the folder of one"):
        Import(project, tmp_path / "set")
    saved(tmp_path / "set" / "Annotations" / "480p" / "frames", CLIP.label_map)  # named as our source is
    assert len(Import(project, tmp_path / "set")) == 4


def test_case_names_one_based_masks_go_to_the_images_of_their_names(tmp_path: Path) -> None:
    names = [f"frame_{number + 1:04}.png" for number in FRAMES]
    (tmp_path / "frames").mkdir()
    (tmp_path / "theirs").mkdir()
    for frame, name in zip(FRAMES, names, strict=True):
        PIL.Image.fromarray(CLIP.frame(frame)).save(tmp_path / "frames" / name)
        PIL.Image.fromarray(CLIP.label_map(frame)).save(tmp_path / "theirs" / name)
    (tmp_path / "theirs" / names[3]).unlink()
    with Session.create(tmp_path / "frames", tmp_path / "project", fake_models) as session:
        masks = Import(session.project, tmp_path / "theirs")
        assert "by the names of the source's images" in masks.inspection.match
        masks.run()
        for frame in FRAMES[:3]:
            np.testing.assert_array_equal(session.label_map(frame), CLIP.label_map(frame))


def test_the_command_says_first_what_it_would_do(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session.close()
    folder = saved(tmp_path / "theirs", coloured)
    assert main(["import", str(session.project.folder), str(folder), "--check"]) == 0
    said = capsys.readouterr().out
    assert "each of 2 colours but #000000 is an object" in said
    assert "by the names of the source's images: 00000.png for frame 0" in said
    assert "2 (#ff0000), on 4 frames, becomes a new object" in said
    with Project(session.project.folder, read_only=True) as project:
        assert project.state.objects == {}
