"""Classes with colours and attributes: said of objects, undone, refused, and handed out."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.track_anything.cli.test_cli import fakes
from tests.track_anything.collection.drawn import write_clip
from tests.track_anything.conftest import Run
from tests.track_anything.pointing import at
from track_anything.collection.desk import Collection
from track_anything.collection.desk.classes import LabelClass, label_object, read_classes, write_class
from track_anything.collection.desk.handing_out import data_set_of, split
from track_anything.errors import InputError, ProjectError
from track_anything.masks.data_sets import FORMATS, read_data_set, write_data_set
from track_anything.project import Project
from track_anything.project.attributes import SetAttributes
from track_anything.project.edits import DeleteObject
from track_anything.testing import MovingShapes, fake_models

__all__ = ["fakes"]  # the fixture
CLIP = MovingShapes(frame_count=3, height=40, width=60, shapes=2)
ORANGE = (255, 136, 0)
CLASSES = {
    "person": LabelClass(ORANGE, {"occluded": ("no", "yes"), "clothes": ()}),
    "röte Kugel": LabelClass(),
}


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Two objects of which nobody has said what they are."""
    (tmp_path / "videos").mkdir()
    write_clip(CLIP, tmp_path / "videos" / "a.mkv")
    collection = Collection(tmp_path / "videos")
    with collection.session("a.mkv", fake_models) as session:
        for number in (1, 2):
            session.click(frame=0, object_id=session.add_object(), **at(CLIP.centre(0, number)))
    for name, each in CLASSES.items():
        write_class(collection.folder, name, each)
    return collection


@pytest.fixture
def project(collection: Collection) -> Iterator[Project]:
    with Project(collection.video("a.mkv").project) as project:
        yield project


def test_an_object_is_named_and_coloured_after_its_class_and_that_is_one_step(project: Project) -> None:
    before = project.state
    assert label_object(project, 1, CLASSES, "person", {"occluded": "yes"}) == "person"
    assert label_object(project, 2, CLASSES, "person") == "person 2"
    assert project.state.objects == {1: "person", 2: "person 2"}
    assert project.state.colours == {1: ORANGE, 2: ORANGE}
    assert project.state.attributes == {1: {"occluded": "yes"}}
    label_object(project, 1, CLASSES, values={"clothes": "red, torn"})
    assert project.state.attributes[1] == {"clothes": "red, torn", "occluded": "yes"}
    label_object(project, 1, CLASSES, values={"occluded": ""})
    assert project.state.attributes[1] == {"clothes": "red, torn"}
    label_object(project, 1, CLASSES, "röte Kugel")  # which has no attributes
    assert (project.state.objects[1], project.state.attributes) == ("röte Kugel", {})
    for _ in range(5):
        assert project.undo()
    assert (project.state.objects, project.state.colours) == (before.objects, before.colours)
    assert project.state.attributes == {}


def test_attributes_are_kept_and_go_with_their_object(collection: Collection) -> None:
    folder = collection.video("a.mkv").project
    with Project(folder) as project:
        label_object(project, 2, CLASSES, "person", {"occluded": "no"})
    with Project(folder) as project:
        assert project.state.attributes == {2: {"occluded": "no"}}
        project.edit(DeleteObject(2))
        assert project.state.attributes == {}


@pytest.mark.parametrize(
    ("class_name", "values", "message"),
    [
        ("dog", {}, "unknown class 'dog'; choose one of person, röte Kugel"),
        (None, {}, "unknown class"),
        ("person", {"age": "3"}, "unknown attribute 'age'; choose one of occluded, clothes"),
        ("person", {"occluded": "perhaps"}, "unknown value of occluded 'perhaps'; choose one of no, yes"),
        ("röte Kugel", {"age": "3"}, "choose one of none: give the class some"),
    ],
)
def test_what_a_class_does_not_have_is_refused(
    project: Project, class_name: str | None, values: dict[str, str], message: str
) -> None:
    before = project.state
    with pytest.raises(InputError, match=message):
        label_object(project, 1, CLASSES, class_name, values)
    assert project.state == before


