"""What a finished tracking is handed out as: each form one ``Exporter``."""

from track_anything.export.build import EXPORTERS, Form, needs_pictures
from track_anything.export.export import Export
from track_anything.export.exporter import Exporter
from track_anything.export.extract import Extract
from track_anything.export.folders.contact_sheet import ContactSheet
from track_anything.export.folders.indexed_png import IndexedPng
from track_anything.export.gaps import Gap, gaps
from track_anything.export.manifest import MANIFEST_SUFFIX, manifest_path, write_manifest
from track_anything.export.naming import Naming
from track_anything.export.order import Order
from track_anything.export.project_masks import ProjectMasks
from track_anything.export.texts.confidence_table import ConfidenceTable
from track_anything.export.videos.alpha_video import AlphaVideo
from track_anything.export.videos.overlay_video import OverlayVideo
from track_anything.export.videos.pictures import keeps_depth, picture_exporter

__all__ = [
    "EXPORTERS",
    "MANIFEST_SUFFIX",
    "AlphaVideo",
    "ConfidenceTable",
    "ContactSheet",
    "Export",
    "Exporter",
    "Extract",
    "Form",
    "Gap",
    "IndexedPng",
    "Naming",
    "Order",
    "OverlayVideo",
    "ProjectMasks",
    "gaps",
    "keeps_depth",
    "manifest_path",
    "needs_pictures",
    "picture_exporter",
    "write_manifest",
]
