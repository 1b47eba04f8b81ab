"""Each example is a whole program: run on a drawn clip with the fakes, it does what it says."""

from pathlib import Path

import PIL.Image
import pytest

from examples import correct, export, objects, propagator, remove, track
from track_anything import Session
from track_anything.masks import iou, read_label_map
from track_anything.testing import MovingShapes, fake_models

CLIP = MovingShapes(frame_count=6, shapes=2)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A folder of drawn frames."""
    folder = tmp_path / "clip"
    folder.mkdir()
    for index in range(len(CLIP)):
        PIL.Image.fromarray(CLIP.frame(index)).save(folder / f"{index:05d}.png")
    return folder


@pytest.fixture
def project(clip: Path, tmp_path: Path) -> Path:
    """The two discs, tracked."""
    folder = tmp_path / "tracked"
    objects.main(clip, folder, [(0, *CLIP.centre(0, 1)), (2, *CLIP.centre(2, 2))], fake_models)
    return folder


def test_track(clip: Path, tmp_path: Path) -> None:
    track.main(clip, tmp_path / "out", *CLIP.centre(0), fake_models)
    for index in range(len(CLIP)):
        found = read_label_map(tmp_path / "out" / "masks" / f"{index:05d}.png") == 1
        assert iou(found, CLIP.label_map(index) == 1) > 0.9
    assert (tmp_path / "out" / "overlay.mp4").stat().st_size > 0


def test_objects(project: Path) -> None:
    assert objects.click_from("12:90,60.5") == (12, 90.0, 60.5)
    with Session.open(project, fake_models) as session:
        for index in range(len(CLIP)):
            for object_id in (1, 2):
                found = session.label_map(frame=index) == object_id
                assert iou(found, CLIP.label_map(index) == object_id) > 0.9


def test_correct(project: Path) -> None:
    with Session.open(project, fake_models) as session:
        worst = session.frames_in_doubt()
    mended = correct.main(project, *CLIP.centre(3), fake_models)
    if not worst:
        assert mended is None
        return
    frame, object_id = worst[0]
    assert mended == frame
    with Session.open(project, fake_models) as session:
        assert frame in session.project.state.frames_known(object_id)


def test_export(project: Path, tmp_path: Path) -> None:
    export.main(project, tmp_path / "out")
    assert len(list((tmp_path / "out" / "masks").glob("*.png"))) == len(CLIP)
    assert "frame" in (tmp_path / "out" / "boxes.csv").read_text().splitlines()[0]
    with PIL.Image.open(next((tmp_path / "out" / "cut-out").glob("*.png"))) as picture:
        assert picture.mode == "RGBA"


def test_remove(project: Path, tmp_path: Path) -> None:
    remove.main(project, tmp_path / "without")
    assert len(list((tmp_path / "without").glob("*.png"))) == len(CLIP)


def test_propagator(clip: Path, tmp_path: Path) -> None:
    propagator.main(clip, tmp_path / "still", *CLIP.centre(0), fake_models)
    with Session.open(tmp_path / "still", fake_models) as session:
        first = session.label_map(frame=0)
        assert first.any()
        assert (session.label_map(frame=len(CLIP) - 1) == first).all()
