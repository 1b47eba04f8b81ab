"""The words of the product as types. Arrays are (H, W); points are (x, y); frames count from 0."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError, unknown

FrameIndex: TypeAlias = int
"""Position in our own decode of the video, from 0."""

ObjectId: TypeAlias = int
"""1 to 255; 0 is the background."""

Image: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) RGB."""

DeepImage: TypeAlias = NDArray[np.uint16]
"""(H, W, 3) RGB of a source with more than 8 bits per sample: black is 0 and white is 65535."""

AnyImage: TypeAlias = NDArray[np.uint8 | np.uint16]
"""An ``Image`` or a ``DeepImage``."""

LabelMap: TypeAlias = NDArray[np.uint8]
"""(H, W) object ids, 0 = background."""

Mask: TypeAlias = NDArray[np.bool_]
"""(H, W)."""

Known: TypeAlias = Mapping[FrameIndex, Mapping[ObjectId, Mask]]
"""The masks a person gave, per frame and per object; a propagation never overwrites them."""

MAX_OBJECT_ID = 255

OnProgress: TypeAlias = Callable[[int, int | None], None]
"""Called with what is done (frames, bytes) and what there is in all, as far as that is known."""

_Told = ParamSpec("_Told")
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Choice(Generic[_Told, _Made]):
    """One of several ways to do the same.

    Attributes:
        build: makes it; imports what only it needs.
        meaning: what it is, in a few words.
        needs: the module without which it cannot be had; empty = none.
        extra: of this package, that brings the module.
    """

    build: Callable[_Told, _Made]
    meaning: str
    needs: str = ""
    extra: str = ""


_Entry = TypeVar("_Entry", bound=Choice[..., Any])


class Choices(dict[str, _Entry], Generic[_Entry, _Told, _Made]):
    """A family of ways by name: adding one is one line, here or from outside.

    Looking up a name that is not there raises InputError, which names those that are.

    Args:
        what: one of them is called.
        entries: by name, the usual one first.
    """

    def __init__(self, what: str, entries: Mapping[str, _Entry]) -> None:
        super().__init__(entries)
        self._what = what

    def __missing__(self, name: str) -> _Entry:
        raise unknown(self._what, name, self)

    def check(self, name: str) -> None:
        """Raise InputError when there is none of this name, or its extra is not installed."""
        chosen = self[name]
        if chosen.needs and find_spec(chosen.needs) is None:
            raise InputError(
                f"the {self._what} {name} needs {chosen.needs}: pip install 'track-anything[{chosen.extra}]'"
            )

    def build(self, name: str, *args: _Told.args, **kwargs: _Told.kwargs) -> _Made:
        """Make one by its name; InputError as ``check``, and what making it raises."""
        self.check(name)
        made: _Made = self[name].build(*args, **kwargs)
        return made

    def usable(self) -> list[str]:
        """The names of those that run here: all but those whose extra is not installed."""
        return [name for name, each in self.items() if not each.needs or find_spec(each.needs)]
