"""Masks of other programs, in every form that is read."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.drawn_frames import draw
from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.importing.import_masks import Import
from track_anything.masks import write_label_map
from track_anything.project import Project
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

CLIP = MovingShapes(frame_count=4, height=33, width=47, shapes=2)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    source = draw(tmp_path / "frames", CLIP)
    with Session.create(source, tmp_path / "project", fake_models) as session:
        yield session


@pytest.fixture
def project(session: Session) -> Project:
    return session.project


def as_folder(path: Path) -> Path:
    path.mkdir()
    for frame in range(4):
        write_label_map(path / f"mask_{frame:03}.png", CLIP.label_map(frame))
    return path


def as_array(path: Path) -> Path:
    np.save(
        path.with_suffix(".npy"), np.stack([CLIP.label_map(frame) for frame in range(4)]).astype(np.int32)
    )
    return path.with_suffix(".npy")


@pytest.mark.parametrize("write", [as_folder, as_array])
def test_label_maps_become_known_masks_of_new_objects(
    project: Project, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    assert list(Import(project, write(tmp_path / "theirs"))) == [0, 1, 2, 3]
    assert project.state.objects == {1: "object 1", 2: "object 2"}
    for frame in range(4):
        np.testing.assert_array_equal(project.label_map(frame), CLIP.label_map(frame))
        assert project.claim(frame, 1).is_known


def test_an_import_is_one_step_to_undo_and_redo(project: Project, tmp_path: Path) -> None:
    Import(project, as_folder(tmp_path / "theirs")).run()
    assert project.undo()
    assert project.state.objects == {}
    assert not project.can_undo
    assert project.redo()
    assert not project.can_redo
    np.testing.assert_array_equal(project.label_map(3), CLIP.label_map(3))
    project.close()
    with Project(project.folder) as reopened:
        assert reopened.undo()
        assert not reopened.can_undo


def test_ids_are_remapped_to_objects_that_are_there(project: Project, tmp_path: Path) -> None:
    ball = project.add_object("ball")
    Import(project, as_folder(tmp_path / "theirs"), {2: ball}).run()
    assert project.state.objects == {ball: "ball", 2: "object 1"}
    np.testing.assert_array_equal(project.mask(2, ball), CLIP.label_map(2) == 2)
    np.testing.assert_array_equal(project.mask(2, 2), CLIP.label_map(2) == 1)


def test_our_own_coco_file_comes_back_as_it_went_out(session: Session, tmp_path: Path) -> None:
    session.import_masks(as_folder(tmp_path / "theirs")).run()
    session.export("coco", tmp_path / "out.json").run()
    while session.undo():
        continue
    session.import_masks(tmp_path / "out.json").run()
    for frame in range(4):
        np.testing.assert_array_equal(session.label_map(frame), CLIP.label_map(frame))


def test_a_single_boolean_mask_is_object_1_on_frame_0(project: Project, tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", CLIP.label_map(0) == 2)
    Import(project, tmp_path / "one.npy").run()
    np.testing.assert_array_equal(project.mask(0, 1), CLIP.label_map(0) == 2)


def wrong_size(path: Path) -> Path:
    as_folder(path)
    write_label_map(path / "mask_003.png", np.ones((20, 47), np.uint8))
    return path


def too_long(path: Path) -> Path:
    as_folder(path)
    write_label_map(path / "mask_004.png", CLIP.label_map(0))
    return path


def without_numbers(path: Path) -> Path:
    path.mkdir()
    for name in ("cat.png", "dog.png"):
        write_label_map(path / name, CLIP.label_map(0))
    return path


def numbered_twice(path: Path) -> Path:
    as_folder(path)
    (path / "mask_001.png").unlink()
    (path / "mask_002.png").unlink()
    write_label_map(path / "other_003.png", CLIP.label_map(0))
    return path


def empty(path: Path) -> Path:
    path.mkdir()
    return path


def coloured(path: Path) -> Path:
    as_folder(path)
    noise = np.random.default_rng(3).integers(0, 255, (11, 16, 3), np.uint8)
    PIL.Image.fromarray(noise).resize((47, 33), PIL.Image.Resampling.NEAREST).save(path / "mask_003.png")
    return path


def strings(path: Path) -> Path:
    np.save(path.with_suffix(".npy"), np.full((4, 33, 47), "a"))
    return path.with_suffix(".npy")


def too_many_ids(path: Path) -> Path:
    np.save(
        path.with_suffix(".npy"),
        np.arange(4 * 33 * 47).reshape(4, 33, 47)[[0, 0, 0, 0]] + np.zeros((4, 1, 1), int),
    )
    return path.with_suffix(".npy")


def no_array(path: Path) -> Path:
    path.with_suffix(".npy").write_bytes(b"no array")
    return path.with_suffix(".npy")


def two_corners(path: Path) -> Path:
    images = [{"id": 1, "file_name": "0.jpg"}]
    annotations = [{"id": 5, "image_id": 1, "category_id": 1, "segmentation": [[0, 0, 5, 0]]}]
    path.with_suffix(".json").write_text(json.dumps({"images": images, "annotations": annotations}))
    return path.with_suffix(".json")


def no_coco(path: Path) -> Path:
    path.with_suffix(".json").write_text("[]")
    return path.with_suffix(".json")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (wrong_size, "the mask of frame 3 in .* has 47 x 20 pixels but the video 47 x 33"),
        (too_long, "frame 4"),
        (without_numbers, r"cat\.png has no frame number: name masks by frame, as in 00012\.png"),
        (numbered_twice, r"other_003\.png has the frame number of another file"),
        (empty, "holds no masks"),
        (coloured, "mask_003.png cannot be read with the others: it is in colours"),
        (strings, "<U1: give object ids"),
        (too_many_ids, "at most 255 objects, and these are 1550"),
        (no_array, r"cannot be read .*numpy\.save"),
        (two_corners, "annotation 5 of .* three corners or more"),
        (no_coco, "is no COCO file of masks"),
        (lambda path: path, r"does not exist or is no file: give masks as a folder of pictures"),
    ],
)
def test_what_cannot_be_imported_changes_nothing(
    project: Project, tmp_path: Path, write: Callable[[Path], Path], message: str
) -> None:
    path = write(tmp_path / "theirs")
    with pytest.raises(InputError, match=message):
        Import(project, path).run()
    assert project.state.edits == ()
    assert not project.can_redo


def test_a_remap_to_an_object_that_is_not_there_is_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no object 9"):
        Import(project, as_folder(tmp_path / "theirs"), {1: 9})


def test_the_command_imports_and_says_what_is_there(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session.add_object("ball")
    session.close()
    folder = str(as_folder(tmp_path / "theirs"))
    assert main(["import", str(session.project.folder), folder, "--remap", "2:1"]) == 0
    assert "4 frames are known now" in capsys.readouterr().out
    with Project(session.project.folder, read_only=True) as project:
        np.testing.assert_array_equal(project.mask(1, 1), CLIP.label_map(1) == 2)
    with pytest.raises(SystemExit) as refused:
        main(["import", str(session.project.folder), folder, "--remap", "x"])
    assert refused.value.code == 2
