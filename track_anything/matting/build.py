"""From the name of a way to make mattes to its matter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from track_anything.errors import InputError
from track_anything.matting.matter import Matter, SingleFrames


def _closed_form() -> Matter:
    from track_anything.matting.closed_form import closed_form_matte

    return SingleFrames(closed_form_matte)


def _guided() -> Matter:
    from track_anything.matting.guided_filter import guided_matte

    return SingleFrames(lambda image, trimap, _prior: guided_matte(image, trimap))


def _pymatting() -> Matter:
    from track_anything.matting.pymatting_form import load_pymatting

    return SingleFrames(load_pymatting())


def _rvm() -> Matter:
    from track_anything.matting.rvm import load_rvm

    return load_rvm()


@dataclass(frozen=True)
class Method:
    """A way to make mattes.

    Attributes:
        build: makes a matter for one object.
        meaning: what it is, in a few words.
        needs: the package that it is an extra with; empty = it is ours.
    """

    build: Callable[[], Matter]
    meaning: str
    needs: str = ""


MATTERS: Mapping[str, Method] = {
    "closed-form": Method(_closed_form, "exact along hair and blur, seconds per frame"),
    "guided": Method(_guided, "a quick preview"),
    "pymatting": Method(_pymatting, "PyMatting's closed form", "pymatting"),
    "rvm": Method(_rvm, "people, by Robust Video Matting", "onnxruntime"),
}
"""The ways by name; a new one is one line."""


def usable_matters() -> list[str]:
    """The names of those that run here: ours, and extras whose package is installed."""
    return [name for name, method in MATTERS.items() if not method.needs or find_spec(method.needs)]


def check_method(method: str) -> None:
    """Raise InputError when there is no such way."""
    if method not in MATTERS:
        raise InputError(f"there is no way {method!r} to make mattes: choose one of {', '.join(MATTERS)}")


def build_matter(method: str) -> Matter:
    """A matter for one object; InputError when there is no such way, or what it needs is not here."""
    check_method(method)
    return MATTERS[method].build()
