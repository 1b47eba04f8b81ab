"""Trackers that others trained, through the session of their own code: SAM 2.1, EdgeTAM, SAM 3's tracker.

Ravi et al., "SAM 2: Segment Anything in Images and Videos", 2024.
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tracker.aggregation import soft_aggregate, to_propagated
from tracker.errors import TrackerError
from tracker.frame_in_hand import objects_given
from tracker.propagator import Propagated
from tracker.session_memory import SessionMemory
from tracker.session_network import SessionNetwork


class SessionPropagator:
    """Propagates masks by the inference session of a video network; meets the ``Propagator`` contract.

    Known frames are conditioning frames, which are never dropped; of tracked frames those are kept that the
    network can look back to. A mask that is given takes the place of what was tracked on its frame.

    Args:
        network: shared by all propagators that are made of it.
    """

    def __init__(self, network: SessionNetwork) -> None:
        self._network = network
        self.reset()

    def reset(self) -> None:
        """See ``Propagator``."""
        self._memory = SessionMemory(self._network)
        self._image: NDArray[np.uint8] | None = None
        self._pixels: torch.Tensor | None = None
        self._found: tuple[int, ...] | None = None

    @torch.inference_mode()
    def remember(
        self, image: NDArray[np.uint8], label_map: NDArray[np.uint8], *, permanent: bool = True
    ) -> None:
        """See ``Propagator``."""
        present = objects_given(image, label_map, self._memory.object_ids)
        pixels = self._arrive(image)
        given = {o: label_map == o for o in sorted(present | {*self._memory.object_ids})}
        self._memory.give(pixels, given, is_conditioning=permanent)
        if permanent:
            self._memory.note_familiar()
        self._found = None

    @torch.inference_mode()
    def step(self, image: NDArray[np.uint8]) -> Propagated:
        """See ``Propagator``."""
        if not self._memory.object_ids:
            raise TrackerError("nothing is remembered yet: call remember before step")
        self._image = None  # a frame that is stepped is a new one
        logits = self._memory.track(self._arrive(image))  # (K, h, w)
        height, width = image.shape[:2]
        whole = F.interpolate(logits[:, None].float(), (height, width), mode="bilinear", align_corners=False)
        object_ids = sorted(self._memory.object_ids)
        order = [self._memory.object_ids.index(object_id) for object_id in object_ids]
        probabilities = soft_aggregate(torch.sigmoid(whole[order, 0]))  # (K + 1, H, W)
        familiarity = self._memory.familiarity((height, width))
        self._found = tuple(object_ids)
        return to_propagated(probabilities, object_ids, familiarity)

    @torch.inference_mode()
    def withhold(self, object_ids: Collection[int]) -> None:
        """See ``Propagator``."""
        if self._found is None or self._image is None or self._pixels is None:
            return
        withheld = [object_id for object_id in self._memory.object_ids if object_id in object_ids]
        if {*withheld} == {*self._memory.object_ids}:
            self._memory.drop_frame()
        elif withheld:
            nothing = np.zeros(self._image.shape[:2], np.bool_)
            self._memory.give(self._pixels, dict.fromkeys(withheld, nothing), is_conditioning=False)

    def forget(self, object_id: int) -> None:
        """See ``Propagator``."""
        if object_id not in self._memory.object_ids:
            raise TrackerError(f"object {object_id} is not remembered")
        self._memory.forget(object_id)

    def save(self, path: Path) -> None:
        """See ``Propagator``; the frame in hand is not kept: after ``load`` a correction is a new frame."""
        self._memory.save(path)

    def load(self, path: Path) -> None:
        """See ``Propagator``."""
        memory = SessionMemory(self._network)
        memory.load(path)
        self.reset()
        self._memory = memory

    def _arrive(self, image: NDArray[np.uint8]) -> torch.Tensor:
        """The frame as the network takes it; the clock moves when it is a new one."""
        if self._image is not image or self._pixels is None:
            self._memory.advance()
            self._image, self._pixels = image, self._network.pixels(image)
        return self._pixels