def test_classes_are_read_back_and_what_is_none_is_refused(collection: Collection) -> None:
    assert read_classes(collection.folder) == CLASSES
    assert read_classes(collection.folder / "nowhere") == {}
    for name in ("", " ", "person 2"):
        with pytest.raises(InputError, match="is no name for a class"):
            write_class(collection.folder, name, LabelClass())
    (collection.folder / "classes.json").write_text('{"person": {"colour": [1, 2]}}')
    with pytest.raises(ProjectError, match=r"classes\.json is damaged: delete it"):
        read_classes(collection.folder)


@pytest.mark.parametrize("pairs", [((" ", "x"),), (("a", "x"), ("a", "y")), (("\ud800", "x"),)])
def test_attributes_that_cannot_be_kept_are_refused(
    project: Project, pairs: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(InputError, match="are no attributes"):
        project.edit(SetAttributes(1, pairs))


@pytest.mark.parametrize("form", FORMATS)
def test_they_come_back_from_the_forms_that_hold_them(
    collection: Collection, tmp_path: Path, form: str
) -> None:
    with Project(collection.video("a.mkv").project) as project:
        label_object(project, 1, CLASSES, "person", {"occluded": "yes", "clothes": 'a "red" <hat>'})
        label_object(project, 2, CLASSES, "röte Kugel")
    data, _ = split(data_set_of(collection, only_finished=False), 0)
    path = tmp_path / f"made{FORMATS[form].suffix}"
    notes = write_data_set(data, path, form)
    read = read_data_set(path, form)
    attributes = [track.attributes for _, video in read for _, track in sorted(video.tracks.items())]
    lost = [
        note for note in notes if "attributes of objects are lost" in note or "colours of categories" in note
    ]
    if form in ("coco", "cvat"):
        assert attributes == [{"occluded": "yes", "clothes": 'a "red" <hat>'}, {}]
        assert read.colours == {"person": ORANGE}
        assert lost == []
    else:
        assert not any(attributes)
        assert len(lost) == 2


def test_classes_on_the_command_line(collection: Collection, run: Run, tmp_path: Path) -> None:
    desk = partial(run, "desk", tmp_path / "videos")
    told = ("--colour", "#00ff00", "--attribute", "breed=", "--attribute", "leash=no,yes")
    code, out, errors = desk("classes", "--class", "dog", *told)
    assert code == 0, errors
    assert out.splitlines()[-1].split(maxsplit=2) == ["dog", "#00ff00", "breed: any; leash: no, yes"]
    said = ("--object-id", "2", "--class", "dog", "--set", "leash=yes", "--set", "breed=pug")
    assert desk("label", "a.mkv", *said)[1] == "a.mkv: object 2 is dog, breed=pug, leash=yes\n"
    _, out, _ = desk("classes", "--class", "dog", "--rename", "hound")
    assert out.splitlines()[-1].split(maxsplit=2) == ["hound", "#00ff00", "breed: any; leash: no, yes"]
    assert desk("classes", "--class", "hound", "--colour", "0000ff")[0] == 0
    with Project(collection.video("a.mkv").project, read_only=True) as project:
        assert project.state.objects == {1: "object 1", 2: "hound"}
        assert project.state.colours == {2: (0, 0, 255)}
    for arguments, message in (
        (("label",), "of which video? name it behind label"),
        (("label", "a.mkv", "--class", "dog", "--set", "leash"), "--set leash cannot be understood"),
        (("classes", "--class", "cat", "--colour", "red"), "'red' is no colour: give one as ff8800"),
        (("classes", "--class", "cat", "--attribute", "=x"), "--attribute =x cannot be understood"),
        (("classes", "--class", "cat", "--rename", "person"), "unknown class 'cat'; choose one of person"),
        (("classes", "--class", "hound", "--rename", "person"), "there is a class person already"),
    ):
        code, _, errors = desk(*arguments)
        assert (code, errors.count("\n")) == (2, 1)
        assert message in errors
