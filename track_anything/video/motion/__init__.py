"""Optical flow: how the picture moves from one frame to another."""

from track_anything.video.motion.flow import (
    DenseInverseSearch,
    EstimateFlow,
    Flow,
    FlowEstimator,
    FlowMethod,
    flow_at_most,
    warp,
)

__all__ = [
    "DenseInverseSearch",
    "EstimateFlow",
    "Flow",
    "FlowEstimator",
    "FlowMethod",
    "flow_at_most",
    "warp",
]
