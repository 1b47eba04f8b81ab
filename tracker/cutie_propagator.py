"""Cutie behind the contract of propagators: a frame is remembered when the next one comes."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tracker.aggregation import soft_aggregate, to_propagated
from tracker.cutie_memory import CutieMemory
from tracker.cutie_network import CutieNetwork, FrameFeatures
from tracker.errors import TrackerError
from tracker.familiar import Familiar
from tracker.frame_in_hand import objects_given
from tracker.propagator import Propagated
from tracker.snapshot import read_snapshot, write_snapshot


@dataclass(eq=False)
class _Frame:
    """The frame in hand.

    Attributes:
        image: the array that it came as; None once it was saved and loaded.
        pixels: (1, 3, H', W').
        seen: its features.
        sensory: of each object, before this frame.
        masks: (K, H', W') probabilities, in the order in which objects came.
        is_known: a person or a mended prediction says what is on it.
        is_permanent: it is kept for good.
        is_withheld: nothing of it is to be remembered.
        is_found: a step drew its masks.
    """

    image: NDArray[np.uint8] | None
    pixels: torch.Tensor
    seen: FrameFeatures
    sensory: dict[int, torch.Tensor]
    masks: torch.Tensor
    is_known: bool = False
    is_permanent: bool = False
    is_withheld: bool = False
    is_found: bool = False


class CutiePropagator:
    """Propagates masks by Cutie; meets the ``Propagator`` contract.

    Its package writes a frame to memory at once and cannot take that back. Here a frame waits until the next
    one comes, so that a correction takes its place, and what is withheld is never written.

    Args:
        network: shared by all propagators that are made of it.
    """

    def __init__(self, network: CutieNetwork) -> None:
        self._network = network
        self.reset()

    def reset(self) -> None:
        """See ``Propagator``."""
        self._memory = CutieMemory(self._network)
        self._familiar = Familiar()
        self._frame: _Frame | None = None
        self._time = -1
        self._written = 0
        count, every = self._network.config.stagger_updates, self._network.config.mem_every
        self._deep = {*np.round(np.linspace(1, every, min(count, every))).astype(int).tolist()}

    @torch.inference_mode()
    def remember(
        self, image: NDArray[np.uint8], label_map: NDArray[np.uint8], *, permanent: bool = True
    ) -> None:
        """See ``Propagator``."""
        object_ids = self._memory.object_ids
        present = objects_given(image, label_map, object_ids)
        frame = self._frame
        if frame is None or frame.image is not image:
            frame = self._next(image)
        object_ids += sorted(present - {*object_ids})
        self._memory.sensory = frame.sensory
        frame.masks = self._given(label_map)
        frame.is_known, frame.is_permanent, frame.is_withheld = True, permanent, False
        if permanent:
            self._familiar.note(frame.seen.pixels)

    @torch.inference_mode()
    def step(self, image: NDArray[np.uint8]) -> Propagated:
        """See ``Propagator``."""
        before = self._frame
        if before is None or not self._memory.object_ids:
            raise TrackerError("nothing is remembered yet: call remember before step")
        frame = self._next(image)
        is_deep = self._time - self._written in self._deep
        probabilities = self._memory.read(frame.seen, before.masks, is_deep=is_deep)
        frame.masks, frame.is_found = probabilities[1:], True
        height, width = image.shape[:2]
        left, _, above, _ = self._network.padding((height, width))
        whole = probabilities[:, above : above + height, left : left + width]
        object_ids = sorted(self._memory.object_ids)
        order = [0, *(self._memory.object_ids.index(object_id) + 1 for object_id in object_ids)]
        familiarity = self._familiar.familiarity(frame.seen.pixels, (height, width))
        return to_propagated(whole[order], object_ids, familiarity)

    @torch.inference_mode()
    def withhold(self, object_ids: Collection[int]) -> None:
        """See ``Propagator``."""
        frame = self._frame
        if frame is None or not frame.is_found or frame.is_known:
            return
        withheld = [place for place, own in enumerate(self._memory.object_ids) if own in object_ids]
        if not withheld:
            return
        frame.masks = frame.masks.clone()
        frame.masks[withheld] = 0
        own = {object_id: frame.sensory[object_id] for object_id in object_ids if object_id in frame.sensory}
        self._memory.sensory = self._memory.sensory | own
        frame.is_withheld = len(withheld) == len(self._memory.object_ids)

    @torch.inference_mode()
    def forget(self, object_id: int) -> None:
        """See ``Propagator``."""
        object_ids, frame = self._memory.object_ids, self._frame
        if object_id not in object_ids:
            raise TrackerError(f"object {object_id} is not remembered")
        if frame is not None:
            kept = [place for place, own in enumerate(object_ids) if own != object_id]
            frame.masks = frame.masks[kept]
            frame.sensory.pop(object_id, None)
        self._memory.forget(object_id)

    def save(self, path: Path) -> None:
        """See ``Propagator``; after ``load`` a correction of the frame in hand is a new frame."""
        arrays = {f"memory.{name}": array for name, array in self._memory.arrays().items()}
        arrays |= {f"familiar.{n:04}": t.cpu().numpy() for n, t in enumerate(self._familiar.known)}
        arrays["times"] = np.array([self._time, self._written])
        if (frame := self._frame) is not None:
            flags = [frame.is_known, frame.is_permanent, frame.is_withheld]
            arrays |= {"frame.flags": np.array(flags), "frame.pixels": frame.pixels.cpu().numpy()}
            arrays["frame.masks"] = frame.masks.cpu().numpy()
        write_snapshot(path, self._network.name, arrays)

    @torch.inference_mode()
    def load(self, path: Path) -> None:
        """See ``Propagator``."""
        arrays: dict[str, NDArray[Any]] = dict(read_snapshot(path, self._network.name))
        self.reset()
        self._time, self._written = (int(each) for each in arrays["times"])
        self._memory.restore(_below("memory.", arrays))
        self._familiar.known = [
            self._tensor(array) for _, array in sorted(_below("familiar.", arrays).items())
        ]
        if "frame.flags" in arrays:
            pixels, masks = (self._tensor(arrays[f"frame.{name}"]) for name in ("pixels", "masks"))
            flags = [bool(each) for each in arrays["frame.flags"]]
            seen = self._network.features(pixels)
            self._frame = _Frame(None, pixels, seen, self._memory.sensory, masks, *flags)

    def _next(self, image: NDArray[np.uint8]) -> _Frame:
        """Write the frame in hand where it is due, and take the next one."""
        self._write()
        self._time += 1
        pixels = self._network.image(image)
        seen = self._network.features(pixels)
        nothing = pixels.new_zeros(len(self._memory.object_ids), *pixels.shape[2:])
        self._frame = _Frame(image, pixels, seen, self._memory.sensory, nothing)
        return self._frame

    def _write(self) -> None:
        frame = self._frame
        if frame is None or frame.is_withheld or not self._memory.object_ids:
            return
        if frame.is_known or self._time - self._written >= self._network.config.mem_every:
            self._memory.write(frame.pixels, frame.seen, frame.masks, is_permanent=frame.is_permanent)
            self._written = self._time

    def _given(self, label_map: NDArray[np.uint8]) -> torch.Tensor:
        """(K, H', W') of a label map, as sure as the network's own masks can be."""
        planes = np.stack([label_map == object_id for object_id in self._memory.object_ids])
        masks = torch.from_numpy(planes).to(self._network.device).float()
        size = label_map.shape[0], label_map.shape[1]
        return soft_aggregate(F.pad(masks, self._network.padding(size)))[1:]

    def _tensor(self, array: NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(array.copy()).to(self._network.device)


def _below(prefix: str, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
