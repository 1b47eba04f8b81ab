"""Masks and label maps: as arrays, as files, over a picture, and what the pixels of others' masks mean."""

from track_anything.masks.arrays import agreeing, box_of, depth, iou, padded, touching
from track_anything.masks.label_maps import (
    DAVIS_PALETTE,
    encode_label_map,
    read_label_map,
    read_mask,
    write_label_map,
)

__all__ = [
    "DAVIS_PALETTE",
    "agreeing",
    "box_of",
    "depth",
    "encode_label_map",
    "iou",
    "padded",
    "read_label_map",
    "read_mask",
    "touching",
    "write_label_map",
]
