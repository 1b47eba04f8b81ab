"""From a name and arguments that anybody sent to a deed, and from its errors to one line."""

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

from pydantic import ValidationError, validate_call

from track_anything.errors import TrackAnythingError
from track_anything.ui.agents.endpoints import ENDPOINTS, Endpoints
from track_anything.ui.describe import describe_error
from track_anything.ui.desk import Desk

Deed: TypeAlias = Callable[..., dict[str, Any]]


class RefusedError(Exception):
    """A call that cannot be done; its text is one line for who called."""


def call(desk: Desk, endpoints: Endpoints, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do the deed of a name.

    Raises:
        RefusedError: it cannot be done, or the arguments are not what it takes.
    """
    deed: Deed = validate_call(getattr(endpoints, name))
    try:
        return deed(**arguments)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise RefusedError(f"{name} cannot be understood ({place}: {first['msg']})") from error
    except TrackAnythingError as error:
        project_id = str(arguments.get("project", ""))
        raise RefusedError(describe_error(error, project_id, desk.workspace, desk.roots)) from error


def signatures() -> dict[str, tuple[inspect.Signature, str]]:
    """The parameters of each deed, in order, and its docstring without the list of them."""
    found = {}
    for name in ENDPOINTS:
        method = getattr(Endpoints, name)
        signature = inspect.signature(method)
        parameters = [each for each in signature.parameters.values() if each.name != "self"]
        found[name] = (signature.replace(parameters=parameters), inspect.getdoc(method) or "")
    return found


def annotated(deed: Deed, signature: inspect.Signature, name: str, text: str) -> Deed:
    """A function of any arguments as one that says which it takes, for who reads that from functions."""
    deed.__name__, deed.__doc__ = name, text
    deed.__signature__ = signature  # type: ignore[attr-defined]  # functions may have one
    hints = {each.name: each.annotation for each in signature.parameters.values()}
    deed.__annotations__ = hints | {"return": signature.return_annotation}
    return deed
