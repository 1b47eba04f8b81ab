"""Noticing that a mask can no longer be trusted, and mending it."""

from track_anything.drift.monitor import Assessment, DriftMonitor, DriftPolicy, Presence
from track_anything.drift.refine import RefinePolicy, Refiner

__all__ = ["Assessment", "DriftMonitor", "DriftPolicy", "Presence", "RefinePolicy", "Refiner"]
