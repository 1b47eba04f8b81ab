"""The shadow of a disc that moves over a floor, and a pole that it passes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.inpaint.hole import grown
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.types import Image, Mask

HEIGHT, WIDTH, FRAMES = 96, 160, 16


def disc(frame: int) -> Mask:
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    return np.asarray((x - 20 - 8 * frame) ** 2 + (y - 40) ** 2 <= 12**2)


def shadow(frame: int) -> Mask:
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    return np.asarray(((x - 20 - 8 * frame) / 12) ** 2 + ((y - 56) / 5) ** 2 <= 1) & ~disc(frame)


def picture(frame: int) -> Image:
    floor = np.random.default_rng(0).integers(120, 136, (HEIGHT, WIDTH, 1)).repeat(3, axis=2)
    floor = np.where(shadow(frame)[..., None], floor * 0.6, floor)
    return np.where(disc(frame)[..., None], (220, 60, 40), floor).astype(np.uint8)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    source = tmp_path / "frames"
    source.mkdir()
    for frame in range(FRAMES):
        PIL.Image.fromarray(picture(frame)).save(source / f"{frame:05}.png")
    with Session.create(source, tmp_path / "project", fake_models) as session:
        session.add_object("disc")
        for frame in range(FRAMES):
            session.give_mask(frame=frame, object_id=1, mask=disc(frame))
        yield session


def test_the_shadow_becomes_an_object_of_its_own_in_one_step(session: Session) -> None:
    session.suggest_shadows(object_id=1).run()
    assert session.project.state.objects == {1: "disc", 2: "beside disc"}
    for frame in range(FRAMES):
        found, true = session.project.mask(frame, 2), shadow(frame)
        assert (found & true).sum() > 0.6 * true.sum(), frame
        assert (found & ~grown(true | disc(frame), 5)).sum() < 0.2 * true.sum(), frame
        np.testing.assert_array_equal(session.project.mask(frame, 1), disc(frame))
    session.undo()
    assert session.project.state.objects == {1: "disc"}


def test_the_command_line_says_what_it_made(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    session.close()
    assert main(["shadow", str(session.project.folder), "--frames", "2-9"]) == 0
    assert "object 2 (beside disc) holds what was found" in capsys.readouterr().out


def test_an_object_that_is_nowhere_has_no_company(session: Session) -> None:
    absent = session.add_object("ghost")
    with pytest.raises(InputError, match=r"object 2 \(ghost\) is on none of these frames: track it first"):
        session.suggest_shadows(object_id=absent, frames=range(FRAMES))
