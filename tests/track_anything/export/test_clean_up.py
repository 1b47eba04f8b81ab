"""A clean-up of an object is in every form of export, and in mattes; read back by the forms' own means."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import PIL.Image
import pytest
from pycocotools import mask as coco_mask

from tests.track_anything.drawn_frames import draw
from tests.track_anything.export.alpha_reading import read
from tests.track_anything.export.exr_reading import cryptomatte, read_channels, read_exr
from tests.track_anything.export.spline_reading import read_splines
from track_anything.export import EXPORTERS, Extract
from track_anything.export.order import GREEN
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.matting import Matting
from track_anything.project.edits import SetCleanUp
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

SIZE = (96, 128)
CLIP = MovingShapes(frame_count=2, height=SIZE[0], width=SIZE[1])

BODY, HOLE, DOT = (np.zeros(SIZE, bool) for _ in range(3))
BODY[20:70, 20:90] = True
HOLE[38:46, 50:58] = True  # 64 pixels
DOT[84:90, 104:110] = True  # 36
TORN = BODY & ~HOLE | DOT
OF_HOLE, OF_DOT = np.s_[40:44, 52:56], np.s_[86:88, 106:108]  # their middles
CLEANED = SetCleanUp(1, holes=64, islands=64)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """One object whose mask has a hole and an island."""
    with Session.create(draw(tmp_path / "frames", CLIP), tmp_path / "project", fake_models) as session:
        session.add_object("ball")
        for frame in range(2):
            session.give_mask(frame=frame, object_id=1, mask=TORN)
        yield session


def grey(path: Path) -> np.ndarray:
    """(H, W): how much of each pixel is object, by the values of a PNG file."""
    pixels = np.array(PIL.Image.open(path))
    return pixels[..., 3] if pixels.ndim == 3 else pixels


def of_coco(path: Path) -> np.ndarray:
    return np.asarray(coco_mask.decode(json.loads(path.read_text())["annotations"][0]["segmentation"]))


def of_table(path: Path) -> np.ndarray:
    """The rest of a table is what is in the box: its area tells whether the hole is full."""
    with path.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    return drawn_box([int(row[name]) for name in ("x0", "y0", "x1", "y1")], int(row["area"]))


def of_json(path: Path) -> np.ndarray:
    row = json.loads(path.read_text())["masks"][0]
    return drawn_box(row["box"], row["area"])


def drawn_box(box: list[int], area: int) -> np.ndarray:
    x0, y0, x1, y1 = box
    mask = np.zeros(SIZE, bool)
    mask[y0:y1, x0:x1] = True
    mask[OF_HOLE] = area >= int(BODY.sum())
    return mask


def painted(image: np.ndarray) -> np.ndarray:
    """(H, W): where a picture differs from the clip's own frame, as a tint does."""
    difference = np.abs(image[: SIZE[0], : SIZE[1]].astype(int) - CLIP.frame(0)).mean(axis=2)
    return np.asarray(cv2.blur(difference.astype(np.float32), (3, 3)) > 12)


