"""Optical flow by a network: RAFT, as an optional way to follow the background when objects are removed."""

from track_anything.video.motion.raft.estimator import Raft

__all__ = ["Raft"]
