"""What the network keeps of each object from one frame to the next (XMem, section 3.2)."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray


class SensoryMemory:
    """One hidden state per object; it is replaced by every frame and never searched.

    Args:
        device: where the states live.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._hidden: dict[int, torch.Tensor] = {}  # object id -> (CH, h, w)

    @torch.inference_mode()
    def read(self, object_ids: Sequence[int], shape: tuple[int, int, int]) -> torch.Tensor:
        """The states of some objects, (K, CH, h, w); zeros for one that has none yet.

        Args:
            object_ids: those to read, in this order. They need not be written to memory yet.
            shape: (CH, h, w).
        """
        hidden = [self._hidden.get(object_id) for object_id in object_ids]
        blank = torch.zeros(shape, device=self._device)  # (CH, h, w)
        return torch.stack([blank if own is None else own for own in hidden])

    @torch.inference_mode()
    def write(self, object_ids: Sequence[int], hidden: torch.Tensor) -> None:
        """Replace the states of some objects by ``hidden`` (K, CH, h, w)."""
        self._hidden.update(zip(object_ids, hidden.unbind(), strict=True))

    def forget(self, object_id: int) -> None:
        """Drop the state of an object, if it has one."""
        self._hidden.pop(object_id, None)

    def reset(self) -> None:
        """Drop everything."""
        self._hidden = {}

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything kept, as arrays by object id."""
        return {str(object_id): hidden.cpu().numpy().copy() for object_id, hidden in self._hidden.items()}

    def load_state(self, state: Mapping[str, torch.Tensor]) -> None:
        """Replace everything by a ``state``."""
        self._hidden = {int(name): hidden for name, hidden in state.items()}
