"""The networks: named, fetched, loaded and placed on a device."""

from track_anything.models.embeddings import CachedSegmenter
from track_anything.models.load import (
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
from track_anything.models.precision import PRECISIONS, resolve_precision
from track_anything.models.presets import DEFAULT_PRESET, PRESETS

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
