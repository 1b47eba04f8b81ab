"""Two memory networks that carry the same objects together: one on every frame, one on some or all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.aggregation import to_propagated
from tracker.errors import TrackerError
from tracker.memory_propagator import MemoryPropagator
from tracker.memory_use import MemoryUse
from tracker.propagator import Propagated
from tracker.snapshot import read_snapshot, write_snapshot

_LEADER, _PARTNER, _CLOCK = "leader.", "partner.", "joint.clock"


@dataclass(frozen=True)
class JointConfig:
    """How two networks share the work.

    Attributes:
        every: the partner sees each frame that is a multiple of this away from the first; 1 = all of them.
        share: how much its probabilities count where it sees a frame, 0 to 1; the rest is the leader's.
    """

    every: int = 1
    share: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.every < 1:
            raise TrackerError(f"every is {self.every}: give at least 1")
        if not 0 <= self.share <= 1:
            raise TrackerError(f"share is {self.share}: give 0 to 1")


class JointPropagator:
    """Propagates masks by two networks that err differently; meets the ``Propagator`` contract.

    On a frame that both see, the mean of their probabilities is the answer, and both remember that mean: what
    one of them loses the other gives back.

    Args:
        leader: sees every frame; what is familiar is what is familiar to it.
        partner: of another network; sees frames by ``config.every``, and all known ones.
        config: how they share the work.
    """

    def __init__(
        self, leader: MemoryPropagator, partner: MemoryPropagator, config: JointConfig | None = None
    ) -> None:
        self.config = config or JointConfig()
        self._leader = leader
        self._partner = partner
        self._now: int
        self._image: NDArray[np.uint8] | None
        self._seen_by_partner: NDArray[np.uint8] | None
        self._begin()

    def remember(
        self,
        image: NDArray[np.uint8],
        label_map: NDArray[np.uint8],
        *,
        permanent: bool = True,
        given: Collection[int] | None = None,
    ) -> None:
        """As ``MemoryPropagator.remember``; the partner keeps no mended prediction of what it did not see.

        Raises:
            TrackerError: as there.
            MemoryFullError: as there.
        """
        self._leader.remember(image, label_map, permanent=permanent, given=given)
        self._move_to(image)
        is_new_to_partner = self._seen_by_partner is not image
        if is_new_to_partner and not permanent:
            return
        if is_new_to_partner and given is not None and self._seen_by_partner is not None:
            self._partner.step(image)
        self._partner.remember(image, label_map, permanent=permanent, given=given)
        self._seen_by_partner = image

    @torch.inference_mode()
    def step(self, image: NDArray[np.uint8], *, last: bool = False) -> Propagated:
        """Predict the masks of the next frame and update both memories.

        Args:
            image: (H, W, 3) uint8 RGB, of the size of the frames before.
            last: no frame follows, so the memories are left as they are.

        Raises:
            TrackerError: nothing was remembered yet, or the size differs.
        """
        own = self._leader.step(image, last=last)
        self._image = image
        self._now += 1
        if self._now % self.config.every:
            return own
        other = self._partner.step(image, last=last)
        self._seen_by_partner = image
        mean = own.probabilities + self.config.share * (other.probabilities - own.probabilities)
        probabilities = torch.from_numpy(mean)  # (K + 1, H, W)
        for each in (self._leader, self._partner):
            each.revise(probabilities[1:])
        return to_propagated(probabilities, own.object_ids, torch.from_numpy(own.familiarity))

    def withhold(self, object_ids: Collection[int]) -> None:
        """Keep what the last step found of some objects out of both memories."""
        self._leader.withhold(object_ids)
        if self._seen_by_partner is self._image:
            self._partner.withhold(object_ids)

    def forget(self, object_id: int) -> None:
        """Drop one object and its memory; TrackerError when it is not remembered."""
        self._leader.forget(object_id)
        self._partner.forget(object_id)

    def memory_use(self) -> MemoryUse:
        """How full the leader's memory is; the bytes are those of both."""
        use, other = self._leader.memory_use(), self._partner.memory_use()
        return replace(use, bytes=use.bytes + other.bytes)

    def reset(self) -> None:
        """Drop every object and all memory."""
        self._leader.reset()
        self._partner.reset()
        self._begin()

    def save(self, path: Path) -> None:
        """Write both memories to one file of numpy arrays; a ``remember`` after ``load`` is a new frame."""
        arrays = _named(_LEADER, self._leader.state()) | _named(_PARTNER, self._partner.state())
        write_snapshot(path, self._made_by, {**arrays, _CLOCK: np.array(self._now)})

    def load(self, path: Path) -> None:
        """Replace both memories by saved ones; the next step continues exactly where they left off.

        Raises:
            TrackerError: the file cannot be read, or was made by other networks or shares.
        """
        arrays = read_snapshot(path, self._made_by)
        self._begin()
        self._leader.load_state(_parts(_LEADER, arrays))
        self._partner.load_state(_parts(_PARTNER, arrays))
        self._now = int(arrays[_CLOCK])

    @property
    def _made_by(self) -> str:
        """What a saved memory fits: both networks, and how they share the work."""
        share = f"every {self.config.every} at {self.config.share}"
        return f"joint, {share}: {self._leader.made_by} and {self._partner.made_by}"

    def _begin(self) -> None:
        """Before the first frame."""
        self._now = -1
        self._image = None
        self._seen_by_partner = None

    def _move_to(self, image: NDArray[np.uint8]) -> None:
        """Move the clock if the image is another than the one in hand, told by the array."""
        if image is not self._image:
            self._now += 1
            self._image = image


def _named(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {prefix + name: array for name, array in arrays.items()}


def _parts(prefix: str, arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
