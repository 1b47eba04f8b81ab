"""Everything that we export comes back: ids, names, frames and pixels."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.video.clips import Clip, write
from track_anything.errors import InputError
from track_anything.export import EXPORTERS, MANIFEST_SUFFIX, Extract, Naming
from track_anything.importing import Import
from track_anything.importing.own_export import MANIFEST
from track_anything.masks import iou
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.types import Mask

EXACT = {"masks": "", "binary": "", "soft": "", "soft-8": "", "davis": "", "youtube-vos": "", "coco": ".json"}
TOGETHER = {
    "rgba": "", "rgba-premultiplied": "", "exr": "", "prores": ".mov", "png-mov": ".mov", "ffv1": ".mkv",
    "vp9": ".webm", "matte": ".mp4",
}  # fmt: skip
WITHOUT_MASKS = {"boxes", "boxes-json", "overlay", "foreground", "sheet", "confidence"}
ONE_WAY = {
    "exr-layers": "", "cryptomatte": "", "fill-and-matte": "", "otio": ".otio", "marker-edl": ".edl",
    "fcpxml": ".fcpxml", "premiere-xml": ".xml", "splines": ".json",
}  # fmt: skip
COUNT, SIZE = 6, (48, 64)


def test_no_form_is_forgotten() -> None:
    assert set(EXPORTERS) - WITHOUT_MASKS == EXACT.keys() | TOGETHER.keys() | ONE_WAY.keys()
    assert MANIFEST == MANIFEST_SUFFIX


def mask_of(frame: int, object_id: int) -> Mask:
    mask = np.zeros(SIZE, bool)
    left = 3 * frame + (4 if object_id == 3 else 34)
    mask[8 + frame : 30, left : left + 14] = True
    return mask


@pytest.fixture(params=["video", "images"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """Objects 1 to 3 of which 1 is deleted again, on frames of a video or of images counted from 100."""
    source = tmp_path / "IMG"
    if request.param == "video":
        source = write(tmp_path, Clip("clip.mp4", frame_count=COUNT))
    else:
        source.mkdir()
        for frame in range(COUNT):
            PIL.Image.new("RGB", SIZE[::-1], (90, 9 * frame, 60)).save(source / f"IMG_{frame + 2}.png")
    with Session.create(source, tmp_path / "project", fake_models) as session:
        for name in ("left over", "red ball", "box"):
            session.add_object(name)
        session.project.undo()
        session.add_object("box")
        for frame in range(COUNT):
            for object_id in (2, 3):
                session.give_mask(frame=frame, object_id=object_id, mask=mask_of(frame, object_id))
        yield session


@pytest.mark.parametrize("frames", [None, (2, 5)])
@pytest.mark.parametrize("form", EXACT)
def test_masks_of_objects_come_back_exactly(
    session: Session, tmp_path: Path, form: str, frames: tuple[int, int] | None
) -> None:
    path = tmp_path / f"out{EXACT[form]}"
    session.export(form, path, extract=Extract((2, 3), frames)).run()
    with Session.create(session.source, tmp_path / "again", fake_models) as again:
        again.add_object("somebody else's")
        Import(again.project, path).run()
        assert again.project.state.objects == {1: "somebody else's", 2: "red ball", 3: "box"}
        for frame in range(COUNT):
            is_written = frame in range(*(frames or (0, COUNT)))
            for object_id in (2, 3):
                expected = mask_of(frame, object_id) if is_written else np.zeros(SIZE, bool)
                np.testing.assert_array_equal(again.project.mask(frame, object_id), expected)


@pytest.mark.parametrize("form", TOGETHER)
def test_what_shows_one_object_comes_back_as_that_object(session: Session, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out{TOGETHER[form]}"
    session.export(form, path, extract=Extract((3,), (2, 5))).run()
    with Session.create(session.source, tmp_path / "again", fake_models) as again:
        Import(again.project, path).run()
        assert again.project.state.objects == {1: "box"}
        assert again.project.state.frames_known(1) == {2, 3, 4}
        for frame in range(2, 5):
            assert iou(again.project.mask(frame, 1), mask_of(frame, 3)) > 0.9


@pytest.mark.parametrize("form", ONE_WAY)
def test_what_masks_are_not_taken_from_says_so(session: Session, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out{ONE_WAY[form]}"
    session.export(form, path).run()
    with pytest.raises(InputError, match=f"in the form {form}, from which masks are not taken back: export"):
        Import(session.project, path)


@pytest.mark.parametrize("form", ["masks", "binary", "rgba"])
def test_frames_that_were_numbered_anew_come_back_as_they_were(
    session: Session, tmp_path: Path, form: str
) -> None:
    folders = "{object}/" if form == "binary" else ""
    naming = Naming(1001, 4, folders + "shot_v2.{frame}")
    session.export(form, tmp_path / "out", extract=Extract((3,), (2, 5), naming=naming)).run()
    with Session.create(session.source, tmp_path / "again", fake_models) as again:
        Import(again.project, tmp_path / "out").run()
        (object_id,) = again.project.state.objects
        assert again.project.state.frames_known(object_id) == {2, 3, 4}
        assert iou(again.project.mask(3, object_id), mask_of(3, 3)) > 0.9


def test_what_shows_all_objects_as_one_touches_none_of_them(session: Session, tmp_path: Path) -> None:
    session.export("rgba", tmp_path / "out", extract=Extract((2, 3))).run()
    Import(session.project, tmp_path / "out").run()
    assert session.project.state.objects[4] == "red ball + box"
    np.testing.assert_array_equal(session.project.mask(1, 2), mask_of(1, 2))
    np.testing.assert_array_equal(session.project.mask(1, 4), mask_of(1, 2) | mask_of(1, 3))


def test_255_objects_come_back_and_none_is_taken_for_void(tmp_path: Path) -> None:
    source = write(tmp_path, Clip("clip.mp4", frame_count=1, size=(64, 64)))
    with Session.create(source, tmp_path / "project", fake_models) as session:
        for place in range(255):
            session.add_object()
            mask = np.zeros((64, 64), bool)
            mask[4 * (place // 16) : 4 * (place // 16) + 3, 4 * (place % 16) : 4 * (place % 16) + 3] = True
            session.give_mask(frame=0, object_id=place + 1, mask=mask)
        before = session.label_map(0)
        session.export("masks", tmp_path / "out", extract=Extract((1, 2, 255))).run()
    with Session.create(source, tmp_path / "again", fake_models) as again:
        again.add_object()
        again.add_object()
        Import(again.project, tmp_path / "out").run()
        assert list(again.project.state.objects) == [1, 2, 3]
        np.testing.assert_array_equal(again.project.mask(0, 3), before == 255)
