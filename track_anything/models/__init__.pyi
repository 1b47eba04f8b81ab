__all__ = [
    "DEFAULT_PRESET",
    "DEVICES",
    "FLOW_METHODS",
    "PRECISIONS",
    "PRESETS",
    "SEGMENTERS",
    "TRACKERS",
    "CachedSegmenter",
    "FetchProgress",
    "Models",
    "explained_shortage",
    "load_flow_method",
    "load_models",
    "resolve_device",
    "resolve_precision",
]

from .embeddings import CachedSegmenter
from .load import (
    DEVICES,
    FLOW_METHODS,
    SEGMENTERS,
    TRACKERS,
    FetchProgress,
    Models,
    explained_shortage,
    load_flow_method,
    load_models,
    resolve_device,
)
from .precision import PRECISIONS, resolve_precision
from .presets import DEFAULT_PRESET, PRESETS
