"""What a propagation knows of where its objects are, beside what they look like."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.continuity import Continuity, ContinuityConfig
from tracker.frame_rows import Places, named
from tracker.modeling.canvas import Canvas, Point
from tracker.region_of_interest import RegionConfig, RegionOfInterest, Regions
from tracker.spatial_prior import SpatialPrior

_CONTINUITY = "continuity."
_PRIOR = "prior."
_INTEREST = "interest."


class SenseOfPlace:
    """What appears elsewhere is no part of an object, and where things lie around it counts.

    What is far from all objects need not be looked at.

    Args:
        continuity: what counts as being elsewhere; None = nothing.
        position: how much it counts where things lie; 0 = not at all.
        region: how much around objects is looked at; None = all of each frame.
    """

    def __init__(
        self, continuity: ContinuityConfig | None, position: float, region: RegionConfig | None
    ) -> None:
        self._continuity = Continuity(continuity)
        self._prior = SpatialPrior(position)
        self._interest = RegionOfInterest(region)

    @property
    def width(self) -> int:
        """Numbers that tell where a cell lies, for each object."""
        return self._prior.width

    @property
    def identity(self) -> str:
        """What a saved memory says of it."""
        return self._prior.identity

    def follow(self, masks: Mapping[int, torch.Tensor]) -> None:
        """Take in where objects ended up on a frame: (H, W) probabilities of the canvas by their ids."""
        self._continuity.follow(masks)
        self._prior.follow(masks)
        self._interest.follow(masks)

    def next_regions(self, object_ids: Sequence[int], grid: tuple[int, int]) -> Regions:
        """What has to be looked at to find objects on the next frame; see ``RegionOfInterest.next_regions``.

        Objects that are read by likeness alone share what they read, and are drawn in one region.
        """
        found = self._interest.next_regions(object_ids, grid)
        return found if self._prior.width else Regions.all_in(found.seen, object_ids)

    def keep(self, object_ids: Sequence[int], probabilities: torch.Tensor) -> torch.Tensor:
        """Take away what appears elsewhere; see ``Continuity.keep``."""
        return self._continuity.keep(object_ids, probabilities)

    def queried(
        self, object_ids: Iterable[int], grid: tuple[int, int], device: torch.device
    ) -> Places | None:
        """Where cells lie, seen from where objects were; see ``SpatialPrior.places``."""
        return self._prior.places(object_ids, grid, device)

    def written(
        self, masks: Mapping[int, torch.Tensor], grid: tuple[int, int], device: torch.device
    ) -> Places | None:
        """Where cells lie, seen from where objects are on a frame that is written to memory."""
        self._prior.follow(masks)
        return self._prior.places(masks, grid, device)

    def centres(self, canvas: Canvas | None) -> dict[int, Point]:
        """Where objects of frames that are laid out so were seen last, in heights of the source."""
        if canvas is None:
            return {}
        return {each: canvas.restore_point(centre) for each, centre in self._prior.centres.items()}

    def catch_up(self, centres: Mapping[int, Point], canvas: Canvas | None) -> None:
        """Take in the ``centres`` of others."""
        if canvas is not None:
            self._prior.centres.update({each: canvas.place_point(centre) for each, centre in centres.items()})

    def forget(self, object_id: int) -> None:
        """Forget where an object was."""
        self._continuity.forget(object_id)
        self._prior.forget(object_id)
        self._interest.forget(object_id)

    def reset(self) -> None:
        """Forget where all of them were."""
        self._continuity.reset()
        self._prior.reset()
        self._interest.reset()

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything kept, as arrays."""
        kept = (_CONTINUITY, self._continuity), (_PRIOR, self._prior), (_INTEREST, self._interest)
        return {prefix + name: array for prefix, each in kept for name, array in each.state().items()}

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace everything by what is there of a ``state``."""
        self._continuity.load_state(named(arrays, _CONTINUITY))
        self._prior.load_state(named(arrays, _PRIOR))
        self._interest.load_state(named(arrays, _INTEREST))
