"""What a finished tracking is handed out as: each form one ``Exporter``."""

from track_anything.export.alpha_source import Alpha, AlphaSource, Cutout, MaskSource, SoftAlpha
from track_anything.export.alpha_video import AlphaVideo
from track_anything.export.build import EXPORTERS, Form, build_exporter
from track_anything.export.contact_sheet import ContactSheet
from track_anything.export.exporter import Exporter
from track_anything.export.indexed_png import IndexedPng
from track_anything.export.manifest import MANIFEST_SUFFIX, manifest_path, write_manifest
from track_anything.export.order import Order
from track_anything.export.overlay_video import OverlayVideo

__all__ = [
    "EXPORTERS",
    "MANIFEST_SUFFIX",
    "Alpha",
    "AlphaSource",
    "AlphaVideo",
    "ContactSheet",
    "Cutout",
    "Exporter",
    "Form",
    "IndexedPng",
    "MaskSource",
    "Order",
    "OverlayVideo",
    "SoftAlpha",
    "build_exporter",
    "manifest_path",
    "write_manifest",
]
