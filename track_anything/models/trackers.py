"""The trackers by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from track_anything.errors import InputError, WeightsError
from track_anything.models.embeddings import CachedSegmenter
from track_anything.models.network_choice import NetworkChoice
from track_anything.models.runtime import Runtime
from track_anything.types import Choices
from tracker.propagator import Propagator

if TYPE_CHECKING:
    from torch import Tensor

    from track_anything.types import Image

_SEEN_WITH = "mobile-sam"

NewPropagator: TypeAlias = Callable[[], Propagator]


@dataclass(frozen=True, eq=False)
class TrackerParts:
    """What a tracker is built from.

    Attributes:
        checkpoint: its weights; None = those that it brings, or none.
        runtime: how it runs.
        segmenter: whose embeddings it may share.
        segmenter_name: which one that is.
    """

    checkpoint: Path | None
    runtime: Runtime
    segmenter: CachedSegmenter[Any]
    segmenter_name: str


def _feature_memory(parts: TrackerParts) -> NewPropagator:
    """The training-free tracker, which sees frames with the embeddings that the segmenter makes anyway."""
    from sam.embedding import grid_extent
    from tracker.feature_propagator import FeatureMemoryPropagator

    features = partial(_grid, parts.segmenter)
    return partial(FeatureMemoryPropagator, features, extent=grid_extent, device=parts.runtime.device)


def _sam_memory(parts: TrackerParts) -> NewPropagator:
    """The tracker on the segmenter's features; the package has a recipe for it and no weights yet."""
    from tracker.build import load_sam_memory
    from tracker.errors import CheckpointError
    from tracker.sam_memory_propagator import SamMemoryPropagator

    if parts.segmenter_name != _SEEN_WITH:
        raise InputError(
            f"the tracker sam-memory sees frames with {_SEEN_WITH}, not with {parts.segmenter_name}: "
            "choose that segmenter, or another tracker"
        )
    if parts.checkpoint is None:
        raise WeightsError(
            "the tracker sam-memory comes without weights: train them by `track-anything train` with "
            "configs/sam-memory.toml and give their file, or choose another tracker"
        )
    try:
        network = load_sam_memory(parts.checkpoint, parts.runtime.device)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error
    precision = parts.runtime.precision
    return partial(SamMemoryPropagator, network, partial(_grid, parts.segmenter), precision=precision)


def _xmem(parts: TrackerParts) -> NewPropagator:
    return _around_xmem("xmem", parts.checkpoint, parts)


def _xmem_light(parts: TrackerParts) -> NewPropagator:
    """XMem's light form, from the weights that come with the package when no others are given."""
    from tracker.build import LIGHT_WEIGHTS

    return _around_xmem("xmem-light", parts.checkpoint or LIGHT_WEIGHTS, parts)


def _xmem_light_pair(parts: TrackerParts) -> NewPropagator:
    """The light form on each frame as it is, and on a smaller one in a mirror."""
    from tracker.build import LIGHT_WEIGHTS

    return _around_xmem("xmem-light-pair", parts.checkpoint or LIGHT_WEIGHTS, parts)


def _around_xmem(form: str, checkpoint: Path | None, parts: TrackerParts) -> NewPropagator:
    from tracker.build import BUILDERS, load_xmem
    from tracker.errors import CheckpointError

    if checkpoint is None:
        raise WeightsError(f"the tracker {form} needs a checkpoint: give its file")
    try:
        runtime = parts.runtime
        if runtime.engine == "torch":
            network = load_xmem(checkpoint, runtime.device, precision=runtime.precision)
        else:
            from track_anything.models.compiled.xmem import CompiledXMem

            network = CompiledXMem(load_xmem(checkpoint), runtime.precision, runtime.unit)
        return partial(BUILDERS[form], network)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error


def _grid(segmenter: CachedSegmenter[Any], image: "Image") -> "Tensor":
    """The features of a frame as the training-free tracker takes them, (C, h, w)."""
    grid: Tensor = segmenter.embed(image).grid
    return grid


def _of_others(kind: str, name: str, meaning: str) -> "TrackerChoice":
    """A tracker that others trained, by the library transformers.

    Args:
        kind: a name in ``tracker.session_build``.
        name: of its weights on the hub.
        meaning: in words, with the licence of the weights.
    """

    def build(parts: TrackerParts) -> NewPropagator:
        from tracker import session_build
        from tracker.errors import CheckpointError
        from tracker.session_propagator import SessionPropagator

        place, _, revision = (name if parts.checkpoint is None else str(parts.checkpoint)).partition("@")
        try:
            network = session_build.load_session_network(
                getattr(session_build, kind), place, parts.runtime.device, revision=revision or None
            )
        except CheckpointError as error:
            raise WeightsError(
                f"{error}: give a folder with config.json and model.safetensors, or NAME@REVISION of the "
                "hub, by --tracker-weights"
            ) from error
        return partial(SessionPropagator, network)

    return NetworkChoice(build, meaning, needs="transformers", extra="transformers")


TrackerChoice: TypeAlias = NetworkChoice[[TrackerParts], NewPropagator]

TRACKERS: Choices[TrackerChoice, [TrackerParts], NewPropagator] = Choices(
    "tracker",
    {
        "xmem-light": NetworkChoice(_xmem_light, "XMem's light form, ours, for a CPU"),
        "xmem-light-pair": NetworkChoice(_xmem_light_pair, "XMem's light form, by two views of each frame"),
        "sam-memory": NetworkChoice(
            _sam_memory, "memory on the segmenter's features, drawn by its decoder", is_bare=True
        ),
        "feature-memory": NetworkChoice(_feature_memory, "the untrained feature memory", takes_weights=False),
        "xmem": NetworkChoice(_xmem, "XMem", weights="xmem"),
        "xmem-s012": NetworkChoice(_xmem, "XMem without its training on stills", weights="xmem-s012"),
        **{
            f"sam2.1-{size}": _of_others(
                "SAM2", f"facebook/sam2.1-hiera-{size}", f"SAM 2.1 {size} (Apache-2.0), by transformers"
            )
            for size in ("tiny", "small", "base-plus", "large")
        },
        "sam3-tracker": _of_others("SAM3", "facebook/sam3", "SAM 3's tracker (SAM License), by transformers"),
    },
)
"""By name; a new one is one line."""
