"""What a finished tracking is handed out as: each form one ``Exporter``."""

from track_anything.export.exporter import Exporter
from track_anything.export.indexed_png import IndexedPng
from track_anything.export.overlay_video import OverlayVideo

__all__ = ["Exporter", "IndexedPng", "OverlayVideo"]
