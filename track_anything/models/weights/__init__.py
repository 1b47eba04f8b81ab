"""Released weights: one table of what is known, fetched once into the user's cache and verified."""

from track_anything.models.weights.cache import CACHE_VARIABLE, cache_folder, cached_path, fetch, verify
from track_anything.models.weights.sources import Source, UrlSource, WheelSource
from track_anything.models.weights.table import DEFAULT_WEIGHTS, WeightsEntry, known_weights

__all__ = [
    "CACHE_VARIABLE",
    "DEFAULT_WEIGHTS",
    "Source",
    "UrlSource",
    "WeightsEntry",
    "WheelSource",
    "cache_folder",
    "cached_path",
    "fetch",
    "known_weights",
    "verify",
]
