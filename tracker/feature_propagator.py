"""A propagator that needs no training: masks follow the resemblance of image features."""

import json
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from tracker.aggregation import soft_aggregate, to_propagated
from tracker.errors import TrackerError
from tracker.grid import Grid
from tracker.memory_bank import MemoryBank
from tracker.memory_config import MemoryConfig
from tracker.memory_use import MemoryUse
from tracker.objects import objects_on
from tracker.propagator import Propagated
from tracker.snapshot import read_snapshot, write_snapshot

_SEEN = 0.5  # share of a cell above which an object counts as seen there


@dataclass(frozen=True)
class FeatureMemoryConfig:
    """How features turn into masks.

    Attributes:
        temperature: of the softmax over cosine similarities; smaller trusts the best match more.
        top_k: memory elements that each cell reads from.
        window: recent frames that are remembered beside the known ones; with ``long_term`` up to twice as
            many, before the older ones are compressed.
        memory_every: every so many frames one is remembered.
        locality_radius: how far in cells an object may move between a remembered recent frame and the
            present one; known frames are searched everywhere. None = recent frames, too.
        long_term: keep a compressed memory of frames that have left the window.
        num_prototypes: elements that are kept of each ``window`` of frames compressed.
        max_long_term_elements: cap of the long-term memory.
        max_permanent_frames: cap of known frames.
        query_chunk: cells matched at once, which bounds the workspace; None = all.
    """

    temperature: float = 0.02
    top_k: int = 10
    window: int = 7
    memory_every: int = 1
    locality_radius: float | None = 6.0
    long_term: bool = True
    num_prototypes: int = 128
    max_long_term_elements: int = 2048
    max_permanent_frames: int = 32
    query_chunk: int | None = 256

    def __post_init__(self) -> None:
        """Refuse what cannot work; the rest is checked by ``MemoryConfig``."""
        if not self.temperature > 0:
            raise TrackerError(f"temperature is {self.temperature}: give a number above 0")
        if self.window < 1 or self.memory_every < 1:
            raise TrackerError(f"window is {self.window}, memory_every {self.memory_every}: give at least 1")

    @property
    def memory(self) -> MemoryConfig:
        """The sizes of the memory bank; with long-term memory, whole windows are consolidated."""
        return MemoryConfig(
            top_k=self.top_k,
            long_term=self.long_term,
            min_working_frames=self.window + 1,
            max_working_frames=(2 if self.long_term else 1) * self.window + 1,
            num_prototypes=self.num_prototypes,
            max_long_term_elements=self.max_long_term_elements,
            max_permanent_frames=self.max_permanent_frames,
            anisotropic=False,
            query_chunk=self.query_chunk,
            locality_radius=self.locality_radius,
        )


@dataclass(eq=False)
class _Frame:
    """The last frame, so that a correction of it needs no second look at the image."""

    image: NDArray[np.uint8]
    key: torch.Tensor  # (C, h, w)
    grid: Grid
    due: torch.Tensor | None = None  # (K, h, w), written when the next frame comes unless it is corrected
    is_written: bool = False


