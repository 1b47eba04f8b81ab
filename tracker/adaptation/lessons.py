"""What known frames teach about an object: each is read from the memory of the others.

A frame that is read from its own memory is drawn rightly and teaches nothing; read from the others it shows
where the tracker fails on this object.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tracker.adaptation.known_frame import KnownFrame
from tracker.frame_network import FrameNetwork
from tracker.memory_bank import MemoryBank
from tracker.memory_config import MemoryConfig
from tracker.modeling.canvas import Canvas

MOST_PLACES = 4000
"""Places of a known frame that are learned from."""

_HARD = 0.1  # by which a probability is wrong where much can be learned


@dataclass(frozen=True, eq=False)
class Lesson:
    """Places of a known frame, with what the tracker says of an object there and what is true.

    Attributes:
        features: (N, C) float32, those of all maps side by side.
        logits: (N,) of the tracker.
        truth: (N,) share of the place that the object covers, 0 to 1.
        weights: (N,) share of the frame that each place stands for; they sum to 1.
    """

    features: NDArray[np.float32]
    logits: NDArray[np.float32]
    truth: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Read:
    """A known frame as it is in memory.

    Attributes:
        seen: what the network knows of it without its masks.
        masks: (K, H, W) of the canvas.
        values: (K, CV, h, w).
        sensory: (1, K, CH, h, w), begun with this frame.
    """

    seen: Any
    masks: torch.Tensor
    values: torch.Tensor
    sensory: torch.Tensor


class Lessons:
    """Lessons by object; iterate to read the frames, step by step.

    Args:
        network: sees the frames.
        memory: how its memory is read.
        known: at least two frames of one size.
        seed: draws the places.

    Attributes:
        of_object: what has been read by now; no lesson where no other frame shows the object.
        widths: channels of each feature map.
    """

    def __init__(
        self, network: FrameNetwork, memory: MemoryConfig, known: Sequence[KnownFrame], seed: int
    ) -> None:
        self.of_object: dict[int, list[Lesson]] = defaultdict(list)
        self.widths: tuple[int, ...] = ()
        self._network = network
        self._memory = memory
        self._known = known
        self._draw = np.random.default_rng(seed)
        self._object_ids = sorted(set().union(*(np.unique(each.label_map).tolist() for each in known)) - {0})

    def __len__(self) -> int:
        """Steps of reading."""
        return 2 * len(self._known) if self._object_ids else 0

    def __iter__(self) -> Iterator[None]:
        if not self._object_ids:
            return
        height, width = self._known[0].image.shape[:2]
        canvas = self._network.lay_out((height, width))
        read: list[_Read] = []
        for frame in self._known:
            read.append(self._remembered(frame, canvas))
            yield
        for place in range(len(read)):
            self._learn_from(place, read)
            yield

    @torch.inference_mode()
    def _remembered(self, frame: KnownFrame, canvas: Canvas) -> _Read:
        device = self._network.device
        seen = self._network.look_at(frame.image, canvas)
        masks = canvas.place_masks(frame.label_map, self._object_ids, device)  # (K, H, W)
        shape = (1, len(self._object_ids), self._network.hidden_width, *canvas.grid)
        blank = torch.zeros(shape, device=device)
        values, sensory = self._network.encode_value(seen, masks[None], blank, deep_update=True)
        return _Read(seen, masks, values[0], sensory)

    @torch.inference_mode()
    def _learn_from(self, place: int, read: Sequence[_Read]) -> None:
        frame, others = read[place], [*read[:place], *read[place + 1 :]]
        taught = [
            (row, object_id)
            for row, object_id in enumerate(self._object_ids)
            if object_id in self._known[place].given and any(bool(other.masks[row].any()) for other in others)
        ]
        if not taught:
            return
        neighbour = others[max(place - 1, 0)]
        logits, _ = self._network.segment(
            frame.seen, self._readout(frame, others), neighbour.sensory, update_sensory=False
        )
        maps = self._network.maps(frame.seen)
        self.widths = tuple(each.shape[1] for each in maps)
        for row, object_id in taught:
            self.of_object[object_id].append(self._lesson(maps, logits[0, row], frame.masks[row]))

    def _readout(self, frame: _Read, others: Sequence[_Read]) -> torch.Tensor:
        """(1, K, CV, h, w) of a frame, read from the others."""
        bank = MemoryBank(self._memory, self._network.device)
        for other in others:
            bank.write(
                other.seen.key[0],
                other.values,
                self._object_ids,
                shrinkage=other.seen.shrinkage[0],
                selection=other.seen.selection[0],
                permanent=True,
            )
        return bank.readout(bank.match(frame.seen.key[0], frame.seen.selection[0])).unsqueeze(0)

    def _lesson(self, maps: Sequence[torch.Tensor], logits: torch.Tensor, mask: torch.Tensor) -> Lesson:
        """What the places of the finest map teach, from (H, W) logits and the true mask."""
        grid = (int(maps[-1].shape[-2]), int(maps[-1].shape[-1]))
        said, truth = (
            F.adaptive_avg_pool2d(each.float()[None, None], grid).flatten() for each in (logits, mask)
        )
        places, weights = self._drawn((torch.sigmoid(said) - truth).abs().cpu().numpy())
        chosen = torch.from_numpy(places).to(said.device)
        columns = [
            F.interpolate(each.float(), grid, mode="bilinear", align_corners=False)[0].flatten(1)[:, chosen].T
            for each in maps
        ]
        features = torch.cat(columns, dim=1)  # (N, C)
        return Lesson(
            features.cpu().numpy(), said[chosen].cpu().numpy(), truth[chosen].cpu().numpy(), weights
        )

    def _drawn(self, errors: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Places with large errors and others, half of each where there are as many, and their weights."""
        is_hard = errors > _HARD
        places, weights = [], []
        for group in (np.flatnonzero(is_hard), np.flatnonzero(~is_hard)):
            count = min(len(group), MOST_PLACES // 2)
            places.append(self._draw.choice(group, count, replace=False))
            weights.append(np.full(count, len(group) / max(1, count) / len(errors), np.float32))
        return np.concatenate(places), np.concatenate(weights)
