"""The networks, loaded and placed; the one module that knows the device."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from sam.segmenter import Segmenter
from track_anything.drift import DriftMonitor, DriftPolicy, RefinePolicy, Refiner
from track_anything.errors import DeviceError, unknown
from track_anything.models.embeddings import CachedSegmenter
from track_anything.models.flow_methods import FLOW_METHODS
from track_anything.models.presets import DEFAULT_PRESET, PRESETS, Preset
from track_anything.models.runtime import resolve_device, resolve_runtime
from track_anything.models.segmenters import SEGMENTERS
from track_anything.models.trackers import TRACKERS, NewPropagator, TrackerParts
from track_anything.types import OnProgress
from track_anything.video.motion import FlowMethod

_SHORTAGE_SIGNS = ("out of memory", "can't allocate memory")

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
        engine: what computes them: ``torch``, ``openvino``, or ``openvino:`` and a device of its own.
        tracker: name of the tracker; empty = it has none.
        device: where they run.
    """

    segmenter: CachedSegmenter[Any]
    new_propagator: NewPropagator
    refine_policy: RefinePolicy | None = field(default_factory=RefinePolicy)
    drift_policy: DriftPolicy | None = field(default_factory=DriftPolicy)
    precision: str = "float32"
    engine: str = "torch"
    tracker: str = ""
    device: str = "cpu"

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
    engine: str = "auto",
    precision: str = "auto",
    refine: bool = True,
    progress: OnProgress | None = None,
    wrap: Wrap | None = None,
) -> Models:
    """Load the networks, fetching released weights into the cache if they are not there.

    Args:
        segmenter: one of ``SEGMENTERS``.
        preset: one of ``PRESETS``: the tracker, and when the segmenter is asked to mend its masks.
        tracker: one of ``TRACKERS``, instead of the preset's.
        weights: checkpoint of the segmenter on this machine, instead of the released one.
        tracker_weights: likewise of the tracker; ``xmem-light`` brings its own.
        device: ``auto`` takes CUDA when there is one; ``openvino:GPU`` is one that OpenVINO drives.
        engine: one of ``ENGINES``; ``auto`` takes OpenVINO where it is installed and faster.
        precision: one of ``PRECISIONS``; ``auto`` takes bfloat16 where the processor is faster with
            it, and int8 where OpenVINO is faster still and ranges were fitted to the tracker.
        refine: False never shows propagated masks to the segmenter, whatever the preset says.
        progress: called with (bytes done, bytes in all) while weights are fetched.
        wrap: puts something between the segmenter and those who share its embeddings.

    Raises:
        InputError: a name that is not known, weights for a tracker that takes none, or no such engine here.
        DeviceError: a device was asked for that is not there.
        WeightsError: weights that cannot be had or are not what they should be.
    """
    if preset not in PRESETS:
        raise unknown("preset", preset, PRESETS)
    tracker = tracker or _tracker_of(PRESETS[preset], segmenter)
    SEGMENTERS.check(segmenter)
    TRACKERS.check(tracker)
    runtime = resolve_runtime(device, engine, precision, has_int8=TRACKERS[tracker].has_int8(tracker_weights))
    tracker_checkpoint = TRACKERS[tracker].checkpoint(tracker_weights, "--tracker-weights", progress)
    checkpoint = SEGMENTERS[segmenter].checkpoint(weights, "--weights", progress)
    network = SEGMENTERS.build(segmenter, checkpoint, runtime)
    cached = CachedSegmenter(wrap(network) if wrap else network)
    parts = TrackerParts(tracker_checkpoint, runtime, cached, segmenter)
    policy = PRESETS[preset].refine_policy if refine else None
    return Models(
        cached,
        TRACKERS.build(tracker, parts),
        policy,
        precision=runtime.precision,
        engine=runtime.engine_name,
        tracker=tracker,
        device=runtime.device,
    )


def _tracker_of(preset: Preset, segmenter: str) -> str:
    """The preset's own tracker, or the other one where that sees frames with another segmenter."""
    return preset.tracker if TRACKERS[preset.tracker].seen_with in ("", segmenter) else preset.otherwise


def load_flow_method(
    name: str, *, weights: Path | None = None, device: str = "auto", progress: OnProgress | None = None
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
    FLOW_METHODS.check(name)
    place = resolve_device(device)
    return FLOW_METHODS.build(name, FLOW_METHODS[name].checkpoint(weights, "--weights", progress), place)


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
