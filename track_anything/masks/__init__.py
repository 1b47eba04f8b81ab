"""Masks and label maps: as arrays, as files, over a picture, and what the pixels of others' masks mean."""

from track_anything.masks.arrays import box_of, clipped_to, distance_inside, iou, padded, touching
from track_anything.masks.label_maps import (
    DAVIS_PALETTE,
    encode_label_map,
    read_label_map,
    read_mask,
    write_label_map,
)

__all__ = [
    "DAVIS_PALETTE",
    "box_of",
    "clipped_to",
    "distance_inside",
    "encode_label_map",
    "iou",
    "padded",
    "read_label_map",
    "read_mask",
    "touching",
    "write_label_map",
]