def of_overlay(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return painted(next(container.decode(video=0)).to_ndarray(format="rgb24"))


def of_foreground(path: Path) -> np.ndarray:
    """(H, W): where a picture is not of the colour that objects are laid over."""
    with av.open(str(path)) as container:
        image = next(container.decode(video=0)).to_ndarray(format="rgb24")
    difference = np.abs(image[: SIZE[0], : SIZE[1]].astype(int) - GREEN).mean(axis=2)
    return np.asarray(difference > 12)


def of_video(path: Path) -> np.ndarray:
    return read(path)[0].alpha


READERS: dict[str, Callable[[Path], np.ndarray]] = {
    "masks": lambda path: grey(path / "00000.png"),
    "binary": lambda path: grey(path / "001-ball" / "00000.png"),
    "soft": lambda path: grey(path / "001-ball" / "00000.png"),
    "soft-8": lambda path: grey(path / "001-ball" / "00000.png"),
    "rgba": lambda path: grey(path / "00000.png"),
    "rgba-premultiplied": lambda path: grey(path / "00000.png"),
    "exr": lambda path: read_exr(path / "00000.exr")[..., 3],
    "exr-layers": lambda path: read_channels(path / "00000.exr")[1]["ball.A"],
    "cryptomatte": lambda path: cryptomatte(path / "00000.exr")["ball"],
    "fill-and-matte": lambda path: grey(path / "matte" / "00000.png"),
    "davis": lambda path: grey(next(path.glob("Annotations/Full-Resolution/*/00000.png"))),
    "youtube-vos": lambda path: grey(next(path.glob("Annotations/*/00000.png"))),
    "coco": of_coco,
    "boxes": of_table,
    "boxes-json": of_json,
    "splines": lambda path: read_splines(path, 0, 1),
    **dict.fromkeys(("prores", "vp9", "png-mov", "ffv1", "matte"), of_video),
    "overlay": of_overlay,
    "foreground": of_foreground,
}


def test_no_form_that_shows_masks_is_forgotten() -> None:
    assert {form for form, each in EXPORTERS.items() if each.needs_masks} - {"sheet"} == READERS.keys()


def made(session: Session, form: str, path: Path, matting: Matting | None = None) -> Path:
    session.export(form, path, extract=Extract(matting=matting)).run()
    return path


@pytest.mark.parametrize("form", READERS)
def test_the_clean_up_of_an_object_is_in_every_form(session: Session, tmp_path: Path, form: str) -> None:
    found = READERS[form](made(session, form, tmp_path / f"torn{EXPORTERS[form].suffix}"))
    most = found.max()
    assert (found[OF_HOLE] < most / 2).all()
    assert (found[OF_DOT] > 0).all() or form.startswith("boxes")
    session.edit(CLEANED)
    found = READERS[form](made(session, form, tmp_path / f"clean{EXPORTERS[form].suffix}"))
    assert (found[OF_HOLE] > 0.9 * most).all()
    assert (found[OF_DOT] < 0.1 * most).all()


def test_it_is_in_a_contact_sheet(session: Session, tmp_path: Path) -> None:
    def sheet(name: str) -> np.ndarray:
        return np.array(PIL.Image.open(made(session, "sheet", tmp_path / name)).convert("RGB"))

    torn = sheet("torn.png")
    session.edit(CLEANED)
    clean = sheet("clean.png")
    session.give_mask(frame=0, object_id=1, mask=BODY)
    session.give_mask(frame=1, object_id=1, mask=BODY)
    assert (torn != clean).any()
    np.testing.assert_array_equal(sheet("whole.png"), clean)


@pytest.mark.parametrize("form", [form for form, each in EXPORTERS.items() if each.has_alpha])
@pytest.mark.parametrize("method", ["guided", "closed-form"])
def test_it_is_in_mattes(session: Session, tmp_path: Path, form: str, method: str) -> None:
    session.edit(CLEANED)
    path = made(session, form, tmp_path / f"out{EXPORTERS[form].suffix}", Matting(method))
    found = READERS[form](path)
    assert (found[OF_HOLE] > 0.9 * found.max()).all()
    assert (found[OF_DOT] < 0.1 * found.max()).all()


def test_what_is_removed_is_the_cleaned_mask(session: Session, tmp_path: Path) -> None:
    inpainter = FlowInpainter(HoleShape(0, 0))

    def changed(name: str) -> np.ndarray:
        session.remove_objects(tmp_path / name, inpainter).run()
        removed = np.array(PIL.Image.open(tmp_path / name / "00000.png"))
        return np.asarray((removed != CLIP.frame(0)).any(axis=2))

    torn = changed("torn")
    assert not torn[OF_HOLE].any()
    assert torn[OF_DOT].any()
    session.edit(CLEANED)
    clean = changed("clean")
    assert clean[OF_HOLE].any()
    assert not clean[OF_DOT].any()
