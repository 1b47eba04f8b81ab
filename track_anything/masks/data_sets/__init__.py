"""Masks of whole videos, many at once, in the forms that data sets and labelling tools keep them in."""

from track_anything.masks.data_sets.data_set import AnnotatedVideo, DataSet, Segment, Track
from track_anything.masks.data_sets.formats import FORMATS, Format, form_of, read_data_set, write_data_set

__all__ = [
    "FORMATS",
    "AnnotatedVideo",
    "DataSet",
    "Format",
    "Segment",
    "Track",
    "form_of",
    "read_data_set",
    "write_data_set",
]
