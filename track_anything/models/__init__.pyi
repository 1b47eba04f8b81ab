__all__ = [
    "DEFAULT_PRESET",
    "DEVICES",
    "FLOW_METHODS",
    "PRECISIONS",
    "PRESETS",
    "SEGMENTERS",
    "TRACKERS",
    "CachedSegmenter",
    "Models",
    "explained_shortage",
    "free_memory",
    "load_flow_method",
    "load_models",
    "resolve_device",
    "resolve_precision",
]

from .embeddings import CachedSegmenter
from .flow_methods import FLOW_METHODS
from .load import (
    DEVICES,
    Models,
    explained_shortage,
    load_flow_method,
    load_models,
    resolve_device,
)
from .memory import free_memory
from .precision import PRECISIONS, resolve_precision
from .presets import DEFAULT_PRESET, PRESETS
from .segmenters import SEGMENTERS
from .trackers import TRACKERS
