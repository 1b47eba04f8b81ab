"""Two objects that touch, exported and read back: nothing shows through between them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.drawn_frames import draw
from tests.track_anything.export.alpha_reading import read
from track_anything.export import EXPORTERS, Extract
from track_anything.masks import clipped_to, distance_inside
from track_anything.matting import Matting
from track_anything.project.edits import Propagate
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models
from track_anything.types import Mask

SIZE = HEIGHT, WIDTH = (96, 128)
CLIP = MovingShapes(frame_count=2, height=HEIGHT, width=WIDTH, shapes=2)
OPAQUE = 250 / 255


def block(left: int, right: int) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[20:76, left:right] = True
    return mask


DOG, LEG = block(16, 64), block(64, 112)
BORDER = block(63, 65) & (distance_inside(DOG | LEG) >= 2)  # on the common border, object on all sides


def tracked(mask: Mask, width: float) -> np.ndarray:
    """What a tracker says of a mask: its probabilities fade over so many pixels to either side."""
    signed = np.where(mask, distance_inside(mask) - 0.5, 0.5 - distance_inside(~mask))
    return np.clip(0.5 + signed / (2 * width), 0, 1).astype(np.float32)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """On frame 0 both fade into each other; on frame 1 the leg was given, and cut from the dog's mask."""
    with Session.create(draw(tmp_path / "frames", CLIP), tmp_path / "project", fake_models) as session:
        project = session.project
        dog, leg = session.add_object("dog"), session.add_object("leg")
        number = project.begin_pass(Propagate(0, 2, 1, (dog, leg)))
        labels = np.where(DOG, dog, np.where(LEG, leg, 0)).astype(np.uint8)
        project.write_pass(number, 0, labels, {}, {dog: tracked(DOG, 8), leg: tracked(LEG, 8)})
        wide = clipped_to(tracked(block(16, 70), 8), DOG)  # clamped where the mask was cut
        project.write_pass(number, 1, labels, {}, {dog: wide, leg: tracked(LEG, 8)})
        session.give_mask(frame=1, object_id=leg, mask=LEG)
        yield session


def alphas(session: Session, form: str, path: Path, matting: Matting | None = None) -> list[np.ndarray]:
    """(H, W) of every frame, 0 to 1, as another program reads it."""
    session.export(form, path, extract=Extract(matting=matting)).run()
    if path.is_file():
        return [frame.alpha for frame in read(path)]
    return [np.array(PIL.Image.open(path / f"{frame:05}.png"))[..., 3] / 255 for frame in range(2)]


@pytest.mark.parametrize("matting", [None, Matting("closed-form")], ids=["tracked", "matte"])
@pytest.mark.parametrize("form", ["prores", "rgba", "png-mov", "ffv1", "matte"])
def test_nothing_shows_through_where_two_objects_touch(
    session: Session, tmp_path: Path, form: str, matting: Matting | None
) -> None:
    for alpha in alphas(session, form, tmp_path / f"out{EXPORTERS[form].suffix}", matting):
        assert alpha[BORDER].min() >= OPAQUE
        assert alpha[:8].max() < 0.05  # nothing far away


def test_well_inside_an_object_is_solid_and_its_outline_stays_soft(session: Session, tmp_path: Path) -> None:
    for alpha in alphas(session, "rgba", tmp_path / "out"):
        assert alpha[distance_inside(DOG | LEG) > 4].min() == 1
    first = alphas(session, "rgba", tmp_path / "again")[0]
    assert ((first > 0.2) & (first < 0.8)).sum() > 100


def test_an_object_exported_alone_fades_where_the_other_one_begins(session: Session, tmp_path: Path) -> None:
    session.export("rgba", tmp_path / "out", extract=Extract(objects=[1])).run()
    alpha = np.array(PIL.Image.open(tmp_path / "out" / "00000.png"))[..., 3] / 255
    assert 0.5 < alpha[48, 63] < 0.8
    assert alpha[48, 72] < 0.5


def test_each_share_stays_what_the_tracker_said(session: Session, tmp_path: Path) -> None:
    session.export("soft", tmp_path / "out").run()
    for object_id, folder in ((1, "001-dog"), (2, "002-leg")):
        share = np.array(PIL.Image.open(tmp_path / "out" / folder / "00000.png")) / 65535
        np.testing.assert_allclose(share, session.project.probability(0, object_id), atol=1e-4)
