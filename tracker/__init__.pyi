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

from .build import load_xmem
from .errors import CheckpointError, MemoryFullError, TrackerError
from .feature_propagator import FeatureMemoryConfig, FeatureMemoryPropagator
from .propagator import Propagated, Propagator
from .xmem_config import XMemConfig
from .xmem_propagator import XMemPropagator
