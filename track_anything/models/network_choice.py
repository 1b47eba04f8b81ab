"""A choice that runs on weights."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from track_anything.errors import InputError, WeightsError
from track_anything.models.weights import fetch
from track_anything.types import Choice, OnProgress

_Told = ParamSpec("_Told")
_Made = TypeVar("_Made")


def _never(checkpoint: Path | None) -> bool:
    del checkpoint
    return False


@dataclass(frozen=True)
class NetworkChoice(Choice[_Told, _Made]):
    """A choice that runs on weights.

    Attributes:
        weights: the released ones that it is built from when none are given; empty = it needs none.
        takes_weights: whether it can be built from others.
        seen_with: the segmenter by whose embeddings it sees frames; empty = any, or none.
        has_int8: whether it can be computed in int8 with these weights; None = those that it brings.
    """

    weights: str = ""
    takes_weights: bool = True
    seen_with: str = ""
    has_int8: Callable[[Path | None], bool] = _never

    def checkpoint(self, given: Path | None, option: str, progress: OnProgress | None) -> Path | None:
        """The weights to build it from, fetched if they are not here; None = it needs none.

        Args:
            given: weights on this machine, instead of the released ones.
            option: by which they are given.
            progress: called with (bytes done, bytes in all) while weights are fetched.

        Raises:
            InputError: it takes no weights, and some are given.
            WeightsError: they cannot be had.
        """
        if given is not None and not self.takes_weights:
            raise InputError(f"{self.meaning} takes no weights: leave out {option}, or choose another one")
        if given is not None or not self.weights:
            return given
        try:
            return fetch(self.weights, progress=progress)
        except WeightsError as error:
            raise WeightsError(f"{error}, or give its place with {option} FILE") from error
