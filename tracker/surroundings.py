"""What lies around the part of a frame that was seen, for a memory that keeps frames whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from tracker.region import Region

_COLOURS = "colours"
_FRAMES = "frames_in_part"


@dataclass(frozen=True)
class SurroundingsConfig:
    """How long what lies around objects is taken for what it was when it was seen.

    Attributes:
        most_still: frames written from a part of them, one after the other, before one is seen whole.
        most_moving: likewise where the camera moves, or what is around objects changes otherwise; at most
            ``most_still``, and where that is 0, all frames that are written are seen whole.
        change: of the mean colour of a cell, in levels of 255, that makes another one of it.
        moving_from: share of the cells around that are others, from which all is taken to move.
    """

    most_still: int = 11
    most_moving: int = 2
    change: float = 12.0
    moving_from: float = 0.25


ALWAYS_SEEN = SurroundingsConfig(most_still=0)


class Surroundings:
    """The rest of a frame that was seen in part, as the last frame written has it.

    What is far from all objects holds none of them, was told from them by earlier frames already, and lies
    too far off to be read much where places count; so it need not be encoded for each frame that is written.

    Args:
        config: when it grows old.
    """

    def __init__(self, config: SurroundingsConfig) -> None:
        self._config = config
        self._maps: dict[str, torch.Tensor] = {}  # (C, h, w) by name
        self._frames_in_part = 0

    def are_old(self, image: NDArray[np.uint8], region: Region) -> bool:
        """Whether an (H, W, 3) RGB image, if it is written, has to be seen beyond a region of its canvas."""
        if region.is_whole or not self._may_serve:
            return True
        if self._frames_in_part < self._config.most_moving:
            return False
        apart = (_colours(image, region) - self._maps[_COLOURS].cpu()).abs().amax(dim=0)  # (h, w)
        is_around = torch.ones(region.grid, dtype=torch.bool)
        region.lay_over(is_around, torch.zeros(region.shape, dtype=torch.bool))
        changed = (apart[is_around] > self._config.change).float()
        return bool(changed.mean() >= self._config.moving_from)

    @property
    def _may_serve(self) -> bool:
        """Whether anything is known that may serve for one more frame, if the camera stands still."""
        return bool(self._maps) and self._frames_in_part < self._config.most_still

    def hold_nothing_of(self, masks: torch.Tensor, region: Region, object_ids: Iterable[int]) -> bool:
        """Whether all that there is of some objects lies in a region, and what is around it is known by now.

        Args:
            masks: (K, H, W) probabilities of the canvas.
            region: of that canvas.
            object_ids: the K objects.
        """
        if not self._may_serve or not self._maps.keys() >= {*map(str, object_ids)}:
            return False
        beyond = masks > 0.5  # (K, H, W)
        region.lay_over(beyond, torch.zeros_like(region.cut(beyond)))
        return not bool(beyond.any())

    def round_off(
        self, region: Region, parts: Mapping[str, torch.Tensor], image: NDArray[np.uint8]
    ) -> Mapping[str, torch.Tensor]:
        """What is written of a frame: its own part, and around that what was written last.

        Args:
            region: what was seen of the canvas.
            parts: (C, height, width) of that region by their names; values are named by their object.
            image: (H, W, 3) RGB, the whole frame.

        Returns:
            (C, h, w) of the canvas by the same names, not to be written over.
        """
        if not self._config.most_still:
            return parts
        own = {**parts, _COLOURS: region.cut(_colours(image, region))}
        self._frames_in_part = 0 if region.is_whole else self._frames_in_part + 1
        if region.is_whole:
            self._maps = own
        else:
            whole = {name: self._maps[name].clone() for name in own}  # (C, h, w)
            for name, part in own.items():
                region.lay_over(whole[name], part)
            self._maps = whole
        return {name: self._maps[name] for name in parts}

    def forget(self, object_id: int) -> None:
        """Drop what is known of an object."""
        self._maps.pop(str(object_id), None)

    def reset(self) -> None:
        """Know nothing: the next frame that is written has to be seen whole."""
        self._maps, self._frames_in_part = {}, 0

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything kept, as arrays."""
        kept: dict[str, NDArray[np.generic]] = {
            name: part.cpu().numpy().copy() for name, part in self._maps.items()
        }
        return {_FRAMES: np.array(self._frames_in_part)} | kept if kept else {}

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]], device: torch.device) -> None:
        """Replace everything by a ``state``."""
        self.reset()
        if arrays:
            self._frames_in_part = int(arrays[_FRAMES])
            kept = {name: array for name, array in arrays.items() if name != _FRAMES}
            self._maps = {name: torch.from_numpy(array).to(device) for name, array in kept.items()}


def _colours(image: NDArray[np.uint8], region: Region) -> torch.Tensor:
    """The mean colours of an image's cells, (3, h, w) in levels of 255."""
    rows, columns = region.grid
    cells = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    return torch.from_numpy(cells).permute(2, 0, 1).float()
