"""Memory-based propagation of masks through a video.

After XMem (Cheng and Schwing, ECCV 2022): a frame's masks are read from what is remembered of earlier frames.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tracker.errors import CheckpointError, MemoryFullError, TrackerError
from tracker.propagator import Propagated, Propagator

if TYPE_CHECKING:
    from tracker.build import load_xmem
    from tracker.feature_memory import FeatureMemoryConfig, FeatureMemoryPropagator
    from tracker.xmem_propagator import XMemConfig, XMemPropagator

__all__ = [
    "CheckpointError",
    "FeatureMemoryConfig",
    "FeatureMemoryPropagator",
    "MemoryFullError",
    "Propagated",
    "Propagator",
    "TrackerError",
    "XMemConfig",
    "XMemPropagator",
    "load_xmem",
]

_TORCH_BACKED = {
    "FeatureMemoryConfig": "tracker.feature_memory",
    "FeatureMemoryPropagator": "tracker.feature_memory",
    "XMemConfig": "tracker.xmem_propagator",
    "XMemPropagator": "tracker.xmem_propagator",
    "load_xmem": "tracker.build",
}


def __getattr__(name: str) -> object:
    """Import what needs torch only when it is asked for: ``import tracker`` stays cheap (PEP 562)."""
    if name not in _TORCH_BACKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_TORCH_BACKED[name]), name)
