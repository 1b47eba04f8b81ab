"""How much a frame looks like those that a person vouches for, cell by cell of a coarse grid."""

import torch
import torch.nn.functional as F

_CELLS = 16  # along each side, in which frames are held against known ones
_MOST_KNOWN = 32  # frames; the oldest but the first make way
_LEAST = 1e-3


class Familiar:
    """What known frames look like; takes a frame as the planes of features that a network has for it."""

    def __init__(self) -> None:
        self.known: list[torch.Tensor] = []  # (C, cells) each, of length 1 along C

    def note(self, planes: torch.Tensor) -> None:
        """This frame, (1, C, h, w), is what a person vouches for."""
        self.known.append(_cells(planes))
        if len(self.known) > _MOST_KNOWN:
            del self.known[1]

    def familiarity(self, planes: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        """(H, W) in (0, 1] for a frame, (1, C, h, w), of this size; see ``Propagated``."""
        if not self.known:
            return torch.ones(size, device=planes.device)
        known = torch.cat(self.known, dim=1)  # (C, n)
        alike = (_cells(planes).T @ known).amax(dim=1)  # (cells,)
        grid = ((alike + 1) / 2).reshape(1, 1, _CELLS, _CELLS)
        return F.interpolate(grid, size, mode="bilinear")[0, 0].clamp(_LEAST, 1)


def _cells(planes: torch.Tensor) -> torch.Tensor:
    return F.normalize(F.adaptive_avg_pool2d(planes.float(), _CELLS)[0].flatten(1), dim=0)
