"""Edits as plain values of a journal, and what their values may be."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from track_anything.errors import InputError, ProjectError
from track_anything.project.attributes import SetAttributes
from track_anything.project.edits import (
    WIDEST_BAND,
    AddObject,
    Edit,
    RecolourObject,
    RenameObject,
    SetBand,
    SetCleanUp,
)

_EDIT: TypeAdapter[Edit] = TypeAdapter(
    Annotated[Edit, Field(discriminator="kind")], config=ConfigDict(extra="forbid")
)


def check_values(edit: Edit) -> None:
    """Raise InputError when an edit describes an object in a way that cannot be kept."""
    match edit:
        case AddObject(name=name) | RenameObject(name=name) if not name.strip() or not _is_text(name):
            raise InputError(f"{name!r} is no name for an object: give one of letters or other characters")
        case RecolourObject(colour=colour) if not all(0 <= part <= 255 for part in colour):
            raise InputError(f"{colour} is no colour: give red, green and blue, each from 0 to 255")
        case SetAttributes(attributes=pairs) if not all(
            key.strip() and _is_text(key + value) for key, value in pairs
        ) or len(dict(pairs)) < len(pairs):
            raise InputError(f"{pairs} are no attributes: give different names, each with a value")
        case SetBand(width=width) if not 1 <= width <= WIDEST_BAND:
            raise InputError(f"a band cannot be {width} pixels wide: give a width from 1 to {WIDEST_BAND}")
        case SetCleanUp():
            edit.clean_up  # noqa: B018 - it is checked as it is made


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """The edit as plain JSON values."""
    return asdict(edit)


def edit_from_json(record: Mapping[str, Any]) -> Edit:
    """The edit that ``edit_to_json`` wrote.

    Raises:
        ProjectError: of a kind that this version does not know, or with values that no edit has.
    """
    try:
        edit = _EDIT.validate_python(record)
        check_values(edit)
    except (ValidationError, InputError) as error:
        kind = record.get("kind") if isinstance(record, Mapping) else record
        raise ProjectError(
            f"the project holds an edit that this version cannot read ({kind!r}: {_first_fault(error)}): "
            "open it with the version that wrote it"
        ) from error
    return edit


def _first_fault(error: ValidationError | InputError) -> str:
    if isinstance(error, InputError):
        return str(error)
    fault = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, fault['loc'][1:])) or 'kind'}: {fault['msg']}"


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # half a character, as in file names of another encoding
        return False
    return True
