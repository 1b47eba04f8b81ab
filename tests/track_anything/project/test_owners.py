"""Objects that go with another one, as shadows do: attached, deleted together, and let go."""

from pathlib import Path

import pytest

from track_anything.errors import InputError
from track_anything.project import Project
from track_anything.project.description import Description
from track_anything.project.edits import DeleteObject, RenameObject, SetOwner
from track_anything.testing import MovingShapes

CLIP = MovingShapes(frame_count=4, height=3, width=4)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three objects, of which the second goes with the first."""
    project = Project.create(tmp_path / "project", Description(Path("clip.mp4"), "print", CLIP.info))
    for name in ("cat", "shadow of cat", "dog"):
        project.add_object(name)
    project.edit(SetOwner(2, 1))
    return project


def test_an_object_goes_with_another_one_until_it_is_let_go(project: Project) -> None:
    assert project.state.owners == {2: 1}
    assert project.state.going_with({1}) == (2,)
    assert project.state.going_with({1, 2}) == project.state.going_with({3}) == ()
    project.close()
    reopened = Project(project.folder)
    assert reopened.state.owners == {2: 1}
    reopened.edit(SetOwner(2, None))
    assert reopened.state.owners == {}
    reopened.undo()
    assert reopened.state.owners == {2: 1}


def test_what_goes_with_an_object_is_deleted_with_it_as_one_step(project: Project) -> None:
    project.edit(DeleteObject(1))
    assert project.state.objects == {3: "dog"}
    assert project.add_object("mouse") == 1
    assert project.state.owners == {}
    project.undo()
    project.undo()
    assert (len(project.state.objects), project.state.owners) == (3, {2: 1})
    project.edit(DeleteObject(2))
    assert project.state.objects == {1: "cat", 3: "dog"}


def test_a_new_object_under_the_id_of_an_owner_has_nothing_with_it(project: Project) -> None:
    project.edit(DeleteObject(2))
    assert project.add_object("mouse") == 2
    assert project.state.owners == {}


def test_a_deletion_is_part_of_the_step_around_it(project: Project) -> None:
    with project.one_step():
        project.edit(RenameObject(3, "wolf"))
        project.edit(DeleteObject(1))
        project.edit(RenameObject(3, "fox"))
    assert project.state.objects == {3: "fox"}
    project.undo()
    assert project.state.objects == {1: "cat", 2: "shadow of cat", 3: "dog"}


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (SetOwner(3, 3), "object 3 cannot go with itself"),
        (SetOwner(3, 2), "object 2 goes with object 1: name that one as the owner"),
        (SetOwner(1, 3), "other objects go with object 1: let them stand for themselves first"),
        (SetOwner(3, 9), "there is no object 9"),
        (SetOwner(9, 1), "there is no object 9"),
    ],
)
def test_owners_that_cannot_be_are_refused(project: Project, edit: SetOwner, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        project.edit(edit)
    assert project.state.owners == {2: 1}
