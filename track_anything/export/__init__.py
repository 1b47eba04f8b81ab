"""What a finished tracking is handed out as: each form one ``Exporter``."""

from track_anything.export.build import EXPORTERS, Order, build_exporter
from track_anything.export.contact_sheet import ContactSheet
from track_anything.export.exporter import Exporter
from track_anything.export.indexed_png import IndexedPng
from track_anything.export.overlay_video import OverlayVideo

__all__ = ["EXPORTERS", "ContactSheet", "Exporter", "IndexedPng", "Order", "OverlayVideo", "build_exporter"]
