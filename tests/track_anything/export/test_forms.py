"""Every form of a real project, read back by other programs than the one that wrote it."""

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from tests.track_anything.drawn_frames import draw
from track_anything.cli import main
from track_anything.errors import InputError, OutputError
from track_anything.export import EXPORTERS, ProjectMasks, manifest_path
from track_anything.export.extract import Extract
from track_anything.matting import SoftAlpha
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models
from track_anything.ui.exports import Delivery
from track_anything.ui.work import Work
from track_anything.ui.workspace import Entry

CLIP = MovingShapes(frame_count=4, height=33, width=47, shapes=2)  # odd sizes
NAMES = {1: "röte Kugel", 2: "a/b"}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Two objects; the second is not there on frame 2."""
    source = draw(tmp_path / "frames", CLIP)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        for name in NAMES.values():
            object_id = session.add_object(name)
            session.give_mask(frame=0, object_id=object_id, mask=CLIP.label_map(0) == object_id)
        session.track().run()
        session.give_mask(frame=2, object_id=2, mask=np.zeros((33, 47), bool))
        yield session


def made(session: Session, form: str, path: Path, **options: object) -> Path:
    session.export(form, path, **options).run()  # type: ignore[arg-type]
    return path


def test_binary_masks_lie_in_a_folder_for_every_object(session: Session, tmp_path: Path) -> None:
    folder = made(session, "binary", tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == ["001-röte Kugel", "002-a_b"]
    for object_id, name in enumerate(("001-röte Kugel", "002-a_b"), start=1):
        for frame in range(4):
            with PIL.Image.open(folder / name / f"{frame:05}.png") as image:
                assert image.mode == "L"
                pixels = np.array(image)
            assert set(np.unique(pixels)) <= {0, 255}
            np.testing.assert_array_equal(pixels > 0, session.project.mask(frame, object_id))
    assert len(list(folder.rglob("*.png"))) == 8


@pytest.mark.parametrize(("form", "most"), [("soft", 65535), ("soft-8", 255)])
def test_soft_masks_are_the_probabilities_to_half_a_step(
    session: Session, tmp_path: Path, form: str, most: int
) -> None:
    folder = made(session, form, tmp_path / "out")
    for frame in range(4):
        with PIL.Image.open(folder / "001-röte Kugel" / f"{frame:05}.png") as image:
            pixels = np.array(image).astype(np.float64)
        expected = session.project.probability(frame, 1)
        assert np.abs(pixels / most - expected).max() <= 0.5 / most + 1e-7
        assert pixels.max() == most


def test_a_cut_out_has_the_colours_of_the_source_and_the_alpha_of_the_objects(
    session: Session, tmp_path: Path
) -> None:
    straight, premultiplied = (
        made(session, form, tmp_path / form) for form in ("rgba", "rgba-premultiplied")
    )
    alphas = SoftAlpha(ProjectMasks(session.project), NAMES)
    for frame in range(4):
        alpha = alphas.together(frame, CLIP.frame(frame))
        with PIL.Image.open(straight / f"{frame:05}.png") as image:
            assert image.mode == "RGBA"
            pixels = np.array(image)
        np.testing.assert_array_equal(pixels[:, :, :3], CLIP.frame(frame))
        assert np.abs(pixels[:, :, 3] / 255 - alpha).max() <= 0.5 / 255 + 1e-7
        with PIL.Image.open(premultiplied / f"{frame:05}.png") as image:
            multiplied = np.array(image)
        np.testing.assert_array_equal(multiplied[:, :, 3], pixels[:, :, 3])
        expected = CLIP.frame(frame) * (pixels[:, :, 3:] / 255)
        assert np.abs(multiplied[:, :, :3] - expected).max() <= 0.5


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own
def test_pycocotools_reads_the_coco_file(session: Session, tmp_path: Path) -> None:
    coco = COCO(str(made(session, "coco", tmp_path / "out.json")))
    assert {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())} == NAMES
    assert [one["file_name"] for one in coco.loadImgs(sorted(coco.getImgIds()))] == [
        f"{frame:05}.png" for frame in range(4)
    ]
    seen = set()
    for annotation in coco.loadAnns(coco.getAnnIds()):
        frame, object_id = annotation["image_id"] - 1, annotation["category_id"]
        seen.add((frame, object_id))
        mask = session.project.mask(frame, object_id)
        np.testing.assert_array_equal(coco.annToMask(annotation).astype(bool), mask)
        assert annotation["area"] == mask.sum() == coco_mask.area(coco.annToRLE(annotation))
        assert annotation["bbox"] == coco_mask.toBbox(coco.annToRLE(annotation)).tolist()
        assert 0 <= annotation["score"] <= 1
    assert seen == {(frame, o) for frame in range(4) for o in NAMES} - {(2, 2)}


def test_the_davis_layout_has_frames_label_maps_and_the_list(session: Session, tmp_path: Path) -> None:
    folder = made(session, "davis", tmp_path / "out")
    assert (folder / "ImageSets/2017/val.txt").read_text() == "frames\n"
    for frame in range(4):
        with PIL.Image.open(folder / f"Annotations/Full-Resolution/frames/{frame:05}.png") as image:
            assert image.mode == "P"
            np.testing.assert_array_equal(np.array(image), session.label_map(frame))
        with PIL.Image.open(folder / f"JPEGImages/Full-Resolution/frames/{frame:05}.jpg") as image:
            error = np.abs(np.array(image).astype(int) - CLIP.frame(frame))
            assert error.mean() < 12


def test_the_youtube_vos_layout_says_on_which_frames_each_object_is(session: Session, tmp_path: Path) -> None:
    folder = made(session, "youtube-vos", tmp_path / "out")
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    objects = meta["videos"]["frames"]["objects"]
    assert objects["1"] == {"category": NAMES[1], "frames": ["00000", "00001", "00002", "00003"]}
    assert objects["2"]["frames"] == ["00000", "00001", "00003"]
    with PIL.Image.open(folder / "Annotations/frames/00003.png") as image:
        np.testing.assert_array_equal(np.array(image), session.label_map(3))
    assert (folder / "JPEGImages/frames/00003.jpg").is_file()


def test_the_table_gives_area_box_and_centroid(session: Session, tmp_path: Path) -> None:
    with made(session, "boxes", tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    for row in rows:
        mask = session.project.mask(int(row["frame"]), int(row["object_id"]))
        assert row["name"] == NAMES[int(row["object_id"])]
        assert int(row["area"]) == mask.sum()
        if not mask.any():
            assert row["x0"] == row["centroid_y"] == ""
            continue
        y, x = np.nonzero(mask)
        assert [int(row[k]) for k in ("x0", "y0", "x1", "y1")] == [x.min(), y.min(), x.max() + 1, y.max() + 1]
        assert abs(float(row["centroid_x"]) - x.mean()) < 0.01
        assert abs(float(row["centroid_y"]) - y.mean()) < 0.01


@pytest.mark.parametrize("form", EXPORTERS)
def test_every_form_takes_chosen_objects_and_frames_and_tells_so_in_its_manifest(
    session: Session, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"out{EXPORTERS[form].suffix}"
    made(session, form, path, extract=Extract(objects=[2], frames=(1, 3)))
    manifest = json.loads(manifest_path(path).read_text("utf-8"))
    assert manifest["form"] == form
    assert manifest["objects"] == {"2": NAMES[2]}
    assert manifest["frames"] == [1, 3]
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    assert len(manifest["files"]) == len(files) > 0
    again = tmp_path / f"again{EXPORTERS[form].suffix}"
    made(session, form, again, extract=Extract(objects=[2], frames=(1, 3)))
    repeated = json.loads(manifest_path(again).read_text("utf-8"))
    hashes = [[file["sha256"] for file in one["files"].values()] for one in (manifest, repeated)]
    assert hashes[0] == hashes[1]


def test_an_object_left_out_is_not_in_the_label_maps(session: Session, tmp_path: Path) -> None:
    folder = made(session, "masks", tmp_path / "out", extract=Extract(objects=[2], frames=(1, 2)))
    assert [path.name for path in folder.iterdir()] == ["00001.png"]
    with PIL.Image.open(folder / "00001.png") as image:
        assert set(np.unique(np.array(image))) == {0, 2}


@pytest.mark.parametrize("form", EXPORTERS)
def test_an_export_that_is_broken_off_leaves_nothing_and_what_was_there_before(
    session: Session, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "out" / f"it{EXPORTERS[form].suffix}"
    frames = iter(session.export(form, path))
    next(frames)
    frames.close()  # type: ignore[attr-defined]  # a generator
    assert list(path.parent.iterdir()) == []
    made(session, form, path)
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(OutputError, match="exists already"):
        made(session, form, path)
    frames = iter(session.export(form, path, overwrite=True))
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert sorted(path.parent.rglob("*")) == before
    made(session, form, path, overwrite=True)
    assert sorted(path.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("extract", "message"),
    [
        (Extract(objects=[7]), "there is no object 7"),
        (Extract(objects=[]), "there is nothing to export"),
        (Extract(frames=(2, 9)), "frames 2 to 8 are no range of this video"),
    ],
)
def test_an_extract_that_is_not_there_is_refused(
    session: Session, tmp_path: Path, extract: Extract, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        session.export("masks", tmp_path / "out", extract=extract)


@pytest.mark.parametrize("form", ["coco", "boxes", "boxes-json"])
def test_a_wrong_suffix_is_refused_with_the_right_one(session: Session, tmp_path: Path, form: str) -> None:
    with pytest.raises(OutputError, match=f"is not a file named {EXPORTERS[form].suffix}"):
        made(session, form, tmp_path / "out.txt")
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize("form", EXPORTERS)
def test_editor_command_line_and_python_write_the_same_bytes(
    session: Session, tmp_path: Path, form: str
) -> None:
    entry = Entry("0" * 12, tmp_path, "clip", session.source, session.project.folder)
    delivery = Delivery(session, form, entry)
    for _ in Work(delivery.stages()):
        continue
    suffix = EXPORTERS[form].suffix
    by_python = made(session, form, tmp_path / f"python{suffix}")
    session.close()
    by_command = tmp_path / f"command{suffix}"
    assert main(["export", str(session.project.folder), "--format", form, "--output", str(by_command)]) == 0
    by_editor = delivery.file
    if not suffix:
        with zipfile.ZipFile(by_editor) as archive:
            archive.extractall(tmp_path / "unpacked")
        by_editor = tmp_path / "unpacked" / f"clip-{form}"
    assert contents(by_python) == contents(by_command) == contents(by_editor)


def contents(export: Path) -> list[tuple[str, bytes]]:
    """The files of an export, relative to it."""
    files = [export] if export.is_file() else sorted(path for path in export.rglob("*") if path.is_file())
    return [(str(path.relative_to(export)), path.read_bytes()) for path in files]
