"""Masks of other programs, taken in as a step that can be undone."""

from track_anything.importing.foreign_masks import HowToRead
from track_anything.importing.import_masks import Import, inspect_masks
from track_anything.importing.inspection import ForeignObject, Inspection

__all__ = ["ForeignObject", "HowToRead", "Import", "Inspection", "inspect_masks"]
