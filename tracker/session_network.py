"""A video network of the transformers library, and the frames as it takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SessionNetwork:
    """A network that tracks by an inference session.

    Attributes:
        model: a video model of transformers, in evaluation mode.
        new_session: makes a session of that model's kind.
        name: tells networks apart whose memories do not fit each other.
        mean: of red, green and blue, 0 to 1, that pixels are taken less.
        deviation: of red, green and blue, that they are divided by.
    """

    model: Any
    new_session: Any
    name: str
    mean: Sequence[float] = (0.485, 0.456, 0.406)
    deviation: Sequence[float] = (0.229, 0.224, 0.225)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        device: torch.device = next(self.model.parameters()).device
        return device

    @property
    def size(self) -> int:
        """Rows and columns of the square that frames are fitted to."""
        size: int = self.model.image_size
        return size

    @property
    def reach(self) -> int:
        """Frames back to which it looks, beside the conditioning ones."""
        config = self.model.config
        reach: int = max(config.num_maskmem, config.max_object_pointers_in_encoder)
        return reach

    def session(self) -> Any:  # noqa: ANN401 - the library's own
        """A new session without frames or objects."""
        return self.new_session(
            inference_device=self.device, inference_state_device=self.device, dtype=torch.float32
        )

    def pixels(self, image: NDArray[np.uint8]) -> torch.Tensor:
        """(1, 3, S, S) of an (H, W, 3) image."""
        planes = torch.from_numpy(np.ascontiguousarray(image)).to(self.device).permute(2, 0, 1)[None].float()
        square = F.interpolate(
            planes / 255, (self.size, self.size), mode="bilinear", align_corners=False, antialias=True
        )
        mean, deviation = (
            torch.tensor(each, device=self.device)[None, :, None, None]
            for each in (self.mean, self.deviation)
        )
        return (square - mean) / deviation

    def mask(self, mask: NDArray[np.bool_]) -> torch.Tensor:
        """(1, 1, S, S) of an (H, W) mask: 0 or 1."""
        whole = torch.from_numpy(np.ascontiguousarray(mask)).to(self.device)[None, None].float()
        square = F.interpolate(
            whole, (self.size, self.size), mode="bilinear", align_corners=False, antialias=True
        )
        return (square >= 0.5).float()
