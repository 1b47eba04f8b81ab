"""The classes of a collection on the command line, and what is said of an object."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from track_anything.cli.options import Parser
from track_anything.errors import InputError

if TYPE_CHECKING:
    from track_anything.collection.desk import Collection


def add_object_options(parser: Parser) -> None:
    """The options that name an object, a class, or say of which one an object is."""
    add = parser.add_argument
    add("--like", metavar="VIDEO", help="for propose: what looks like an object of this video")
    add("--object-id", type=int, default=1, metavar="ID", help="for --like and label (default: 1)")
    add("--class", dest="class_name", metavar="NAME", help="for classes and label: a class, as person")
    add("--colour", metavar="RRGGBB", help="for classes: the colour of its objects, as ff8800")
    add("--rename", metavar="NAME", help="for classes: what --class is called from now on, with its objects")
    attribute = "for classes: what is told of each of its objects, and the values; repeatable"
    add("--attribute", dest="attributes", action="append", metavar="NAME=A,B", help=attribute)
    value = "for label: an attribute of the object; without a value it is taken away; repeatable"
    add("--set", dest="values", action="append", metavar="NAME=VALUE", help=value)


def name_class(
    collection: "Collection",
    name: str,
    colour: str | None,
    attributes: Iterable[str] | None,
    renamed: str | None = None,
) -> None:
    """Add a class to a collection, or change the one of that name, and its objects with it.

    Args:
        collection: the videos.
        name: of the class.
        colour: of its objects; None = as it is.
        attributes: as they are typed, instead of those that it has; None = as they are.
        renamed: its name from now on; None = the same.
    """
    from track_anything.collection.desk.changing_classes import change_class
    from track_anything.collection.desk.classes import LabelClass, colour_of, read_classes

    there = read_classes(collection.folder).get(name, LabelClass())
    values = there.attributes
    if attributes is not None:
        pairs = (_pair(text, "--attribute", "occluded=no,yes") for text in attributes)
        values = {told: tuple(each for each in some.split(",") if each) for told, some in pairs}
    chosen = colour_of(colour) if colour is not None else there.colour
    was = name if renamed is not None else None
    change_class(collection, renamed or name, LabelClass(chosen, values), was)


def show_classes(collection: "Collection") -> None:
    """Print the classes of a collection."""
    from track_anything.cli.console import output
    from track_anything.collection.desk.classes import read_classes

    classes = read_classes(collection.folder)
    for name, each in classes.items():
        attributes = (f"{told}: {', '.join(some) or 'any'}" for told, some in each.attributes.items())
        colour = f"#{bytes(each.colour).hex()}" if each.colour else ""
        output.print(f"{name:<24}{colour:<10}{'; '.join(attributes)}")
    if not classes:
        output.print("no classes yet: name one by --class")


def label(
    collection: "Collection", video: str, object_id: int, class_name: str | None, values: Iterable[str]
) -> None:
    """Say of which class an object is, and what its attributes are."""
    from track_anything.cli.console import output
    from track_anything.collection.desk.classes import label_object, read_classes

    told = dict(_pair(text, "--set", "occluded=yes") for text in values)
    with collection.session(video) as session:
        project = session.project
        name = label_object(project, object_id, read_classes(collection.folder), class_name, told)
        attributes = project.state.attributes.get(object_id, {})
    said = "".join(f", {each}={value}" for each, value in attributes.items())
    output.print(f"{video}: object {object_id} is {name}{said}")


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    name, is_told, value = text.partition("=")
    if not is_told or not name.strip():
        raise InputError(f"{option} {text} cannot be understood: give it as {example}")
    return name.strip(), value.strip()
