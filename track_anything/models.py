"""The networks, loaded and placed; the one module that knows the device."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sam.segmenter import Segmenter
from track_anything.embeddings import CachedSegmenter
from track_anything.errors import DeviceError, InputError, WeightsError
from track_anything.refine import RefinePolicy, Refiner
from track_anything.weights import fetch
from tracker.propagator import Propagator

if TYPE_CHECKING:
    from torch import Tensor

    from track_anything.types import Image

SEGMENTERS = ("mobile-sam", "sam-vit-b", "sam-vit-l", "sam-vit-h")
TRACKERS = ("feature-memory",)
DEVICES = ("auto", "cpu", "cuda")

FetchProgress: TypeAlias = Callable[[int, int], None]
Wrap: TypeAlias = Callable[[Segmenter[Any]], Segmenter[Any]]


@dataclass(frozen=True, eq=False)
class Models:
    """What a session thinks with. Networks are shared; memory belongs to a propagation.

    Attributes:
        segmenter: answers prompts; keeps embeddings.
        new_propagator: makes a propagator with empty memory.
        refine_policy: when a segmenter's answer replaces a propagated mask; None to never ask.
    """

    segmenter: CachedSegmenter[Any]
    new_propagator: Callable[[], Propagator]
    refine_policy: RefinePolicy | None = field(default_factory=RefinePolicy)

    def new_refiner(self) -> Refiner | None:
        """A refiner after the policy, or None when refinement is off."""
        return Refiner(self.segmenter, self.refine_policy) if self.refine_policy else None


def load_models(
    *,
    segmenter: str = "mobile-sam",
    tracker: str = "feature-memory",
    weights: Path | None = None,
    device: str = "auto",
    refine: bool = True,
    progress: FetchProgress | None = None,
    wrap: Wrap | None = None,
) -> Models:
    """Load the networks, fetching released weights into the cache if they are not there.

    Args:
        segmenter: one of ``SEGMENTERS``.
        tracker: one of ``TRACKERS``.
        weights: checkpoint of the segmenter on this machine, instead of the released one.
        device: ``auto`` takes CUDA when there is one.
        refine: whether propagated masks are shown to the segmenter.
        progress: called with (bytes done, bytes in all) while weights are fetched.
        wrap: puts something between the network and those who share its embeddings.

    Raises:
        InputError: a name that is not known.
        DeviceError: CUDA was asked for and is not there.
        WeightsError: weights that cannot be had or are not what they should be.
    """
    _check_choice("segmenter", segmenter, SEGMENTERS)
    _check_choice("tracker", tracker, TRACKERS)
    from sam.build import build_segmenter
    from sam.embedding import grid_extent
    from sam.errors import CheckpointError
    from tracker.feature_memory import FeatureMemoryPropagator

    place = resolve_device(device)
    checkpoint = weights or fetch(segmenter, progress=progress)
    try:
        network = build_segmenter("auto" if weights else segmenter, checkpoint, place)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error
    cached = CachedSegmenter(wrap(network) if wrap else network)
    return Models(
        segmenter=cached,
        new_propagator=partial(
            FeatureMemoryPropagator, partial(_grid, cached), extent=grid_extent, device=place
        ),
        refine_policy=RefinePolicy() if refine else None,
    )


def resolve_device(name: str) -> str:
    """``cpu`` or ``cuda`` for a device name; DeviceError when CUDA is asked for and is not there."""
    _check_choice("device", name, DEVICES)
    if name == "cpu":
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if name == "cuda":
        raise DeviceError("no CUDA device is available: use --device cpu, or install a CUDA build of torch")
    return "cpu"


def _grid(segmenter: CachedSegmenter[Any], image: "Image") -> "Tensor":
    """The features of a frame as the training-free tracker takes them, (C, h, w)."""
    grid: Tensor = segmenter.embed(image).grid
    return grid


def _check_choice(what: str, name: str, choices: tuple[str, ...]) -> None:
    if name not in choices:
        raise InputError(f"there is no {what} {name!r}: choose one of {', '.join(choices)}")
