"""What is handed out by default, and what is said before it: the in and out points, and masks that lack."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.drawn_frames import draw
from track_anything.cli import main
from track_anything.errors import InputError
from track_anything.export import EXPORTERS, Extract, gaps, manifest_path
from track_anything.inpaint import FlowInpainter
from track_anything.project.edits import SetRange
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models

CLIP = MovingShapes(frame_count=6, height=32, width=48, shapes=2)
UNTRACKED = "object 1 (ball) has no mask on 5 of 6 frames: exported as empty"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """One object, known on frame 0 and tracked nowhere."""
    with Session.create(draw(tmp_path / "frames", CLIP), tmp_path / "project", fake_models) as session:
        session.give_mask(frame=0, object_id=session.add_object("ball"), mask=CLIP.label_map(0) == 1)
        yield session


def manifest(path: Path) -> dict[str, object]:
    read = json.loads(manifest_path(path).read_text("utf-8"))
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize("form", [form for form, each in EXPORTERS.items() if each.needs_masks])
def test_frames_without_a_mask_are_told_before_and_in_the_manifest(
    session: Session, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"out{EXPORTERS[form].suffix}"
    export = session.export(form, path)
    assert UNTRACKED in export.notes  # before anything is made
    export.run()
    notes = manifest(path)["notes"]
    assert isinstance(notes, list)
    assert UNTRACKED in notes


def test_stale_masks_are_told_and_up_to_date_ones_are_not(session: Session, tmp_path: Path) -> None:
    session.track().run()
    assert session.export("masks", tmp_path / "out").notes == ()
    session.give_mask(frame=3, object_id=1, mask=CLIP.label_map(3) == 1)
    assert session.export("masks", tmp_path / "out").notes == (
        "object 1 (ball) needs tracking again on 4 of 6 frames: exported as it is",
    )
    session.track().run()
    assert session.export("masks", tmp_path / "out").notes == ()


def test_only_chosen_objects_and_frames_are_looked_at(session: Session) -> None:
    session.add_object("box")
    project = session.project
    assert [(gap.object_id, gap.untracked, gap.stale) for gap in gaps(project, [1, 2], range(6))] == [
        (1, 5, 0),
        (2, 6, 0),
    ]
    assert gaps(project, [1], range(1)) == []
    assert [str(gap) for gap in gaps(project, [2], range(1))] == [
        "object 2 (box) has no mask on 1 of 1 frame: exported as empty"
    ]


def test_an_object_that_was_found_to_be_absent_lacks_nothing(session: Session) -> None:
    session.track().run()
    session.give_mask(frame=2, object_id=1, mask=np.zeros((32, 48), bool))
    session.track().run()
    assert gaps(session.project, [1], range(6)) == []


def test_both_kinds_are_told_in_one_line(session: Session) -> None:
    session.edit(SetRange(0, 3))
    session.track().run()
    session.give_mask(frame=1, object_id=1, mask=CLIP.label_map(1) == 1)
    (line,) = session.export("masks", Path("out"), extract=Extract(frames="all")).notes
    assert line == (
        "object 1 (ball) has no mask on 3 and one that needs tracking again on 1 of 6 frames: "
        "the former are empty, the latter exported as they are"
    )


def test_a_removal_tells_it_too(session: Session, tmp_path: Path) -> None:
    removal = session.remove_objects(tmp_path / "out.mkv", FlowInpainter())
    assert UNTRACKED in removal.notes
    removal.run()
    assert UNTRACKED in json.loads(manifest_path(tmp_path / "out.mkv").read_text("utf-8"))["notes"]


@pytest.mark.parametrize("form", EXPORTERS)
def test_the_in_and_out_points_are_what_is_exported_by_default(
    session: Session, tmp_path: Path, form: str
) -> None:
    session.edit(SetRange(2, 4))
    path = tmp_path / f"out{EXPORTERS[form].suffix}"
    export = session.export(form, path)
    assert len(export) == 2
    told = 'frames 2 to 3 of 6 alone, as the in and out points say: ask for the frames "all"'
    assert export.notes[0].startswith(told)
    export.run()
    assert manifest(path)["frames"] == [2, 4]
    assert str(manifest(path)["notes"]).count("in and out points") == 1


@pytest.mark.parametrize(
    ("frames", "expected"), [("all", range(6)), ((1, 5), range(1, 5)), (None, range(2, 4))]
)
def test_other_frames_may_be_asked_for_and_nothing_is_said_then(
    session: Session, tmp_path: Path, frames: object, expected: range
) -> None:
    session.edit(SetRange(2, 4))
    extract = Extract(frames=frames)  # type: ignore[arg-type]
    assert extract.frames_of(session.project) == expected
    notes = session.export("masks", tmp_path / "out", extract=extract).notes
    assert any("in and out" in note for note in notes) == (frames is None)


def test_a_removal_keeps_to_the_points_as_well(session: Session, tmp_path: Path) -> None:
    session.edit(SetRange(0, 2))
    assert len(session.remove_objects(tmp_path / "out.mkv", FlowInpainter())) == 2
    with pytest.raises(InputError, match="no range of this video"):
        session.remove_objects(tmp_path / "out.mkv", FlowInpainter(), extract=Extract(frames=(4, 9)))


@pytest.fixture
def export(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs ``track-anything export`` with more options; what it says on the error stream."""
    session.edit(SetRange(0, 3))
    session.close()

    def run(*options: str) -> str:
        capsys.readouterr()
        path = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        command = ["export", str(tmp_path / "project"), "--format", "masks", "--output", str(path)]
        assert main([*command, *options]) == 0
        assert len(list(path.glob("*.png"))) == (3 if not options else {"all": 6, "0-0": 1}[options[1]])
        return capsys.readouterr().err

    return run


def test_the_command_line_says_all_of_it(export: Callable[..., str]) -> None:
    said = export()
    assert said.count("note: frames 0 to 2 of 6 alone, as the in and out points say") == 1
    assert said.count("note: object 1 (ball) has no mask on 2 of 3 frames: exported as empty") == 1
    assert export("--frames", "all").count("note: ") == 1
    assert "note: " not in export("--frames", "0-0")
