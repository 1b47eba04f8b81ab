"""A project is what it was when it is opened again, and known masks outlive all tracking."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from track_anything.errors import InputError, ProjectError
from track_anything.project.description import Description
from track_anything.project.edits import GiveMask, Propagate, RecolourObject, RenameObject
from track_anything.project.journal import Journal, Log
from track_anything.project.layers import Layers
from track_anything.project.project import Project
from track_anything.testing import MovingShapes
from track_anything.types import LabelMap, Mask

CLIP = MovingShapes(frame_count=6, height=20, width=30)
SIZE = (CLIP.height, CLIP.width)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "project", Description(Path("clip.mp4"), "print", CLIP.info))


def rectangle(top: int, left: int, bottom: int, right: int) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


def labelled(mask: Mask, object_id: int) -> LabelMap:
    return np.where(mask, object_id, 0).astype(np.uint8)


def test_a_project_reopens_as_it_was_closed(project: Project) -> None:
    ball = project.add_object("ball")
    project.give_mask(GiveMask(2, ball, points=((4.0, 5.0),), labels=(1,)), rectangle(2, 3, 8, 9))
    project.close()
    with Project(project.folder) as reopened:
        assert reopened.state == project.state
        assert reopened.description.video == CLIP.info
        assert reopened.given(2, ball) == GiveMask(2, ball, points=((4.0, 5.0),), labels=(1,))
        assert (reopened.mask(2, ball) == rectangle(2, 3, 8, 9)).all()
        assert not reopened.mask(3, ball).any()
        assert len(reopened.known) == 1
        assert list(reopened.known) == [2]


def test_a_known_mask_outlives_any_propagation_over_it(project: Project) -> None:
    ball = project.add_object()
    project.give_mask(GiveMask(2, ball), rectangle(2, 3, 8, 9))
    number = project.begin_pass(Propagate(0, 6, 1, (ball,)))
    for frame in range(6):
        project.write_pass(number, frame, labelled(rectangle(0, 0, 20, 30), ball), {})
    assert (project.mask(2, ball) == rectangle(2, 3, 8, 9)).all()
    assert project.mask(3, ball).all()


def test_a_pass_over_one_object_leaves_the_others_as_they_are(project: Project) -> None:
    first, second = project.add_object(), project.add_object()
    number = project.begin_pass(Propagate(0, 6, 1, (first, second)))
    both = labelled(rectangle(0, 0, 10, 10), first) + labelled(rectangle(10, 10, 20, 20), second)
    project.write_pass(number, 0, both, {})
    before = project.label_map(0)

    again = project.begin_pass(Propagate(0, 6, 1, (first,)))
    project.write_pass(again, 0, labelled(rectangle(0, 0, 20, 30), first), {"confidence": {}})
    assert (project.mask(0, second) == (before == second)).all()
    assert ((project.label_map(0) == second) == (before == second)).all()
    assert (project.label_map(0) == first).sum() == 20 * 30 - 100


def test_a_known_mask_lies_above_propagated_ones_and_a_later_above_an_earlier(project: Project) -> None:
    first, second, third = (project.add_object() for _ in range(3))
    project.give_mask(GiveMask(0, second), rectangle(0, 0, 10, 10))
    project.give_mask(GiveMask(0, first), rectangle(5, 5, 15, 15))
    number = project.begin_pass(Propagate(0, 6, 1, (third,)))
    project.write_pass(number, 0, labelled(rectangle(0, 0, 20, 30), third), {})
    label_map = project.label_map(0)
    assert label_map[7, 7] == first
    assert label_map[2, 2] == second
    assert label_map[18, 25] == third


def test_undo_and_redo_bring_masks_back(project: Project) -> None:
    ball = project.add_object()
    project.give_mask(GiveMask(1, ball), rectangle(0, 0, 4, 4))
    project.give_mask(GiveMask(1, ball), rectangle(0, 0, 9, 9))
    assert project.undo()
    assert project.mask(1, ball).sum() == 16
    assert project.redo()
    assert project.mask(1, ball).sum() == 81
    assert not project.redo()
    assert [project.undo() for _ in range(4)] == [True, True, True, False]
    assert project.state.objects == {}


def test_the_masks_before_the_last_step_can_be_looked_at(project: Project) -> None:
    assert not project.label_map_before(1).any()
    ball = project.add_object()
    project.give_mask(GiveMask(1, ball), rectangle(0, 0, 4, 4))
    assert not project.label_map_before(1).any()
    project.give_mask(GiveMask(1, ball), rectangle(0, 0, 9, 9))
    assert project.label_map_before(1).sum() == 16
    assert project.label_map(1).sum() == 81
    project.begin_pass(Propagate(2, 6, 1, (ball,)))
    number = project.begin_pass(Propagate(2, -1, -1, (ball,), joined=True))
    project.write_pass(number, 0, labelled(rectangle(0, 0, 20, 30), ball), {})
    assert project.label_map(0).all()
    assert not project.label_map_before(0).any()
    assert project.label_map_before(1).sum() == 81
    project.undo()
    assert project.label_map_before(1).sum() == 16
    with pytest.raises(InputError, match="frame 6 does not exist"):
        project.label_map_before(6)


def test_a_step_can_be_taken_back_or_applied_again_only_where_there_is_one(project: Project) -> None:
    assert (project.can_undo, project.can_redo) == (False, False)
    project.add_object()
    assert (project.can_undo, project.can_redo) == (True, False)
    project.undo()
    assert (project.can_undo, project.can_redo) == (False, True)
    project.close()
    with Project(project.folder) as reopened:
        assert (reopened.can_undo, reopened.can_redo) == (False, True)


def test_threads_may_edit_while_another_one_writes(project: Project) -> None:
    ball = project.add_object()
    number = project.begin_pass(Propagate(0, 6, 1, (ball,)))

    def write() -> None:
        for frame in range(6):
            project.write_pass(number, frame, labelled(rectangle(0, 0, 9, 9), ball), {})

    def click() -> None:
        own = project.add_object()
        for frame in range(6):
            project.give_mask(GiveMask(frame, own), rectangle(10, 10, 12, 12))
            project.label_map(frame)

    with ThreadPoolExecutor(5) as threads:
        for done in [threads.submit(work) for work in (write, click, click, click, click)]:
            done.result()
    assert list(project.state.objects) == [1, 2, 3, 4, 5]
    assert [number for number, _ in project.state.edits] == list(range(1, 31))
    for reader in (project, Project(project.folder, read_only=True)):
        for frame in range(6):
            assert reader.mask(frame, ball).sum() == 81
            assert all(reader.mask(frame, own).sum() == 4 for own in (2, 3, 4, 5))


def test_threads_that_ask_for_the_records_of_a_pass_share_one_log(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    class SlowLog(Log):
        def __init__(self, path: Path) -> None:
            opened.append(path)
            time.sleep(0.02)  # for the others to come, too
            super().__init__(path)

    ball = project.add_object()
    number = project.begin_pass(Propagate(0, 6, 1, (ball,)))
    monkeypatch.setattr("track_anything.project.passes.Log", SlowLog)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(project.pass_records, number) for _ in range(3)]
        threads.submit(project.write_pass, number, 0, np.zeros(SIZE, np.uint8), {}).result()
    assert all(0 in answer.result() for answer in asked)
    assert len(opened) == 1


def test_what_a_crash_left_behind_does_not_count_as_done(project: Project) -> None:
    ball = project.add_object()
    project.close()
    orphan = labelled(rectangle(0, 0, 5, 5), ball)
    Layers(project.folder / "masks", SIZE).write(3, 2, orphan)  # written, but its edit was never acknowledged
    with Project(project.folder) as reopened:
        number = reopened.begin_pass(Propagate(0, 6, 1, (ball,)))
        assert reopened.frames_left(number) == list(range(6))


def test_unfinished_passes_are_those_of_the_newest_step(project: Project) -> None:
    ball = project.add_object()
    old = project.begin_pass(Propagate(0, 6, 1, (ball,)))
    forward = project.begin_pass(Propagate(2, 6, 1, (ball,)))
    backward = project.begin_pass(Propagate(2, -1, -1, (ball,), joined=True))
    assert project.unfinished_passes() == [forward, backward]
    for frame in (2, 3, 4, 5):
        project.write_pass(forward, frame, np.zeros(SIZE, np.uint8), {"confidence": {}})
    assert project.unfinished_passes() == [backward]
    assert project.frames_left(backward) == [2, 1, 0]
    assert project.pass_records(forward)[3] == {"frame": 3, "confidence": {}}
    project.undo()
    assert project.unfinished_passes() == [old]


def test_a_failed_acknowledgement_leaves_no_mask_behind(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(journal: Journal, record: object) -> None:
        raise ProjectError("disk full")

    ball = project.add_object()
    monkeypatch.setattr(Journal, "append", refuse)
    with pytest.raises(ProjectError, match="disk full"):
        project.give_mask(GiveMask(0, ball), rectangle(0, 0, 4, 4))
    assert not list((project.folder / "masks").glob("*.png"))
    assert not project.mask(0, ball).any()


def test_a_full_disk_leaves_no_partial_layer(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    ball = project.add_object()
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ProjectError, match="No space left.*nothing was lost"):
        project.give_mask(GiveMask(0, ball), rectangle(0, 0, 4, 4))
    assert not any((project.folder / "masks").iterdir())


@pytest.mark.parametrize("frame", [-1, 6, 1000])
def test_a_frame_out_of_range_is_named(project: Project, frame: int) -> None:
    ball = project.add_object()
    with pytest.raises(InputError, match=f"frame {frame} does not exist: the video has frames 0 to 5"):
        project.give_mask(GiveMask(frame, ball), rectangle(0, 0, 4, 4))
    with pytest.raises(InputError, match="does not exist"):
        project.label_map(frame)


def test_bad_masks_and_objects_are_refused(project: Project) -> None:
    with pytest.raises(InputError, match="no object 4; the project has none yet"):
        project.give_mask(GiveMask(0, 4), rectangle(0, 0, 4, 4))
    ball = project.add_object("ball")
    with pytest.raises(InputError, match=r"the project has 1 \(ball\)"):
        project.check_object(2)
    with pytest.raises(InputError, match=r"\(3, 3\).*\(20, 30\)"):
        project.give_mask(GiveMask(0, ball), np.zeros((3, 3), np.bool_))


@pytest.mark.parametrize("name", ["", "  ", "half a character: \udce4"])
def test_a_name_that_cannot_be_kept_is_refused(project: Project, name: str) -> None:
    project.add_object("cat")
    with pytest.raises(InputError, match="is no name for an object"):
        project.edit(RenameObject(1, name))
    assert project.state.objects == {1: "cat"}


@pytest.mark.parametrize("colour", [(256, 0, 0), (0, -1, 0)])
def test_a_colour_that_is_none_is_refused(project: Project, colour: tuple[int, int, int]) -> None:
    project.add_object()
    with pytest.raises(InputError, match="is no colour: give red, green and blue, each from 0 to 255"):
        project.edit(RecolourObject(1, colour))
    assert project.state.colours == {}


def test_object_ids_end_at_255(project: Project) -> None:
    assert [project.add_object() for _ in range(255)] == list(range(1, 256))
    with pytest.raises(InputError, match="at most 255"):
        project.add_object()


def test_another_thread_may_close_what_one_opened(project: Project) -> None:
    project.close()
    with ThreadPoolExecutor(1) as thread:
        opened = thread.submit(Project, project.folder).result()
    opened.close()
    Project(project.folder).close()


def test_only_one_process_edits(project: Project) -> None:
    with pytest.raises(ProjectError, match="open in another process"):
        Project(project.folder)
    reader = Project(project.folder, read_only=True)
    with pytest.raises(ProjectError, match="read"):
        reader.add_object()
    project.close()
    Project(project.folder).close()


def test_folders_that_are_not_projects(tmp_path: Path, project: Project) -> None:
    description = Description(Path("clip.mp4"), "print", CLIP.info)
    with pytest.raises(ProjectError, match=r"is not a project: it has no project.json"):
        Project(tmp_path)
    with pytest.raises(ProjectError, match="is a project already"):
        Project.create(project.folder, description)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "holiday.jpg").touch()
    with pytest.raises(ProjectError, match=r"holds holiday\.jpg"):
        Project.create(tmp_path / "full", description)
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="is a file"):
        Project.create(tmp_path / "file", description)
    with pytest.raises(ProjectError, match="choose another folder"):
        Project.create(tmp_path / "file" / "inside", description)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (b'{"schema": 1}', "damaged"),
        (b'{"schema": 99}', "newer version.*update"),
    ],
)
def test_a_description_that_cannot_be_read(project: Project, content: bytes, message: str) -> None:
    project.close()
    (project.folder / "project.json").write_bytes(content)
    with pytest.raises(ProjectError, match=message):
        Project(project.folder)


def test_a_damaged_journal_does_not_keep_the_project_locked(project: Project) -> None:
    project.add_object()
    project.add_object()
    project.close()
    path = project.folder / "journal.log"
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"number":1', b'"number":7'))
    with pytest.raises(ProjectError, match="damaged in line 1"):
        Project(project.folder)
    path.write_bytes(good)
    with Project(project.folder) as reopened:
        assert len(reopened.state.objects) == 2


def test_the_description_is_plain_json(project: Project) -> None:
    content = json.loads((project.folder / "project.json").read_text())
    assert content["schema"] == 2
    assert content["video"]["height"] == 20
