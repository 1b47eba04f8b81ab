"""The contract between the frame loop and a network: how frames are laid out, seen, written and read."""

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.modeling.canvas import Canvas
from tracker.region import Region


class SeenFrame(Protocol):
    """What a network knows of a region of one frame without its masks; more than this is its own business.

    Attributes:
        key: (1, CK, h, w).
        shrinkage: (1, 1, h, w), at least 1.
        selection: (1, CK, h, w), in (0, 1).
    """

    @property
    def key(self) -> torch.Tensor: ...  # noqa: D102
    @property
    def shrinkage(self) -> torch.Tensor: ...  # noqa: D102
    @property
    def selection(self) -> torch.Tensor: ...  # noqa: D102


class FrameNetwork(Protocol):
    """A network as the frame loop sees it: weights and no memory, one frame at a time.

    Attributes:
        device: where it computes.
        hidden_width: CH, channels of the sensory memory.
        widths: CK and CV, channels of keys and of values.
        identity: what a saved memory must have been made by to be read with it.
        is_compiled: whether an engine computes it, which holds graphs.
    """

    @property
    def device(self) -> torch.device: ...  # noqa: D102
    @property
    def hidden_width(self) -> int: ...  # noqa: D102
    @property
    def widths(self) -> tuple[int, int]: ...  # noqa: D102
    @property
    def identity(self) -> str: ...  # noqa: D102
    @property
    def is_compiled(self) -> bool: ...  # noqa: D102

    def lay_out(self, source_size: tuple[int, int]) -> Canvas:
        """The canvas of frames of (height, width)."""
        ...

    def look_at(self, image: NDArray[np.uint8], canvas: Canvas, region: Region) -> Any:  # noqa: ANN401  # its own kind
        """What is known of a region of an (H, W, 3) uint8 RGB image without its masks, a ``SeenFrame``."""
        ...

    def encode_value(
        self,
        seen: Any,  # noqa: ANN401
        masks: torch.Tensor,
        sensory: torch.Tensor,
        *,
        deep_update: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Encode masks (1, K, H, W) of the canvas with the sensory memory (1, K, CH, h, w).

        Returns:
            values (1, K, CV, h, w), and the sensory memory, updated or as it came.
        """
        ...

    def segment(
        self,
        seen: Any,  # noqa: ANN401
        part: Region,
        readout: torch.Tensor,
        sensory: torch.Tensor,
        *,
        update_sensory: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw objects in a part of what was seen, as large as (h, w) cells.

        Args:
            seen: a region of a frame.
            part: of that region.
            readout: (1, K, CV, h, w).
            sensory: (1, K, CH, h, w).
            update_sensory: whether the sensory memory moves on.

        Returns:
            logits (1, K, 16 h, 16 w), and the sensory memory, moved on or as it came.
        """
        ...
