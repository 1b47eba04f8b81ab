"""From the name of a way to make mattes to its matter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from track_anything.errors import InputError
from track_anything.matting.matter import Matter, SingleFrames


def _closed_form() -> Matter:
    from track_anything.matting.closed_form import closed_form_matte

    return SingleFrames(closed_form_matte)


def _guided() -> Matter:
    from track_anything.matting.guided_filter import guided_matte

    return SingleFrames(lambda image, trimap, _prior: guided_matte(image, trimap))


@dataclass(frozen=True)
class Method:
    """A way to make mattes.

    Attributes:
        build: makes a matter for one object.
        meaning: what it is, in a few words.
    """

    build: Callable[[], Matter]
    meaning: str


MATTERS: Mapping[str, Method] = {
    "closed-form": Method(_closed_form, "exact along hair and blur, seconds per frame"),
    "guided": Method(_guided, "a quick preview"),
}
"""The ways by name; a new one is one line."""


def build_matter(method: str) -> Matter:
    """A matter for one object; InputError when there is no such way."""
    if method not in MATTERS:
        raise InputError(f"there is no way {method!r} to make mattes: choose one of {', '.join(MATTERS)}")
    return MATTERS[method].build()
