"""Several memory networks, or several views of one, that carry the same objects together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.aggregation import to_propagated
from tracker.errors import TrackerError
from tracker.memory_need import Undertaking
from tracker.memory_use import MemoryUse
from tracker.modeling.canvas import Point
from tracker.objects import objects_on
from tracker.propagator import Propagated
from tracker.snapshot import read_snapshot, write_snapshot
from tracker.turns import Turns, agreement

_CLOCK, _OBJECTS, _TURNS = "joint.clock", "joint.objects", "joint.turns"


class Carrier(Protocol):
    """What can carry masks together with others: a ``MemoryPropagator``, or something around one."""

    def remember(  # noqa: D102
        self,
        image: NDArray[np.uint8],
        label_map: NDArray[np.uint8],
        *,
        permanent: bool = True,
        given: Collection[int] | None = None,
    ) -> None: ...
    def step(self, image: NDArray[np.uint8], *, last: bool = False) -> Propagated: ...  # noqa: D102
    def revise(self, probabilities: torch.Tensor) -> None:
        """Take soft masks (K, H, W) of source size, in place of those of the last step, into memory."""

    def withhold(self, object_ids: Collection[int]) -> None: ...  # noqa: D102
    def forget(self, object_id: int) -> None: ...  # noqa: D102
    def memory_need(self, ahead: Undertaking) -> int: ...  # noqa: D102
    def memory_use(self) -> MemoryUse: ...  # noqa: D102
    def reset(self) -> None: ...  # noqa: D102
    def state(self) -> dict[str, NDArray[np.generic]]:
        """The memory as arrays."""
        ...

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace the memory by what ``state`` gave."""

    @property
    def made_by(self) -> str:
        """What a saved memory fits."""
        ...


@runtime_checkable
class Located(Protocol):
    """A carrier that knows where objects are."""

    def centres(self) -> dict[int, Point]:
        """Where objects were seen last, by their ids."""
        ...

    def catch_up(self, centres: Mapping[int, Point]) -> None:
        """Take in the ``centres`` of another one before a step, which saw frames that this one did not."""


@dataclass(frozen=True)
class Partner:
    """A carrier beside the leading one.

    Attributes:
        carrier: of the same objects.
        every: it sees each frame that is a multiple of this away from the first, and all known ones.
        longest: while it agrees with the leader it sees fewer of these, one in so many frames at least; 0 =
            all of them.
        share: how much its probabilities count where it sees a frame, above 0; those of the leader count 1.
        least_side: it sees no frames whose longer side has fewer pixels, but for known ones.
    """

    carrier: Carrier
    every: int = 1
    share: float = 1.0
    least_side: int = 0
    longest: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.every < 1:
            raise TrackerError(f"every is {self.every}: give at least 1")
        if self.share <= 0:
            raise TrackerError(f"share is {self.share}: give more than 0")
        if self.longest and self.longest < self.every:
            raise TrackerError(f"longest is {self.longest}: give at least every, {self.every}, or 0")


