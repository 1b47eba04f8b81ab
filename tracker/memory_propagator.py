"""XMem's frame loop, whatever network sees the frames: from a frame and what is remembered to its masks."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.aggregation import soft_aggregate, to_propagated
from tracker.clock import Clock
from tracker.drawn import Drawn, draw
from tracker.errors import TrackerError
from tracker.frame_in_hand import FrameInHand, by_object, check_frame, keep_earlier, objects_given
from tracker.frame_network import FrameNetwork
from tracker.frame_rows import named
from tracker.memory_bank import MemoryBank
from tracker.memory_need import Undertaking, needed_by
from tracker.memory_use import MemoryUse
from tracker.modeling.canvas import Canvas, Point
from tracker.propagator import Propagated
from tracker.region import Region
from tracker.region_of_interest import Regions
from tracker.sense_of_place import SenseOfPlace
from tracker.snapshot import read_snapshot, write_snapshot
from tracker.surroundings import ALWAYS_SEEN, Surroundings
from tracker.xmem_config import XMemConfig

_BANK = "bank."
_SURROUNDINGS = "surroundings."


class MemoryPropagator:
    """Propagates masks as XMem does (Cheng and Schwing, ECCV 2022); meets the ``Propagator`` contract."""

    def __init__(self, network: FrameNetwork, config: XMemConfig) -> None:
        self.config = config
        self._network = network
        self._device = network.device
        self.bank = MemoryBank(self.config.memory, self._device)
        self._place = SenseOfPlace(config.continuity, config.position, config.region)
        self._surroundings = Surroundings(config.region.surroundings if config.region else ALWAYS_SEEN)
        self._clock = Clock(config.mem_every, config.deep_update_every)
        self._begin()

    def _begin(self) -> None:
        """Before the first frame."""
        self._canvas: Canvas | None = None
        self._frame: FrameInHand | None = None
        for each in (self._clock, self._place, self._surroundings):
            each.reset()

    @torch.inference_mode()
    def remember(
        self,
        image: NDArray[np.uint8],
        label_map: NDArray[np.uint8],
        *,
        permanent: bool = True,
        given: Collection[int] | None = None,
    ) -> None:
        """Write a frame and its masks to memory; new ids in ``label_map`` become objects.

        Args:
            image: (H, W, 3) uint8 RGB.
            label_map: (H, W) uint8 object ids, 0 = background.
            permanent: a known frame, never evicted; False for one that ages as others do.
            given: the objects that ``label_map`` speaks for; the others keep what this frame already says
                about them, soft as it is, outside the given masks. None = all of them, and those missing
                from ``label_map`` are remembered as absent.

        Raises:
            TrackerError: sizes disagree, no object was ever given, or only some objects are given for a
                frame that says nothing about the others.
            MemoryFullError: the cap of permanent frames is reached.
        """
        remembered = self.bank.object_ids
        object_ids = sorted({*objects_given(image, label_map, remembered, self._canvas), *remembered})
        kept = [] if given is None else [object_id for object_id in object_ids if object_id not in given]
        frame = self._frame if self._frame is not None and self._frame.image is image else None
        if kept and (frame is None or not frame.masks.keys() >= set(kept)):
            raise TrackerError(
                f"nothing is known of objects {kept} in this frame: step it first, or give them"
            )
        if frame is None:
            canvas = self._arrive(image)
            frame = self._look(image, canvas, canvas.whole)
        masks = frame.canvas.place_masks(label_map, object_ids, self._device)  # (K, H, W)
        if kept:
            keep_earlier(
                masks, [object_ids.index(object_id) for object_id in kept], [frame.masks[k] for k in kept]
            )
        self._write(frame, object_ids, soft_aggregate(masks)[1:], permanent=permanent)

    @torch.inference_mode()
    def step(self, image: NDArray[np.uint8], *, last: bool = False) -> Propagated:
        """Predict the masks of the next frame and update the memory.

        Args:
            image: (H, W, 3) uint8 RGB, of the size of the frames before.
            last: no frame follows, so the memory is left as it is.

        Raises:
            TrackerError: nothing was remembered yet, or the size differs.
        """
        check_frame(image, self._canvas)
        object_ids = self.bank.object_ids
        if not object_ids:
            raise TrackerError("nothing is remembered: call remember with a frame and its masks first")
        canvas = self._arrive(image)

        is_memory_frame = not last and self._clock.write_is_due
        is_deep_update = is_memory_frame and self._clock.deep_update_is_due
        is_normal_update = not last and not (is_deep_update and self._clock.deep_update_stands_alone)
        regions = self._place.next_regions(object_ids, canvas.grid)
        is_seen_whole = is_memory_frame and self._surroundings.are_old(image, regions.seen)

        frame = self._look(image, canvas, canvas.whole if is_seen_whole else regions.seen)
        drawn = self._draw(frame, regions, moves_on=is_normal_update, counts=is_memory_frame)
        if drawn.beyond:
            frame.see_all(self._network)
            regions = regions.widened(drawn.beyond)
            drawn = self._draw(frame, regions, moves_on=is_normal_update, counts=is_memory_frame)
        probabilities = self._place.keep(object_ids, drawn.probabilities)
        frame.masks = by_object(object_ids, probabilities[1:])
        if is_normal_update:
            self.bank.sensory.write(object_ids, drawn.sensory)
        if not self._clock.deep_update_stands_alone:
            frame.sensory = by_object(object_ids, drawn.sensory)
        frame.is_due = is_memory_frame
        return to_propagated(
            frame.canvas.restore(probabilities), object_ids, frame.canvas.restore_grid(drawn.familiarity)
        )

    @torch.inference_mode()
    def revise(self, probabilities: torch.Tensor) -> None:
        """Take other soft masks (K, H, W) of source size, in place of those of the last step, into memory."""
        if self._frame is not None:
            placed = self._frame.canvas.place_soft(probabilities.to(self._device))  # (K, H, W) of the canvas
            self._frame.masks = by_object(self.bank.object_ids, placed)

    @torch.inference_mode()
    def centres(self) -> dict[int, Point]:
        """Where objects were seen last by their ids, in heights of the source, if places count."""
        self._settle()
        return self._place.centres(self._canvas)

    @torch.inference_mode()
    def catch_up(self, centres: Mapping[int, Point]) -> None:
        """Take in the ``centres`` of another one before the next step, which saw frames that this did not."""
        self._settle()
        self._frame = None  # what it ended up as is older
        self._place.catch_up(centres, self._canvas)

    @torch.inference_mode()
    def withhold(self, object_ids: Collection[int]) -> None:
        """Keep what the last step found of some objects out of memory, the sensory one included."""
        frame = self._frame
        if frame is None:
            return
        for object_id in frame.masks.keys() & set(object_ids):
            frame.masks[object_id] = torch.zeros_like(frame.masks[object_id])
            frame.sensory[object_id] = frame.arrived_with[object_id]
            self.bank.sensory.write([object_id], frame.arrived_with[object_id][None])
        frame.is_due &= any(bool((mask > 0.5).any()) for mask in frame.masks.values())

    @torch.inference_mode()
    def forget(self, object_id: int) -> None:
        """Drop one object and its memory; TrackerError when it is not remembered."""
        for each in (self.bank, self._place, self._surroundings):
            each.forget(object_id)
        if self._frame is not None:
            self._frame.sensory.pop(object_id, None)
            self._frame.masks.pop(object_id, None)
            self._frame.is_written &= bool(self.bank.object_ids)

    def memory_need(self, ahead: Undertaking) -> int:
        """Bytes that a propagation to come takes at most, network and sensory memory left out."""
        return needed_by(self._network, self.config, ahead, place_width=self._place.width)

    def memory_use(self) -> MemoryUse:
        """How full the memory is."""
        return self.bank.use

    def reset(self) -> None:
        """Drop every object and all memory."""
        self.bank.reset()
        self._begin()

    @torch.inference_mode()
    def save(self, path: Path) -> None:
        """Write the memory to a file of numpy arrays; after ``load``, a ``remember`` is a new frame."""
        write_snapshot(path, self.made_by, self.state())

    @torch.inference_mode()
    def load(self, path: Path) -> None:
        """Replace the memory by a saved one; the next step continues exactly where it left off.

        Raises:
            TrackerError: the file cannot be read, or was made by another propagator, network or size.
        """
        self.load_state(read_snapshot(path, self.made_by))

    @torch.inference_mode()
    def state(self) -> dict[str, NDArray[np.generic]]:
        """The memory as arrays; what the last step is due to write is written first."""
        self._settle()
        arrays = {_BANK + name: array for name, array in self.bank.state().items()}
        arrays |= {_SURROUNDINGS + name: array for name, array in self._surroundings.state().items()}
        arrays |= self._place.state()
        arrays["clock"] = np.array(self._clock.state())
        arrays["source_size"] = np.array(self._canvas.source_size if self._canvas else (0, 0))
        return arrays

    @torch.inference_mode()
    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace the memory by what ``state`` gave."""
        bank = MemoryBank(self.config.memory, self._device)
        bank.load_state(named(arrays, _BANK))
        self._begin()
        self._place.load_state(arrays)
        self._surroundings.load_state(named(arrays, _SURROUNDINGS), self._device)
        self.bank = bank
        self._clock.load_state(arrays["clock"].tolist())
        height, width = arrays["source_size"].tolist()
        self._canvas = self._network.lay_out((height, width)) if height else None

    @property
    def made_by(self) -> str:
        """What a saved memory fits: the kind of propagator, the sizes of the network and of its frames."""
        return f"{self._network.identity}{self._place.identity}"

    def _settle(self) -> None:
        """Take in what the frame in hand ended up as; write it if it is due and nothing was in its place."""
        frame, object_ids = self._frame, self.bank.object_ids
        if frame is not None and frame.masks:
            self._place.follow(frame.masks)
        if frame is not None and frame.is_due and object_ids:
            masks = torch.stack([frame.masks[object_id] for object_id in object_ids])  # (K, H, W)
            self._write(frame, object_ids, masks, permanent=False)

    def _arrive(self, image: NDArray[np.uint8]) -> Canvas:
        """Move the clock."""
        self._settle()
        self._canvas = self._canvas or self._network.lay_out((image.shape[0], image.shape[1]))
        self._clock.tick()
        return self._canvas

    def _look(self, image: NDArray[np.uint8], canvas: Canvas, region: Region) -> FrameInHand:
        """Encode a region of a new frame."""
        object_ids, shape = self.bank.object_ids, (self._network.hidden_width, *canvas.grid)
        seen = self._network.look_at(image, canvas, region)
        sensory = by_object(object_ids, self.bank.sensory.read(object_ids, shape) if object_ids else ())
        self._frame = FrameInHand(image, canvas, region, seen, sensory, arrived_with=dict(sensory))
        return self._frame

    def _draw(self, frame: FrameInHand, regions: Regions, *, moves_on: bool, counts: bool) -> Drawn:
        """Draw all objects of a new frame, each in a region of its own."""
        places = self._place.queried(self.bank.object_ids, frame.canvas.grid, self._device)
        return draw(self._network, self.bank, frame, places, regions, update_sensory=moves_on, counts=counts)

    def _write(
        self, frame: FrameInHand, object_ids: Sequence[int], masks: torch.Tensor, *, permanent: bool
    ) -> None:
        """Encode the masks (K, H, W) of all objects and put them in memory, in place of earlier ones."""
        if permanent or not self._surroundings.hold_nothing_of(masks, frame.region, object_ids):
            frame.see_all(self._network)
        is_deep_update, region, seen = self._clock.deep_update_is_due, frame.region, frame.seen
        sensory = frame.stacked_sensory(object_ids, self._network.hidden_width)  # (K, CH, h, w)
        values, moved = self._network.encode_value(
            seen,
            region.cut(masks).unsqueeze(0),
            region.cut(sensory).unsqueeze(0),
            deep_update=is_deep_update,
        )
        region.lay_over(sensory, moved[0])
        parts = {"key": seen.key[0], "shrinkage": seen.shrinkage[0], "selection": seen.selection[0]}
        parts |= {str(object_id): value for object_id, value in zip(object_ids, values[0], strict=True)}
        whole = self._surroundings.round_off(region, parts, frame.image)  # (C, h, w) each
        found = by_object(object_ids, masks)
        self.bank.write(
            whole["key"],
            torch.stack([whole[str(object_id)] for object_id in object_ids]),  # (K, CV, h, w)
            object_ids,
            shrinkage=whole["shrinkage"],
            selection=whole["selection"],
            places=self._place.written(found, frame.canvas.grid, self._device),
            permanent=permanent,
            amends=frame.is_written,
        )
        self.bank.sensory.write(object_ids, sensory)
        self._clock.wrote(deep_update=is_deep_update)
        frame.masks = found
        frame.is_due = False
        frame.is_written = True
