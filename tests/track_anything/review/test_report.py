"""How every mask of a project stands."""

import csv
import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.track_anything.pointing import at
from track_anything.cli.console import output
from track_anything.cli.status import show_status
from track_anything.errors import OutputError
from track_anything.export import Extract
from track_anything.export.texts.confidence_table import COLUMNS
from track_anything.project.edits import Clear, Propagate, RecolourObject, Swap, Unlock
from track_anything.review.report import MaskStatus
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_models, fake_session

CLIP = MovingShapes(frame_count=12, height=40, width=60, shapes=2)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = fake_session(CLIP, tmp_path / "project")
    for object_id in (1, 2):
        session.click(frame=2, object_id=session.add_object(), **at(CLIP.centre(2, object_id)))
    session.track([1]).run()
    return session


def standing(session: Session, object_id: int) -> dict[int, MaskStatus]:
    return {line.frame: line.status for line in session.report() if line.object_id == object_id}


def test_every_object_on_every_frame_is_reported(session: Session) -> None:
    assert [(line.frame, line.object_id) for line in session.report()] == [
        (frame, object_id) for frame in range(12) for object_id in (1, 2)
    ]
    assert standing(session, 1) == {f: MaskStatus.KNOWN if f == 2 else MaskStatus.TRACKED for f in range(12)}
    assert standing(session, 2) == {
        f: MaskStatus.KNOWN if f == 2 else MaskStatus.UNTRACKED for f in range(12)
    }
    for line in session.report():
        if line.status is MaskStatus.TRACKED:
            assert line.confidence is not None
            assert 0 <= line.confidence <= 1
        else:
            assert line.confidence == (1 if line.status is MaskStatus.KNOWN else None)


def test_some_objects_on_some_frames_are_reported_as_they_are_among_all(session: Session) -> None:
    everything = {(line.frame, line.object_id): line for line in session.report()}
    assert list(session.report(range(1, 4), [2])) == [everything[frame, 2] for frame in (1, 2, 3)]
    assert list(session.report([5, 3], {2, 1})) == [everything[f, o] for f in (5, 3) for o in (1, 2)]
    assert list(session.report(objects=[1])) == [everything[frame, 1] for frame in range(12)]
    assert list(session.report(objects=[])) == []
    assert list(session.report([])) == []


def test_confidence_goes_along_with_a_swapped_mask(session: Session) -> None:
    before = {line.frame: line.confidence for line in session.report() if line.object_id == 1}
    session.edit(Swap(1, 5, 8, 2))
    assert standing(session, 2)[6] is MaskStatus.KNOWN  # a person said whose it is
    session.edit(Unlock(2, 5, 8))
    after = {line.frame: line.confidence for line in session.report() if line.object_id == 2}
    assert after[6] == before[6]
    session.edit(Clear(2, 5, 8))
    assert standing(session, 2)[6] is MaskStatus.KNOWN


def test_an_object_that_left_is_absent(tmp_path: Path) -> None:
    class Leaving(MovingShapes):
        def frame(self, index: int):
            return (
                MovingShapes.frame(self, index)
                if index < 5
                else MovingShapes(height=40, width=60).frame(0) * 0 + 120
            )

    clip = Leaving(frame_count=8, height=40, width=60)
    session = fake_session(clip, tmp_path / "leaving")
    session.click(frame=0, object_id=session.add_object(), **at(clip.centre(0)))
    session.track().run()
    assert [standing(session, 1)[frame] for frame in (4, 5, 7)] == [
        MaskStatus.TRACKED,
        MaskStatus.ABSENT,
        MaskStatus.ABSENT,
    ]
    assert all(frame < 5 for frame, _ in session.frames_to_fix())


def test_the_table_has_a_line_per_mask_and_is_there_complete_or_not_at_all(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "confidence.csv"
    table = session.export("confidence", path)
    assert len(table) == 12
    table.run()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 24
    assert [rows[4]["status"], rows[4]["confidence"], rows[4]["seconds"]] == ["known", "1.0000", "0.080"]
    assert [rows[5]["name"], rows[7]["status"], rows[7]["confidence"]] == ["object 2", "untracked", ""]
    content = path.read_bytes()
    with pytest.raises(OutputError, match=r"confidence\.csv exists already"):
        session.export("confidence", path).run()
    iterator = iter(session.export("confidence", path, overwrite=True))
    next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    assert path.read_bytes() == content
    files = sorted(p.name for p in tmp_path.iterdir() if p.is_file())
    assert files == ["confidence.csv", "confidence.csv.manifest.json"]


def test_the_manifest_of_the_table_names_what_it_is_about(session: Session, tmp_path: Path) -> None:
    session.export("confidence", tmp_path / "some.csv", extract=Extract([2], (3, 7))).run()
    manifest = json.loads((tmp_path / "some.csv.manifest.json").read_text("utf-8"))
    assert (manifest["form"], manifest["objects"], manifest["frames"]) == (
        "confidence",
        {"2": "object 2"},
        [3, 7],
    )
    assert manifest["source"]["name"] == session.source.name


def test_the_status_names_the_frames_to_look_at(session: Session) -> None:
    with output.capture() as captured:
        show_status(session.project, 3)
    text = captured.get()
    assert "object 1 (object 1): 1 known, 11 tracked" in text
    assert "object 2 (object 2): 1 known, 11 untracked" in text
    worst = sorted(
        (line.confidence, line.frame) for line in session.report() if line.status is MaskStatus.TRACKED
    )[:3]
    shown = [line.split("│") for line in text.splitlines() if "│ tracked" in line]
    assert [float(cells[3]) for cells in shown] == [round(confidence, 2) for confidence, _ in worst]
    frame, object_id = (session.frames_in_doubt() or session.frames_to_fix())[0]
    assert f"frame {frame}, object {object_id} (object {object_id})" in text


def test_a_chosen_colour_is_painted(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for frame in range(4):
        PIL.Image.fromarray(CLIP.frame(frame)).save(folder / f"{frame}.png")
    session = Session.create(folder, tmp_path / "coloured", fake_models)
    disc = session.add_object()
    session.click(frame=0, object_id=disc, **at(CLIP.centre(0)))
    session.track().run()
    session.edit(RecolourObject(disc, (0, 0, 255)))
    session.export("sheet", tmp_path / "sheet.png").run()
    blue = np.array(PIL.Image.open(tmp_path / "sheet.png"))[..., 2].max()
    assert tuple(session.palette[disc]) == (0, 0, 255)
    assert blue > 200
    session.edit(RecolourObject(disc, (0, 255, 0)))
    session.export("sheet", tmp_path / "sheet.png", overwrite=True).run()
    x, y = CLIP.centre(0)
    scale = 400 / CLIP.width
    assert np.array(PIL.Image.open(tmp_path / "sheet.png"))[int(y * scale), int(x * scale), 1] > 100


@pytest.mark.parametrize(("trust", "reason"), [(0.07, "disagreement"), (0.6, "")])
def test_a_mask_that_lost_trust_without_a_signal_has_drifted_all_the_same(
    session: Session, trust: float, reason: str
) -> None:
    number = session.project.begin_pass(Propagate(5, 6, 1, (1,)))
    session.project.write_pass(number, 5, CLIP.label_map(5), {"confidence": {"1": trust}, "reasons": {}})
    (line,) = session.report([5], [1])
    assert (line.confidence, line.reason) == (trust, reason)
