"""The commands that need no click."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.conftest import Run
from track_anything.cli import steps
from track_anything.masks import read_label_map
from track_anything.masks.rle import decode_rle
from track_anything.models.detector import Detection, YoloxDetector
from track_anything.testing import MovingShapes, fake_models
from track_anything.types import Image

CLIP = MovingShapes(frame_count=6, height=40, width=60, shapes=2)


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A detector that takes red discs for people and green ones for dogs, and those for sure from frame 2."""

    def detect(
        self: YoloxDetector, image: Image, *, names: list[str] = (), least: float = 0.3
    ) -> list[Detection]:
        found = []
        for name, channel in (("person", 0), ("dog", 1)):
            rows, columns = np.nonzero(image[:, :, channel] > 180)
            if name in names and rows.size and (name == "person" or image[0, 0, 0] > 120 or least < 0.2):
                box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
                found.append(Detection(name, 0.8, tuple(map(float, box))))
        return found

    monkeypatch.setattr(YoloxDetector, "detect", detect)
    monkeypatch.setattr(steps, "load_models", lambda **options: fake_models())
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Two discs; the corner is bright from frame 2 on."""
    folder = tmp_path / "clip"
    folder.mkdir()
    for frame in range(len(CLIP)):
        image = CLIP.frame(frame)
        image[0, 0] = 130 if frame >= 2 else 100
        PIL.Image.fromarray(image).save(folder / f"{frame:05}.png")
    return folder


def test_every_person_is_detected_and_tracked(clip: Path, run: Run, tmp_path: Path) -> None:
    code, out, err = run("track", clip, "--detect", "person", "--out", "out")
    assert (code, "object 1 is person (score 0.80)" in out) == (0, True), err
    for frame in range(6):
        mask = read_label_map(tmp_path / "out" / "masks" / f"{frame:05}.png")
        np.testing.assert_array_equal(mask, CLIP.label_map(frame) == 1)


def test_who_comes_in_later_is_tracked_from_there(clip: Path, run: Run, tmp_path: Path) -> None:
    code, out, err = run("track", clip, "--detect", "people, dogs", "--find-every", 2, "--out", "out")
    assert code == 0, err
    assert "frame 0: object 1 is person" in out
    assert "frame 2: object 2 is dog" in out
    assert out.count("object ") == 2, "nobody is found twice"
    for frame in range(6):
        mask = read_label_map(tmp_path / "out" / "masks" / f"{frame:05}.png")
        np.testing.assert_array_equal(mask, CLIP.label_map(frame))


def test_a_click_and_a_name_go_together(clip: Path, run: Run) -> None:
    x, y = CLIP.centre(0, 2)
    code, out, err = run("track", clip, "--click", f"{x},{y}", "--detect", "person", "--out", "out")
    assert (code, "object 2 is person" in out) == (0, True), err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--detect", "unicorn"], "unknown class 'unicorn'; choose one of"),
        (["--text", "a red car"], "unknown class 'a red car'; choose one of"),
        (["--detect", "dog"], "no dog was found on frame 0: look on another frame by --find-on N"),
        (["--detect", "dog", "--text", "cat"], "leave one out"),
        (["--detect", "dog", "--find-on", "9"], "frame 9"),
        (["--detect", "person", "--find-every", "2", "--at-cut", "stop"], "--find-every"),
        (["--detect", "person", "--locator-weights", "none.onnx"], "none.onnx is not there"),
        (["--detect", "person", "--least-score", "2"], "no share"),
        ([], "no object was pointed at"),
    ],
)
def test_what_cannot_be_looked_for_is_one_line(
    clip: Path, run: Run, options: list[str], message: str
) -> None:
    code, _, err = run("track", clip, *options, "--out", "out")
    assert (code, message in err, err.count("\n")) == (2, True, 1), err
    assert not Path("out").exists()


def test_boxes_of_a_detector_become_masks_of_pictures(clip: Path, run: Run, tmp_path: Path) -> None:
    code, out, err = run("boxes", clip, "--detect", "person,dog", "--least-score", 0.1, "--out", "out")
    assert (code, "12 masks on 6 pictures" in out) == (0, True), err
    rows = json.loads((tmp_path / "out" / "instances.json").read_text("utf-8"))
    for row in rows:
        mask = decode_rle(row["segmentation"]["counts"], tuple(row["segmentation"]["size"]))
        object_id = {1: 1, 18: 2}[row["category_id"]]
        np.testing.assert_array_equal(mask, CLIP.label_map(row["image_id"]) == object_id)
        x, y, width, height = row["bbox"]
        assert mask[y : y + height, x : x + width].sum() == mask.sum()
    assert (tmp_path / "out" / "00003.jpg").is_file()


def test_given_boxes_become_masks_with_their_scores(clip: Path, run: Run, tmp_path: Path) -> None:
    x, y = CLIP.centre(3, 2)
    box = [x - CLIP.radius, y - CLIP.radius, 2 * CLIP.radius, 2 * CLIP.radius]
    given = [{"image_id": 3, "category_id": 44, "bbox": box, "score": 0.125}]
    (tmp_path / "given.json").write_text(json.dumps(given), "utf-8")
    picture = clip / "00003.png"
    code, _, err = run("boxes", picture, "--detections", "given.json", "--passes", 1)
    assert code == 0, err
    (row,) = json.loads((tmp_path / "00003-boxes" / "instances.json").read_text("utf-8"))
    assert (row["image_id"], row["category_id"], row["score"]) == (3, 44, 0.125)
    np.testing.assert_array_equal(decode_rle(row["segmentation"]["counts"], (40, 60)), CLIP.label_map(3) == 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--detections FILE, --detect or --text"),
        (["--detect", "dog", "--detections", "x.json"], "in one way"),
        (["--detections", "none.json"], "none.json cannot be read"),
        (["--detect", "dog", "--out", "clip"], "exists already"),
    ],
)
def test_boxes_without_boxes_is_one_line(clip: Path, run: Run, options: list[str], message: str) -> None:
    code, _, err = run("boxes", clip, *options)
    assert (code, message in err, err.count("\n")) == (2, True, 1), err


def test_pictures_that_are_not_there_are_one_line(run: Run, tmp_path: Path) -> None:
    code, _, err = run("boxes", "nowhere", "--detect", "dog")
    assert (code, "nowhere is not there" in err) == (2, True)
    (tmp_path / "empty").mkdir()
    code, _, err = run("boxes", "empty", "--detect", "dog")
    assert (code, "holds no picture" in err) == (2, True)


def test_edges_are_written_at_the_size_of_the_picture(clip: Path, run: Run, tmp_path: Path) -> None:
    code, out, err = run("edges", clip / "00000.png", "--points", 6)
    assert (code, "edges of 1 pictures" in out) == (0, True), err
    edges = np.array(PIL.Image.open(tmp_path / "00000-edges" / "00000.png"))
    assert (edges.shape, edges.max()) == ((40, 60), 255)


def test_proposals_are_written_with_their_ranks(clip: Path, run: Run, tmp_path: Path) -> None:
    code, out, err = run("proposals", clip / "00000.png", "--points", 12, "--out", "found")
    assert code == 0, err
    rows = json.loads((tmp_path / "found" / "proposals.json").read_text("utf-8"))
    masks = [decode_rle(row["segmentation"]["counts"], (40, 60)) for row in rows]
    assert any(np.array_equal(mask, CLIP.label_map(0) == 1) for mask in masks)
    assert f"{len(rows)} proposals" in out
    assert (tmp_path / "found" / "00000.jpg").is_file()


@pytest.fixture
def twins(tmp_path: Path, run: Run) -> str:
    """A project in which one of two red discs is tracked."""
    clip = MovingShapes(frame_count=3, height=160, width=240, shapes=2)
    folder = tmp_path / "twins"
    folder.mkdir()
    for frame in range(len(clip)):
        image = clip.frame(frame)
        image[clip.label_map(frame) == 2] = (190, 60, 50)  # which the fake tracker tells from the other
        PIL.Image.fromarray(image).save(folder / f"{frame:05}.png")
    mask = tmp_path / "mask.png"
    PIL.Image.fromarray((clip.label_map(0) == 1).astype(np.uint8) * 255).save(mask)
    code, _, err = run("track", folder, "--object", "cup", "--mask", mask, "--out", "tracked")
    assert code == 0, err
    return "tracked"


def test_what_is_like_an_object_is_listed_and_then_taken(twins: str, run: Run, tmp_path: Path) -> None:
    code, listed, err = run("find-like", twins, "--least-score", 0.2, "--picture", "alike.png")
    assert (code, listed.startswith("1: frame 0, score ")) == (0, True), err
    assert (tmp_path / "alike.png").is_file()
    code, _, err = run("find-like", twins, "--least-score", 0.2, "--take", 1)
    assert code == 0, err
    clip = MovingShapes(frame_count=3, height=160, width=240, shapes=2)
    first = read_label_map(tmp_path / "tracked" / "masks" / "00000.png")
    np.testing.assert_array_equal(first == 2, clip.label_map(0) == 2)
    assert (read_label_map(tmp_path / "tracked" / "masks" / "00002.png") == 2).any(), "and it is tracked"
    code, out, _ = run("find-like", twins, "--least-score", 0.2, "--unlike", 2)
    assert (code, "nothing else on frame 0" in out) == (0, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--object-id", "7"], "object 7"),
        (["--find-on", "40"], "frame 40"),
        (["--take", "9"], "there is no number 9 in the list"),
        (["--take", "0"], "give all, or numbers like 1,3"),
        (["--find-every", "2"], "--find-every looks on many frames"),
        (["--picture", "alike.xyz"], "end its name with .jpg or .png"),
    ],
)
def test_what_cannot_be_like_anything_is_one_line(
    twins: str, run: Run, options: list[str], message: str
) -> None:
    code, _, err = run("find-like", twins, "--least-score", 0.2, *options)
    assert (code, message in err, err.count("\n")) == (2, True, 1), err
