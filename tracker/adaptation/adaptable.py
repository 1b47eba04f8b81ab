"""The contract of propagators that learn from known frames."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tracker.adaptation.known_frame import KnownFrame

Learned: TypeAlias = dict[str, NDArray[np.generic]]
"""What was learned, as arrays by name; empty = nothing."""

Learning: TypeAlias = Generator[tuple[int, int], None, Learned]
"""Learning on its way: yields (steps done, in all), returns what was learned."""


@runtime_checkable
class Adaptable(Protocol):
    """A propagator that can learn what tells the objects of a video apart; its memory is not concerned."""

    def learn(self, known: Sequence[KnownFrame], seed: int) -> Learning:
        """Learn from known frames; the propagator is as it was before.

        Args:
            known: of one video, in the order of time. An object that is given on fewer than two of them, or
                for which nothing is won by learning, is left out of what is learned.
            seed: draws the places that are learned from: the same one learns the same.
        """
        ...

    def adapt(self, learned: Mapping[str, NDArray[Any]]) -> None:
        """Track with what one like it has learned, from the next step on."""
        ...
