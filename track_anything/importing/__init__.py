"""Masks of other programs, taken in as a step that can be undone."""

from track_anything.importing.import_masks import Import

__all__ = ["Import"]
