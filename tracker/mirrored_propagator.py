"""A propagator that sees every frame in a mirror, and so errs in other places than one that does not."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.memory_need import Undertaking
from tracker.memory_propagator import MemoryPropagator
from tracker.memory_use import MemoryUse
from tracker.propagator import Propagated

_Values = TypeVar("_Values", bound=np.generic)


class MirroredPropagator:
    """Left and right exchanged on the way in and on the way out; a member of a ``JointPropagator``.

    Args:
        propagator: what sees the mirrored frames.
    """

    def __init__(self, propagator: MemoryPropagator) -> None:
        self._propagator = propagator
        self._image: NDArray[np.uint8] | None = None
        self._mirrored: NDArray[np.uint8]

    def remember(
        self,
        image: NDArray[np.uint8],
        label_map: NDArray[np.uint8],
        *,
        permanent: bool = True,
        given: Collection[int] | None = None,
    ) -> None:
        """As ``MemoryPropagator.remember``."""
        self._propagator.remember(
            self._in_mirror(image), _turned(label_map), permanent=permanent, given=given
        )

    def step(self, image: NDArray[np.uint8], *, last: bool = False) -> Propagated:
        """As ``MemoryPropagator.step``."""
        seen = self._propagator.step(self._in_mirror(image), last=last)
        return replace(
            seen,
            label_map=_turned(seen.label_map),
            probabilities=_turned(seen.probabilities),
            familiarity=_turned(seen.familiarity),
        )

    def revise(self, probabilities: torch.Tensor) -> None:
        """As ``MemoryPropagator.revise``."""
        self._propagator.revise(probabilities.flip(-1))

    def withhold(self, object_ids: Collection[int]) -> None:
        """As ``MemoryPropagator.withhold``."""
        self._propagator.withhold(object_ids)

    def forget(self, object_id: int) -> None:
        """As ``MemoryPropagator.forget``."""
        self._propagator.forget(object_id)

    def memory_need(self, ahead: Undertaking) -> int:
        """Bytes that a propagation to come takes at most."""
        return self._propagator.memory_need(ahead)

    def memory_use(self) -> MemoryUse:
        """How full the memory is."""
        return self._propagator.memory_use()

    def reset(self) -> None:
        """Drop every object and all memory."""
        self._propagator.reset()
        self._image = None

    def state(self) -> dict[str, NDArray[np.generic]]:
        """As ``MemoryPropagator.state``."""
        return self._propagator.state()

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """As ``MemoryPropagator.load_state``."""
        self._propagator.load_state(arrays)
        self._image = None

    @property
    def made_by(self) -> str:
        """What a saved memory fits."""
        return f"mirrored {self._propagator.made_by}"

    def _in_mirror(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The same array for the same image, by which a frame in hand is told."""
        if image is not self._image:
            self._image, self._mirrored = image, _turned(image, axis=1)
        return self._mirrored


def _turned(values: NDArray[_Values], axis: int = -1) -> NDArray[_Values]:
    return np.ascontiguousarray(np.flip(values, axis))