class FeatureMemoryPropagator:
    """Propagates soft masks from remembered cells to those that look alike.

    Every cell of a coarse feature grid is a key; its values are the shares of the cell that each object
    covers. A new frame's cells read the values of their most similar remembered cells: those of the known
    frames, of a window of recent ones and, if switched on, of a long-term memory. The similarity is XMem's
    with equal selection, on features of length one and with the shrinkage sqrt(C) / (2 temperature), which
    makes the weights softmax(cosine / temperature).

    It meets the ``Propagator`` contract.
    """

    def __init__(
        self,
        features: Callable[[NDArray[np.uint8]], torch.Tensor],
        config: FeatureMemoryConfig | None = None,
        *,
        extent: Callable[[tuple[int, int]], tuple[float, float]] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        """Make a propagator without memory.

        Args:
            features: from an (H, W, 3) image to (C, h, w) features, any scale; called once per frame.
            config: how features turn into masks.
            extent: from an image's (H, W) to how many cells it is high and wide, when the grid that
                ``features`` returns overhangs the image (padding); rows and columns beyond are cut off.
                None = the grid covers the image exactly.
            device: where the memory lives.
        """
        self.config = config or FeatureMemoryConfig()
        self.bank = MemoryBank(self.config.memory, device)
        self._features = features
        self._extent = extent
        self._frame: _Frame | None = None
        self._since_write = 0

    @torch.inference_mode()
    def remember(
        self, image: NDArray[np.uint8], label_map: NDArray[np.uint8], *, permanent: bool = True
    ) -> None:
        """Write a frame and its masks to memory; new ids in ``label_map`` become objects.

        Args:
            image: (H, W, 3) uint8 RGB. The array just stepped or remembered: corrects what was written.
            label_map: (H, W) uint8 with all objects of that frame.
            permanent: a known frame, never dropped. The very first frame always is.

        Raises:
            TrackerError: sizes disagree or no object was ever given.
            MemoryFullError: the cap of permanent frames is reached.
        """
        if label_map.shape != image.shape[:2]:
            raise TrackerError(
                f"label map is {label_map.shape}, image is {image.shape[:2]}: give masks at the image's size"
            )
        object_ids = sorted({*objects_on(label_map), *self.bank.object_ids})
        if not object_ids:
            raise TrackerError("no object in the label map and none remembered: mark an object first")
        frame = self._look_at(image)
        masks = label_map == np.array(object_ids, dtype=np.uint8)[:, None, None]  # (K, H, W)
        shares = frame.grid.average(torch.from_numpy(masks).to(self.bank.device, torch.float32))
        self._write(frame, shares, object_ids, permanent=permanent)

    @torch.inference_mode()
    def step(self, image: NDArray[np.uint8]) -> Propagated:
        """Predict the masks of the next frame and update the memory.

        Args:
            image: (H, W, 3) uint8 RGB.

        Raises:
            TrackerError: before any ``remember``.
        """
        object_ids = self.bank.object_ids
        if not object_ids:
            raise TrackerError("nothing is remembered: call remember with a frame and its masks first")
        frame = self._look_at(image)
        affinity = self.bank.match(frame.key)
        shares = self.bank.readout(affinity)[:, 0]  # (K, h, w)
        probabilities = soft_aggregate(frame.grid.interpolate(shares).clamp(0, 1))  # (K + 1, H, W)
        self._since_write += 1
        frame.due = shares if self._since_write >= self.config.memory_every else None
        familiarity = frame.grid.interpolate(affinity.familiarity.view(frame.grid.shape))
        return to_propagated(probabilities, object_ids, familiarity)

    def withhold(self, object_ids: Collection[int]) -> None:
        """Keep what the last step found of some objects out of memory."""
        frame = self._frame
        if frame is None or frame.due is None:
            return
        is_withheld = torch.tensor([object_id in object_ids for object_id in self.bank.object_ids])
        frame.due = frame.due * ~is_withheld.to(frame.due.device)[:, None, None]
        if not (frame.due > _SEEN).any():
            frame.due = None

    def forget(self, object_id: int) -> None:
        """Drop one object and its memory; TrackerError when it is not remembered."""
        if self._frame is not None and self._frame.due is not None and object_id in self.bank.object_ids:
            stays = [other != object_id for other in self.bank.object_ids]
            self._frame.due = self._frame.due[stays] if any(stays) else None
        self.bank.forget(object_id)

    def memory_use(self) -> MemoryUse:
        """How full the memory is."""
        return self.bank.use

    def reset(self) -> None:
        """Drop every object and all memory."""
        self.bank.reset()
        self._frame = None
        self._since_write = 0

    def save(self, path: Path) -> None:
        """Write the memory to a file; the first ``remember`` after a ``load`` writes a frame of its own."""
        self._settle()
        arrays = {f"bank.{name}": array for name, array in self.bank.state().items()}
        write_snapshot(path, self._made_by, {**arrays, "since_write": np.array(self._since_write)})

    def load(self, path: Path) -> None:
        """Replace the memory by a saved one.

        Raises:
            TrackerError: the file cannot be read, or was made by another propagator or configuration.
        """
        arrays = read_snapshot(path, self._made_by)
        since_write = int(arrays.pop("since_write"))
        self.bank.load_state({name.removeprefix("bank."): array for name, array in arrays.items()})
        self._frame = None
        self._since_write = since_write

    @property
    def _made_by(self) -> str:
        return f"feature-memory {json.dumps(asdict(self.config))}"

    def _look_at(self, image: NDArray[np.uint8]) -> _Frame:
        """The features of an image, computed unless it is the last frame's."""
        if self._frame is None or self._frame.image is not image:
            self._settle()
            features = self._features(image).to(self.bank.device, torch.float32)  # (C, h, w)
            height, width = image.shape[:2]
            extent = self._extent((height, width)) if self._extent else features.shape[1:]
            grid = Grid((height, width), (float(extent[0]), float(extent[1])))
            cut = features[:, : grid.shape[0], : grid.shape[1]]
            if cut.shape[1:] != grid.shape:
                raise TrackerError(
                    f"features are {tuple(features.shape)}, too small for an extent of {grid.extent} cells"
                )
            self._frame = _Frame(image, functional.normalize(cut, dim=0), grid)
        return self._frame

    def _write(
        self, frame: _Frame, shares: torch.Tensor, object_ids: Sequence[int], *, permanent: bool
    ) -> None:
        """Put the objects' shares (K, h, w) of a frame's cells in memory, in place of earlier ones."""
        values = shares[:, None]  # (K, 1, h, w)
        sharpness = math.sqrt(frame.key.shape[0]) / (2 * self.config.temperature)
        shrinkage = torch.full_like(frame.key[:1], sharpness)  # (1, h, w)
        amends = frame.is_written and self.bank.can_amend
        self.bank.write(
            frame.key, values, object_ids, shrinkage=shrinkage, permanent=permanent, amends=amends
        )
        frame.due = None
        frame.is_written = True
        self._since_write = 0

    @torch.inference_mode()
    def _settle(self) -> None:
        """Write the last frame to memory, if it is due and nothing was written in its place."""
        if self._frame is not None and self._frame.due is not None:
            self._write(self._frame, self._frame.due, self.bank.object_ids, permanent=False)
