"""The shadow of a disc that moves over a floor."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.shadow_frames import FRAMES, disc, draw_shadow_clip, shadow
from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.export import Extract, manifest_path
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.inpaint.hole import grown
from track_anything.project.edits import DeleteObject
from track_anything.session import Session
from track_anything.testing import fake_models


def session_of(folder: Path, *, has_shadow: bool = True) -> Session:
    source = draw_shadow_clip(folder / "frames", has_shadow=has_shadow)
    session = Session.create(source, folder / "project", fake_models)
    session.add_object("disc")
    for frame in range(FRAMES):
        session.give_mask(frame=frame, object_id=1, mask=disc(frame))
    return session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with session_of(tmp_path) as session:
        yield session


def test_the_shadow_becomes_an_object_that_goes_with_its_owner_in_one_step(session: Session) -> None:
    session.suggest_shadows(object_id=1).run()
    state = session.project.state
    assert state.objects == {1: "disc", 2: "shadow of disc"}
    assert state.owners == {2: 1}
    for frame in range(FRAMES):
        found, true = session.project.mask(frame, 2), shadow(frame)
        assert (found & true).sum() > 0.6 * true.sum(), frame
        assert (found & ~grown(true | disc(frame), 5)).sum() < 0.2 * true.sum(), frame
        np.testing.assert_array_equal(session.project.mask(frame, 1), disc(frame))
    session.undo()
    assert session.project.state.objects == {1: "disc"}
    assert session.project.state.owners == {}
    session.redo()
    session.edit(DeleteObject(1))
    assert session.project.state.objects == {}
    session.undo()
    assert session.project.state.owners == {2: 1}


def test_who_removes_an_object_removes_its_shadow(session: Session, tmp_path: Path) -> None:
    session.suggest_shadows(object_id=1).run()
    extract = Extract(objects=[1], frames=(6, 9))

    def removed(with_shadows: bool) -> tuple[set[str], float]:
        path = tmp_path / f"removed-{with_shadows}"
        inpainter = FlowInpainter(HoleShape(dilation=1, feather=0))
        session.remove_objects(path, inpainter, extract=extract, with_shadows=with_shadows).run()
        image = np.asarray(PIL.Image.open(sorted(path.glob("*.png"))[1]))
        told = json.loads(manifest_path(path).read_text())
        return {*told["objects"]}, float(image[shadow(7)].mean())

    gone, level = removed(with_shadows=True)
    assert gone == {"1", "2"}
    assert level > 120  # the floor
    gone, level = removed(with_shadows=False)
    assert gone == {"1"}
    assert level < 105  # the shadow, but for the rim of the disc


def test_there_is_one_shadow_to_an_object_and_none_to_a_shadow(session: Session) -> None:
    session.suggest_shadows(object_id=1).run()
    with pytest.raises(InputError, match=r"object 2 \(shadow of disc\) goes with object 1 already"):
        session.suggest_shadows(object_id=1)
    with pytest.raises(InputError, match=r"object 2 goes with object 1: ask for the shadow of that one"):
        session.suggest_shadows(object_id=2)


def test_the_command_line_says_what_it_made(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    session.close()
    assert main(["shadow", str(session.project.folder), "--frames", "2-9"]) == 0
    told = capsys.readouterr().out
    assert "object 2 (shadow of disc) holds what was found" in told
    assert "inpaint removes it with object 1" in told


def test_where_there_is_no_shadow_there_is_no_object(tmp_path: Path) -> None:
    with session_of(tmp_path, has_shadow=False) as session:
        with pytest.raises(InputError, match=r"nothing beside object 1 \(disc\) looks like its shadow"):
            session.suggest_shadows(object_id=1).run()
        assert session.project.state.objects == {1: "disc"}


def test_an_object_that_is_nowhere_has_no_shadow(session: Session) -> None:
    absent = session.add_object("ghost")
    with pytest.raises(InputError, match=r"object 2 \(ghost\) is on none of these frames: track it first"):
        session.suggest_shadows(object_id=absent, frames=range(FRAMES))
