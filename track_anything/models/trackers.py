"""The trackers by name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
    from tracker.modeling.xmem import XMem
    from tracker.sam_memory_propagator import SamMemoryPropagator

SEEN_WITH = "mobile-sam"
"""The segmenter by whose embeddings trackers of the package see frames."""

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


def _sam_memory(parts: TrackerParts) -> "Callable[[], SamMemoryPropagator]":
    """The tracker on the segmenter's features, from the package's weights when no others are given."""
    from tracker.build import SAM_MEMORY_WEIGHTS, load_sam_memory
    from tracker.errors import CheckpointError
    from tracker.modeling.inference import ready_for_inference
    from tracker.modeling.winograd import spare_products
    from tracker.sam_memory_propagator import SamMemoryPropagator

    if parts.segmenter_name != SEEN_WITH:
        raise InputError(
            f"this tracker sees frames with {SEEN_WITH}, not with {parts.segmenter_name}: "
            "choose that segmenter, or another tracker"
        )
    runtime = parts.runtime
    try:
        read = load_sam_memory(parts.checkpoint or SAM_MEMORY_WEIGHTS, runtime.device)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error
    network, precision = ready_for_inference(read), runtime.rest_precision
    if runtime.engine != "torch":
        from track_anything.models.compiled.sam_memory import CompiledSamMemory

        precision = runtime.precision
        spares_products = runtime.spares_products
        network = CompiledSamMemory(network, precision, runtime.unit, spares_products=spares_products)
    elif runtime.spares_products:
        spare_products(network)
    return partial(SamMemoryPropagator, network, partial(_grid, parts.segmenter), precision=precision)


def _sam_memory_permissive(parts: TrackerParts) -> NewPropagator:
    """The same from the weights that were trained on data with permissive licences alone."""
    from tracker.build import PERMISSIVE_WEIGHTS

    return _sam_memory(replace(parts, checkpoint=parts.checkpoint or PERMISSIVE_WEIGHTS))


def _joint(parts: TrackerParts) -> NewPropagator:
    """The light form by two views, and memory on the segmenter's features; given weights are the latter's."""
    from tracker.build import LIGHT_WEIGHTS, joint

    new_sam_memory = _sam_memory(parts)
    return partial(joint, xmem_network(LIGHT_WEIGHTS, parts.runtime), new_sam_memory)


def _light_joint(every: int, parts: TrackerParts) -> NewPropagator:
    """One view by the light form, whose weights those given are, and that memory on every few frames."""
    from tracker.build import LIGHT_WEIGHTS, light_joint

    new_sam_memory = _sam_memory(replace(parts, checkpoint=None))
    network = xmem_network(parts.checkpoint or LIGHT_WEIGHTS, parts.runtime)
    return partial(light_joint, network, new_sam_memory, every=every)


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
    from tracker.build import BUILDERS

    if checkpoint is None:
        raise WeightsError(f"the tracker {form} needs a checkpoint: give its file")
    return partial(BUILDERS[form], xmem_network(checkpoint, parts.runtime))


def xmem_network(checkpoint: Path, runtime: Runtime) -> "XMem":
    """By the engine that was chosen, or by torch where that is faster in float32."""
    from tracker.build import load_xmem
    from tracker.errors import CheckpointError
    from tracker.modeling.winograd import spare_products

    try:
        if runtime.engine == "torch" or runtime.spares_products:
            network = load_xmem(checkpoint, runtime.device, precision=runtime.precision)
            if runtime.spares_products:
                spare_products(network)
            return network
        from track_anything.models.compiled.quantised import read_ranges
        from track_anything.models.compiled.xmem import CompiledXMem

        ranges = read_ranges(checkpoint) if runtime.precision == "int8" else None
        return CompiledXMem(load_xmem(checkpoint), runtime.precision, runtime.unit, ranges)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error


def _has_ranges(checkpoint: Path | None) -> bool:
    """Whether ranges for int8 lie beside the weights of the light form."""
    from track_anything.models.compiled.quantised import ranges_beside
    from tracker.build import LIGHT_WEIGHTS

    return ranges_beside(checkpoint or LIGHT_WEIGHTS).is_file()


def _has_own_ranges(checkpoint: Path | None) -> bool:
    """Likewise where the weights that are given are of another network beside it."""
    del checkpoint
    return _has_ranges(None)


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


def _cutie(parts: TrackerParts) -> NewPropagator:
    """Cutie by its authors' package, from a file: no source of ours has its weights."""
    from tracker.cutie_network import load_cutie
    from tracker.cutie_propagator import CutiePropagator
    from tracker.errors import CheckpointError

    if parts.checkpoint is None:
        raise WeightsError(
            "the tracker cutie needs a checkpoint: give cutie-base-mega.pth or cutie-small-mega.pth of its "
            "authors' releases by --tracker-weights"
        )
    try:
        return partial(CutiePropagator, load_cutie(parts.checkpoint, parts.runtime.device))
    except CheckpointError as error:
        raise WeightsError(str(error)) from error


TrackerChoice: TypeAlias = NetworkChoice[[TrackerParts], NewPropagator]

TRACKERS: Choices[TrackerChoice, [TrackerParts], NewPropagator] = Choices(
    "tracker",
    {
        "xmem-light": NetworkChoice(_xmem_light, "XMem's light form, ours, for a CPU", has_int8=_has_ranges),
        "xmem-light-pair": NetworkChoice(
            _xmem_light_pair, "XMem's light form, by two views of each frame", has_int8=_has_ranges
        ),
        "sam-memory": NetworkChoice(
            _sam_memory, "memory on the segmenter's features, drawn by its decoder", seen_with=SEEN_WITH
        ),
        "joint-5": NetworkChoice(
            partial(_light_joint, 5),
            "xmem-light, and sam-memory on every fifth frame, fewer while both agree",
            seen_with=SEEN_WITH,
            has_int8=_has_ranges,
        ),
        "joint-2": NetworkChoice(
            partial(_light_joint, 2),
            "xmem-light, and sam-memory on every second frame, fewer while both agree",
            seen_with=SEEN_WITH,
            has_int8=_has_ranges,
        ),
        "joint": NetworkChoice(
            _joint,
            "xmem-light-pair and sam-memory together",
            seen_with=SEEN_WITH,
            has_int8=_has_own_ranges,
        ),
        "sam-memory-permissive": NetworkChoice(
            _sam_memory_permissive, "sam-memory trained on freely licensed data alone", seen_with=SEEN_WITH
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
        "edgetam": _of_others(
            "EDGE_TAM", "yonigozlan/EdgeTAM-hf", "EdgeTAM (Apache-2.0), by transformers and timm"
        ),
        "cutie": NetworkChoice(_cutie, "Cutie (MIT), by the package rf-cutie", needs="cutie", extra="cutie"),
        "sam3-tracker": _of_others("SAM3", "facebook/sam3", "SAM 3's tracker (SAM License), by transformers"),
    },
)
"""By name; a new one is one line."""
