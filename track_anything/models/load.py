"""The networks, loaded and placed; the one module that knows the device."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sam.segmenter import Segmenter
from track_anything.drift import DriftMonitor, DriftPolicy, RefinePolicy, Refiner
from track_anything.errors import DeviceError, InputError, WeightsError
from track_anything.models.embeddings import CachedSegmenter
from track_anything.models.precision import resolve_precision
from track_anything.models.presets import DEFAULT_PRESET, PRESETS
from track_anything.models.weights import fetch
from track_anything.video.motion import DenseInverseSearch, FlowMethod
from tracker.propagator import Propagator

if TYPE_CHECKING:
    from torch import Tensor

    from track_anything.types import Image

SEGMENTERS = ("mobile-sam", "sam-vit-b", "sam-vit-l", "sam-vit-h")
TRACKERS = ("xmem-light", "feature-memory", "xmem", "xmem-s012")
DEVICES = ("auto", "cpu", "cuda")
FLOW_METHODS = ("dis", "raft")

_SHORTAGE_SIGNS = ("out of memory", "can't allocate memory")

FetchProgress: TypeAlias = Callable[[int, int], None]
NewPropagator: TypeAlias = Callable[[], Propagator]
Wrap: TypeAlias = Callable[[Segmenter[Any]], Segmenter[Any]]


@dataclass(frozen=True, eq=False)
class Models:
    """What a session thinks with. Networks are shared; memory belongs to a propagation.

    Attributes:
        segmenter: answers prompts; keeps embeddings.
        new_propagator: makes a propagator with empty memory.
        refine_policy: when a segmenter's answer replaces a propagated mask; None to never ask.
        drift_policy: when a mask counts as drifted, and what it takes to come back; None = not watched.
        precision: how exactly the networks compute.
    """

    segmenter: CachedSegmenter[Any]
    new_propagator: NewPropagator
    refine_policy: RefinePolicy | None = field(default_factory=RefinePolicy)
    drift_policy: DriftPolicy | None = field(default_factory=DriftPolicy)
    precision: str = "float32"

    def new_refiner(self) -> Refiner | None:
        """A refiner after the policy, or None when refinement is off."""
        return Refiner(self.segmenter, self.refine_policy) if self.refine_policy else None

    def new_monitor(self) -> DriftMonitor | None:
        """A drift monitor after the policy, or None when masks are not watched."""
        return DriftMonitor(self.drift_policy) if self.drift_policy else None


def load_models(
    *,
    segmenter: str = "mobile-sam",
    preset: str = DEFAULT_PRESET,
    tracker: str | None = None,
    weights: Path | None = None,
    tracker_weights: Path | None = None,
    device: str = "auto",
    precision: str = "auto",
    refine: bool = True,
    progress: FetchProgress | None = None,
    wrap: Wrap | None = None,
) -> Models:
    """Load the networks, fetching released weights into the cache if they are not there.

    Args:
        segmenter: one of ``SEGMENTERS``.
        preset: one of ``PRESETS``: the tracker, and when the segmenter is asked to mend its masks.
        tracker: one of ``TRACKERS``, instead of the preset's.
        weights: checkpoint of the segmenter on this machine, instead of the released one.
        tracker_weights: likewise of the tracker; ``xmem-light`` brings its own.
        device: ``auto`` takes CUDA when there is one.
        precision: one of ``PRECISIONS``; ``auto`` takes bfloat16 where the processor is faster with it.
        refine: False never shows propagated masks to the segmenter, whatever the preset says.
        progress: called with (bytes done, bytes in all) while weights are fetched.
        wrap: puts something between the segmenter and those who share its embeddings.

    Raises:
        InputError: a name that is not known, or weights for a tracker that takes none.
        DeviceError: CUDA was asked for and is not there.
        WeightsError: weights that cannot be had or are not what they should be.
    """
    _check_choice("segmenter", segmenter, SEGMENTERS)
    _check_choice("preset", preset, tuple(PRESETS))
    policy = PRESETS[preset].refine_policy if refine else None
    tracker = tracker or PRESETS[preset].tracker
    _check_choice("tracker", tracker, TRACKERS)
    if tracker == "feature-memory" and tracker_weights is not None:
        raise InputError("the tracker feature-memory takes no weights: leave them out, or choose xmem-light")
    place = resolve_device(device)
    precision = resolve_precision(precision, place)
    checkpoint = weights or _fetched(segmenter, "--weights", progress)
    network = _load_segmenter(segmenter if weights is None else "auto", checkpoint, place, precision)
    cached = CachedSegmenter(wrap(network) if wrap else network)
    if tracker == "feature-memory":
        new_propagator = _feature_memory(cached, place)
    elif tracker == "xmem-light":
        new_propagator = _xmem(tracker, tracker_weights, place, precision)
    else:
        fetched = tracker_weights or _fetched(tracker, "--tracker-weights", progress)
        new_propagator = _xmem(tracker, fetched, place, precision)
    return Models(cached, new_propagator, policy, precision=precision)


def load_flow_method(
    name: str, *, weights: Path | None = None, device: str = "auto", progress: FetchProgress | None = None
) -> FlowMethod:
    """A way to find motion, with its released weights fetched into the cache if they are not there.

    Args:
        name: one of ``FLOW_METHODS``.
        weights: of ``raft`` on this machine, instead of the released ones.
        device: ``auto`` takes CUDA when there is one.
        progress: called with (bytes done, bytes in all) while weights are fetched.

    Raises:
        InputError: there is no such way, or weights for one that takes none.
        DeviceError: CUDA was asked for and is not there.
        WeightsError: weights that cannot be had.
    """
    _check_choice("flow", name, FLOW_METHODS)
    if name == "dis":
        if weights is not None:
            raise InputError("dense inverse search takes no weights: leave them out, or choose raft")
        return DenseInverseSearch()
    from track_anything.video.motion.raft import Raft  # loads torch

    return Raft(weights or _fetched("raft-things", "--weights", progress), resolve_device(device))


@contextmanager
def explained_shortage() -> Iterator[None]:
    """Turn running out of memory into a DeviceError that names the remedies; other errors pass."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:  # torch has no class of its own for a full main memory
        is_shortage = isinstance(error, MemoryError) or any(sign in str(error) for sign in _SHORTAGE_SIGNS)
        if not is_shortage:
            raise
        raise DeviceError(
            "out of memory: close other programs, track fewer objects at once, choose --segmenter mobile-sam "
            "or --device cpu; finished frames are kept"
        ) from error