class JointPropagator:
    """Propagates masks by carriers that err differently; meets the ``Propagator`` contract.

    On a frame that several see, the mean of their probabilities is the answer, and all of them remember that
    mean: what one of them loses the others give back.

    Args:
        leader: sees every frame; what is familiar is what is familiar to it.
        partners: at least one.
    """

    def __init__(self, leader: Carrier, partners: Sequence[Partner]) -> None:
        self._leader = leader
        self._partners = tuple(partners)
        self._turns = tuple(Turns(each.every, each.longest or each.every) for each in partners)
        self._now: int
        self._object_ids: set[int]
        self._image: NDArray[np.uint8] | None
        self._seen: dict[int, NDArray[np.uint8]]
        self._begin()

    def remember(
        self,
        image: NDArray[np.uint8],
        label_map: NDArray[np.uint8],
        *,
        permanent: bool = True,
        given: Collection[int] | None = None,
    ) -> None:
        """As ``MemoryPropagator.remember``; all always know the same objects.

        No partner keeps a mended prediction of what it did not see, unless an object arrives with it.

        Raises:
            TrackerError: as there.
            MemoryFullError: as there.
        """
        self._leader.remember(image, label_map, permanent=permanent, given=given)
        if image is not self._image:
            self._now += 1
            self._image = image
        arriving = objects_on(label_map) - self._object_ids
        self._object_ids |= arriving
        for place, partner in enumerate(self._partners):
            is_new = self._seen.get(place) is not image
            if is_new and not permanent and not arriving:
                continue
            if is_new and given is not None and self._seen:
                self._tell([partner.carrier])
                partner.carrier.step(image)
            partner.carrier.remember(image, label_map, permanent=permanent, given=given)
            self._seen[place] = image
            if permanent or arriving:
                self._turns[place].begin()

    @torch.inference_mode()
    def step(self, image: NDArray[np.uint8], *, last: bool = False) -> Propagated:
        """Predict the masks of the next frame and update all memories.

        Args:
            image: (H, W, 3) uint8 RGB, of the size of the frames before.
            last: no frame follows, so the memories are left as they are.

        Raises:
            TrackerError: nothing was remembered yet, or the size differs.
        """
        long_side = max(image.shape[:2])
        heard = [
            place
            for place, each in enumerate(self._partners)
            if self._turns[place].has(self._now + 1) and long_side >= each.least_side
        ]
        seldom = [self._partners[place].carrier for place in heard if self._partners[place].every > 1]
        self._tell(seldom)
        own = self._leader.step(image, last=last)
        self._image = image
        self._now += 1
        sure = min(own.confidence.values(), default=0.0)
        is_embedded = bool(heard) if any(each.every > 1 for each in self._partners) else None
        for turns in self._turns:
            turns.led(sure)
        if not heard:
            return replace(own, is_embedded=is_embedded)
        total, weight = own.probabilities.copy(), 1.0  # (K + 1, H, W)
        for place in heard:
            partner = self._partners[place]
            said = partner.carrier.step(image, last=last)
            self._turns[place].heard(self._now, agreement(own, said, own.object_ids), sure)
            total += partner.share * said.probabilities
            weight += partner.share
            self._seen[place] = image
        probabilities = torch.from_numpy(total / weight)  # (K + 1, H, W)
        self.revise(probabilities[1:])
        found = to_propagated(probabilities, own.object_ids, torch.from_numpy(own.familiarity))
        return replace(found, is_embedded=is_embedded)

    def withhold(self, object_ids: Collection[int]) -> None:
        """Keep what the last step found of some objects out of all memories."""
        self._leader.withhold(object_ids)
        for place, partner in enumerate(self._partners):
            if self._seen.get(place) is self._image:
                partner.carrier.withhold(object_ids)

    def forget(self, object_id: int) -> None:
        """Drop one object and its memory; TrackerError when it is not remembered."""
        for carrier in self._carriers:
            carrier.forget(object_id)
        self._object_ids.discard(object_id)

    def memory_need(self, ahead: Undertaking) -> int:
        """Bytes that a propagation to come takes at most: what all take."""
        return sum(carrier.memory_need(ahead) for carrier in self._carriers)

    def memory_use(self) -> MemoryUse:
        """How full the leader's memory is; the bytes are those of all."""
        uses = [carrier.memory_use() for carrier in self._carriers]
        return replace(uses[0], bytes=sum(use.bytes for use in uses))

    def reset(self) -> None:
        """Drop every object and all memory."""
        for carrier in self._carriers:
            carrier.reset()
        self._begin()

    def revise(self, probabilities: torch.Tensor) -> None:
        """As ``MemoryPropagator.revise``, for all that saw the last frame."""
        self._leader.revise(probabilities)
        for place, partner in enumerate(self._partners):
            if self._seen.get(place) is self._image:
                partner.carrier.revise(probabilities)

    def save(self, path: Path) -> None:
        """Write all memories to one file of numpy arrays; a ``remember`` after ``load`` is a new frame."""
        write_snapshot(path, self.made_by, self.state())

    def load(self, path: Path) -> None:
        """Replace all memories by saved ones; the next step continues exactly where they left off.

        Raises:
            TrackerError: the file cannot be read, or was made by other carriers or shares.
        """
        self.load_state(read_snapshot(path, self.made_by))

    def state(self) -> dict[str, NDArray[np.generic]]:
        """All memories as arrays."""
        arrays = {
            f"{place}.{name}": array
            for place, carrier in enumerate(self._carriers)
            for name, array in carrier.state().items()
        }
        objects = np.array(sorted(self._object_ids), np.int64)
        turns = np.array([each.state() for each in self._turns])
        return {**arrays, _CLOCK: np.array(self._now), _OBJECTS: objects, _TURNS: turns}

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace all memories by what ``state`` gave."""
        self._begin()
        for place, carrier in enumerate(self._carriers):
            own = f"{place}."
            carrier.load_state({n.removeprefix(own): a for n, a in arrays.items() if n.startswith(own)})
        self._now = int(arrays[_CLOCK])
        self._object_ids = {*arrays[_OBJECTS].tolist()}
        for turns, state in zip(self._turns, arrays[_TURNS], strict=True):
            turns.load_state(state)

    def _tell(self, carriers: Sequence[Carrier]) -> None:
        """Let carriers that did not see every frame know where the leader saw the objects last."""
        if carriers and isinstance(self._leader, Located):
            centres = self._leader.centres()
            for carrier in carriers:
                if isinstance(carrier, Located):
                    carrier.catch_up(centres)

    @property
    def _carriers(self) -> tuple[Carrier, ...]:
        return self._leader, *(partner.carrier for partner in self._partners)

    @property
    def made_by(self) -> str:
        """What a saved memory fits: all carriers, and how they share the work."""
        partners = "".join(
            f", every {each.every} to {each.longest or each.every} at {each.share} {each.carrier.made_by}"
            for each in self._partners
        )
        return f"joint {self._leader.made_by}{partners}"

    def _begin(self) -> None:
        """Before the first frame; what each partner saw last is told by the array."""
        self._now = -1
        self._object_ids = set()
        self._image = None
        self._seen = {}
        for turns in self._turns:
            turns.begin()
