"""Steps of edits are written down, undone and redone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.errors import ProjectError
from track_anything.project.edit_records import edit_from_json, edit_to_json
from track_anything.project.edits import AddObject, Edit, GiveMask, Propagate
from track_anything.project.history import History
from track_anything.project.journal import Journal

FRAMES = 10  # of the video
EDITS: list[Edit] = [
    AddObject(1, "ball"),
    GiveMask(3, 1, points=((1.5, 2.0),), labels=(1,), box=(0.0, 1.0, 2.0, 3.0)),
    Propagate(3, 9, 1, (1,)),
    Propagate(3, -1, -1, (1,), joined=True),
]


@pytest.mark.parametrize("edit", EDITS)
def test_edits_survive_json(edit: Edit) -> None:
    assert edit_from_json(edit_to_json(edit)) == edit


@pytest.mark.parametrize("record", [{"kind": "unheard_of"}, {}, {"kind": "add_object", "colour": 3}])
def test_an_edit_of_another_version_is_an_error(record: dict[str, object]) -> None:
    with pytest.raises(ProjectError, match="version"):
        edit_from_json(record)


def test_what_is_appended_as_one_step_goes_as_one(tmp_path: Path) -> None:
    history = History(Journal(tmp_path / "log"), FRAMES)
    history.append(EDITS[0])
    with history.one_step():
        history.append(EDITS[1])
        history.append(GiveMask(4, 1))
        history.append(GiveMask(5, 1))
    history.append(GiveMask(6, 1))
    for kept in (history, History(Journal(tmp_path / "log"), FRAMES)):
        assert kept.undo()
        assert len(list(kept.applied())) == 4
        assert kept.undo()
        assert [edit for _, edit in kept.applied()] == EDITS[:1]
        assert kept.redo()
        assert len(list(kept.applied())) == 4
        assert kept.redo()
        assert not kept.redo()


def test_joined_passes_are_one_step(tmp_path: Path) -> None:
    history = History(Journal(tmp_path / "log"), FRAMES)
    for edit in EDITS:
        history.append(edit)
    assert history.undo()
    assert [edit for _, edit in history.applied()] == EDITS[:2]
    assert history.redo()
    assert [edit for _, edit in history.applied()] == EDITS
    assert not history.redo()


@given(st.lists(st.sampled_from(["edit", "undo", "redo", "reopen"]), max_size=40))
def test_undo_and_redo_behave_like_a_list_with_a_cursor(
    tmp_path_factory: pytest.TempPathFactory, actions: list[str]
) -> None:
    path = tmp_path_factory.mktemp("history") / "log"
    history = History(Journal(path), FRAMES)
    model: list[Edit] = []
    cursor = 0
    for step, action in enumerate(actions):
        assert history.can_undo == (cursor > 0)
        assert history.can_redo == (cursor < len(model))
        assert [edit for _, edit in history.before_last_step()] == model[: max(0, cursor - 1)]
        if action == "edit":
            edit = AddObject(step + 1, f"object {step}")
            history.append(edit)
            model = [*model[:cursor], edit]
            cursor += 1
        elif action == "undo":
            assert history.undo() == (cursor > 0)
            cursor = max(0, cursor - 1)
        elif action == "redo":
            assert history.redo() == (cursor < len(model))
            cursor = min(len(model), cursor + 1)
        else:
            history = History(Journal(path), FRAMES)
        assert [edit for _, edit in history.applied()] == model[:cursor]


def test_before_the_last_step_is_before_all_passes_that_are_joined(tmp_path: Path) -> None:
    history = History(Journal(tmp_path / "log"), FRAMES)
    assert list(history.before_last_step()) == []
    for edit in EDITS:
        history.append(edit)
    assert [edit for _, edit in history.before_last_step()] == EDITS[:2]
    assert [edit for _, edit in history.applied()] == EDITS
    history.undo()
    assert [number for number, _ in history.before_last_step()] == [1]


def test_what_can_be_undone_and_redone_is_known_before(tmp_path: Path) -> None:
    history = History(Journal(tmp_path / "log"), FRAMES)
    assert (history.can_undo, history.can_redo) == (False, False)
    for edit in EDITS[:2]:
        history.append(edit)
    history.undo()
    assert (history.can_undo, history.can_redo) == (True, True)
    history.undo()
    assert (history.can_undo, history.can_redo) == (False, True)
    history.append(EDITS[0])
    assert (history.can_undo, history.can_redo) == (True, False)


def test_numbers_are_never_used_twice(tmp_path: Path) -> None:
    history = History(Journal(tmp_path / "log"), FRAMES)
    first = history.append(EDITS[0])
    history.undo()
    assert history.append(EDITS[0]) > first
