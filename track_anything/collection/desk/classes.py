"""The classes that objects of a collection may be of: names with colours, and attributes with values."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from track_anything.errors import InputError, OutputError, ProjectError, unknown
from track_anything.project import Project
from track_anything.project.attributes import SetAttributes
from track_anything.project.edits import RecolourObject, RenameObject
from track_anything.prompting.finding.found import numbered
from track_anything.system.files import make_folder, remedy, write_durably
from track_anything.types import ObjectId

_CLASSES = "classes.json"
_NUMBER = re.compile(r"\s+\d+$")
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")


@dataclass(frozen=True)
class LabelClass:
    """What objects of a class look like on the screen, and what is asked about each.

    Attributes:
        colour: (red, green, blue) from 0 to 255; None = each object has one of its own.
        attributes: the values that each may have; none = any text.
    """

    colour: tuple[int, int, int] | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def check(self, values: Mapping[str, str]) -> None:
        """Raise InputError for attributes, or values of them, that the class does not have."""
        for name, value in values.items():
            if name not in self.attributes:
                raise unknown("attribute", name, self.attributes or ["none: give the class some"])
            if self.attributes[name] and value not in self.attributes[name]:
                raise unknown(f"value of {name}", value, self.attributes[name])


_ALL: TypeAdapter[dict[str, LabelClass]] = TypeAdapter(dict[str, LabelClass])


def read_classes(folder: Path) -> dict[str, LabelClass]:
    """The classes of the collection whose projects are in a folder, by name; ProjectError when damaged."""
    path = folder / _CLASSES
    try:
        return _ALL.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise ProjectError(f"{path} is damaged: delete it, and name the classes anew") from error


def write_class(folder: Path, name: str, label_class: LabelClass, was: str | None = None) -> None:
    """Add a class, or put it in the place of the one of that name.

    Args:
        folder: of the collection.
        name: of the class.
        label_class: what it is.
        was: the class that it takes the place of; None = that of its name, if there is one.

    Raises:
        InputError: see ``check_class``.
        OutputError: it cannot be written.
    """
    there = check_class(folder, name, was)
    if was in there:
        changed = {name if each == was else each: one for each, one in there.items()}
    else:
        changed = dict(there)
    _write(folder, changed | {name: label_class})


def check_class(folder: Path, name: str, was: str | None = None) -> dict[str, LabelClass]:
    """The classes that are there, if there may be one of this name; see ``write_class``.

    Raises:
        InputError: its name is none, ends with a number as objects do, or is that of another class.
    """
    if not name.strip() or class_of(name) != name:
        raise InputError(f"{name!r} is no name for a class: give one without a number at its end")
    there = read_classes(folder)
    if was is not None and was not in there:
        raise unknown("class", was, there or ["none: name one first"])
    if was not in (None, name) and name in there:
        raise InputError(f"there is a class {name} already: give another name")
    return there


def drop_class(folder: Path, name: str) -> None:
    """Take a class out of the list; objects keep their names, colours and attributes.

    Raises:
        InputError: there is no such class.
        OutputError: it cannot be written.
    """
    there = read_classes(folder)
    if name not in there:
        raise unknown("class", name, there or ["none: name one first"])
    _write(folder, {each: one for each, one in there.items() if each != name})


def _write(folder: Path, classes: Mapping[str, LabelClass]) -> None:
    told = {name: asdict(each) for name, each in classes.items()}
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    try:
        make_folder(folder)
        write_durably(folder / _CLASSES, text.encode("utf-8", "replace"))
    except OSError as error:
        what = f"{folder / _CLASSES} cannot be written ({error.strerror})"
        raise OutputError(f"{what}: {remedy(error)}") from error


def class_of(object_name: str) -> str:
    """The class of an object: its name without a number behind it."""
    return _NUMBER.sub("", object_name)


def label_object(
    project: Project,
    object_id: ObjectId,
    classes: Mapping[str, LabelClass],
    class_name: str | None = None,
    values: Mapping[str, str] | None = None,
) -> str:
    """Say of which class an object is, and what its attributes are, as one step to undo; returns its name.

    Args:
        project: where it is.
        object_id: the object.
        classes: of the collection.
        class_name: its class; None = that of its name.
        values: of attributes, beside those that it has; an empty one takes that attribute away.

    Raises:
        InputError: there is no such object, class, attribute or value.
    """
    project.check_object(object_id)
    state = project.state
    own = state.objects[object_id]
    wanted = class_of(own) if class_name is None else class_name
    if wanted not in classes:
        raise unknown(
            "class",
            wanted,
            classes or ["none: name one by `track-anything desk SOURCE classes --class NAME`"],
        )
    found = classes[wanted]
    changed = {name: value for name, value in (values or {}).items() if value}
    found.check(changed)
    kept = {
        name: value for name, value in state.attributes.get(object_id, {}).items() if name in found.attributes
    }
    told = {name: value for name, value in {**kept, **changed}.items() if (values or {}).get(name) != ""}
    others = [name for number, name in state.objects.items() if number != object_id]
    name = own if class_of(own) == wanted else numbered([wanted], others)[0]
    with project.one_step():
        if name != own:
            project.edit(RenameObject(object_id, name))
        if found.colour is not None and state.colours.get(object_id) != found.colour:
            project.edit(RecolourObject(object_id, found.colour))
        if told != state.attributes.get(object_id, {}):
            project.edit(SetAttributes(object_id, tuple(sorted(told.items()))))
    return name


def follow_class(project: Project, was: str, name: str, colour: tuple[int, int, int] | None) -> None:
    """Name and colour the objects of a class as it is named and coloured now, as one step to undo.

    Args:
        project: where they are.
        was: the name of the class before.
        name: its name now.
        colour: of its objects; None = they keep theirs.
    """
    state = project.state
    own = [object_id for object_id, called in state.objects.items() if class_of(called) == was]
    others = [called for object_id, called in state.objects.items() if object_id not in own]
    names = dict(zip(own, numbered([name] * len(own), others), strict=True)) if name != was else {}
    with project.one_step():
        for object_id in own:
            if names:
                project.edit(RenameObject(object_id, names[object_id]))
            if colour is not None and state.colours.get(object_id) != colour:
                project.edit(RecolourObject(object_id, colour))


def colour_of(text: str) -> tuple[int, int, int]:
    """``#ff8800`` as red, green and blue; InputError for anything else."""
    found = _COLOUR.fullmatch(text)
    if found is None:
        raise InputError(f"{text!r} is no colour: give one as ff8800")
    red, green, blue = bytes.fromhex(found[1])
    return red, green, blue
