"""Decoding in a child process: for files of strangers, whose decoder may crash, hang or eat memory.

``InChild`` is a ``Reader``. What it hands out are a ``FrameStore`` that a child has filled, and a
``ChildVideo``, whose frames come through shared memory.
"""

from track_anything.video.child.child_video import ChildVideo
from track_anything.video.child.in_child import InChild
from track_anything.video.child.worker import Worker

__all__ = ["ChildVideo", "InChild", "Worker"]
