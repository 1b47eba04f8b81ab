"""Memory-based propagation of masks through a video.

After XMem (Cheng and Schwing, ECCV 2022): a frame's masks are read from what is remembered of earlier frames.
"""

from tracker.errors import CheckpointError, MemoryFullError, TrackerError
from tracker.propagator import Propagated, Propagator

__all__ = ["CheckpointError", "MemoryFullError", "Propagated", "Propagator", "TrackerError"]