def _fetched(name: str, option: str, progress: FetchProgress | None) -> Path:
    try:
        return fetch(name, progress=progress)
    except WeightsError as error:
        raise WeightsError(f"{error}, or give its place with {option} FILE") from error


def _load_segmenter(name: str, checkpoint: Path, place: str, precision: str) -> Segmenter[Any]:
    from sam.build import build_segmenter
    from sam.errors import CheckpointError

    try:
        return build_segmenter(name, checkpoint, place, precision=precision)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error


def _feature_memory(segmenter: CachedSegmenter[Any], place: str) -> NewPropagator:
    """The training-free tracker, which sees frames with the embeddings that the segmenter makes anyway."""
    from sam.embedding import grid_extent
    from tracker.feature_memory import FeatureMemoryPropagator

    return partial(FeatureMemoryPropagator, partial(_grid, segmenter), extent=grid_extent, device=place)


def _xmem(tracker: str, checkpoint: Path | None, place: str, precision: str) -> NewPropagator:
    """XMem or its light form; None = the light weights that come with the package."""
    from tracker.build import BUILDERS, LIGHT_WEIGHTS, load_xmem
    from tracker.errors import CheckpointError

    builder = BUILDERS["xmem-light" if tracker == "xmem-light" else "xmem"]
    try:
        return partial(builder, load_xmem(checkpoint or LIGHT_WEIGHTS, place, precision=precision))
    except CheckpointError as error:
        raise WeightsError(str(error)) from error


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
