"""Frames with exact indices from files, folders and arrays, decoded when asked for."""

from track_anything.video.absent_video import AbsentVideo
from track_anything.video.fingerprint import fingerprint, has_fingerprint
from track_anything.video.folder_video import read_image
from track_anything.video.frame_store import FrameStore
from track_anything.video.info import Losses, VideoInfo
from track_anything.video.open import (
    Backend,
    Source,
    deep_frames,
    is_deep_source,
    open_video,
    store_video,
    stored_video,
)
from track_anything.video.reader import InProcess, Reader
from track_anything.video.stills import IMAGE_SUFFIXES, are_stills, image_names
from track_anything.video.video import Video

__all__ = [
    "IMAGE_SUFFIXES",
    "AbsentVideo",
    "Backend",
    "FrameStore",
    "InProcess",
    "Losses",
    "Reader",
    "Source",
    "Video",
    "VideoInfo",
    "are_stills",
    "deep_frames",
    "fingerprint",
    "has_fingerprint",
    "image_names",
    "is_deep_source",
    "open_video",
    "read_image",
    "store_video",
    "stored_video",
]
