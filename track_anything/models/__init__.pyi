__all__ = [
    "DEFAULT_PRESET",
    "DEVICES",
    "ENGINES",
    "FLOW_METHODS",
    "PRECISIONS",
    "PRESETS",
    "SEGMENTERS",
    "TRACKERS",
    "CachedSegmenter",
    "Models",
    "Runtime",
    "explained_shortage",
    "free_memory",
    "load_flow_method",
    "load_models",
    "resolve_device",
    "resolve_precision",
    "resolve_runtime",
]

from .embeddings import CachedSegmenter
from .engine import ENGINES
from .flow_methods import FLOW_METHODS
from .load import (
    Models,
    explained_shortage,
    load_flow_method,
    load_models,
)
from .memory import free_memory
from .precision import PRECISIONS, resolve_precision
from .presets import DEFAULT_PRESET, PRESETS
from .runtime import DEVICES, Runtime, resolve_device, resolve_runtime
from .segmenters import SEGMENTERS
from .trackers import TRACKERS
