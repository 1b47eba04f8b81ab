"""The frame that a propagator is at."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.errors import TrackerError
from tracker.frame_network import FrameNetwork, SeenFrame
from tracker.modeling.canvas import Canvas
from tracker.objects import objects_on
from tracker.region import Region


@dataclass(eq=False)
class FrameInHand:
    """The frame in hand.

    Attributes:
        image: as it was given, to recognise it by.
        canvas: how it is laid out.
        region: the part of the canvas that was looked at.
        seen: what the network knows of that part without its masks.
        sensory: per object the (CH, h, w) that an encoding of this frame starts from.
        masks: per object the (H, W) probabilities on the canvas, predicted or given.
        arrived_with: per object the sensory memory before this frame.
        is_due: whether the frame is to be written to memory when the next one comes; until then a correction
            takes the place of what was predicted.
        is_written: whether the frame is in memory.
    """

    image: NDArray[np.uint8]
    canvas: Canvas
    region: Region
    seen: SeenFrame
    sensory: dict[int, torch.Tensor]
    masks: dict[int, torch.Tensor] = field(default_factory=dict)
    arrived_with: dict[int, torch.Tensor] = field(default_factory=dict)
    is_due: bool = False
    is_written: bool = False

    def see_all(self, network: FrameNetwork) -> None:
        """Let a network look at all of the frame, if it did not."""
        if not self.region.is_whole:
            self.region = self.canvas.whole
            self.seen = network.look_at(self.image, self.canvas, self.region)

    def stacked_sensory(self, object_ids: Sequence[int], width: int) -> torch.Tensor:
        """The sensory memory that an encoding starts from, (K, CH, h, w); zeros for objects just arrived."""
        blank = torch.zeros(width, *self.canvas.grid, device=self.seen.key.device)
        return torch.stack([self.sensory.get(object_id, blank) for object_id in object_ids])


def by_object(object_ids: Sequence[int], tensor: Iterable[torch.Tensor]) -> dict[int, torch.Tensor]:
    """One tensor per object, by its id."""
    return dict(zip(object_ids, tensor, strict=True))


def keep_earlier(masks: torch.Tensor, channels: list[int], earlier: list[torch.Tensor]) -> None:
    """Put earlier (H, W) probabilities into some channels of (K, H, W), outside the masks of the others."""
    masks[channels] = 0
    is_free = masks.sum(dim=0) < 0.5  # (H, W)
    masks[channels] = torch.stack(earlier) * is_free


def check_frame(
    image: NDArray[np.uint8], canvas: Canvas | None, label_map: NDArray[np.uint8] | None = None
) -> None:
    """Raise TrackerError unless a frame and its label map are of one size, that of the frames before."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise TrackerError(
            f"the image is {image.dtype} {image.shape}: give (height, width, 3) uint8 RGB values"
        )
    size = image.shape[:2]
    if canvas is not None and canvas.source_size != size:
        raise TrackerError(f"the frame is {size}, those before {canvas.source_size}: reset for another video")
    if label_map is not None and (label_map.shape != size or label_map.dtype != np.uint8):
        raise TrackerError(
            f"the label map is {label_map.dtype} {label_map.shape}, the image {size}: "
            "give uint8 object ids of the image's size"
        )


def objects_given(
    image: NDArray[np.uint8],
    label_map: NDArray[np.uint8],
    remembered: Collection[int],
    canvas: Canvas | None = None,
) -> set[int]:
    """The ids on a label map; TrackerError as by ``check_frame``, or where there is and was no object."""
    check_frame(image, canvas, label_map)
    present = objects_on(label_map)
    if not present and not remembered:
        raise TrackerError("the label map is empty and no object was given before: mark an object first")
    return present
