"""From the name of a form to its exporter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.export.contact_sheet import ContactSheet
from track_anything.export.exporter import Exporter
from track_anything.export.indexed_png import IndexedPng
from track_anything.export.overlay_video import OverlayVideo
from track_anything.masks import DAVIS_PALETTE
from track_anything.video import VideoInfo


@dataclass(frozen=True, eq=False)
class Order:
    """What an exporter is told.

    Attributes:
        path: the file or folder to be made.
        info: facts about the source.
        source: the file or folder that sound and colour tags come from.
        overwrite: replace an earlier export.
        palette: (256, 3) uint8 RGB colour of every object id, for forms that paint.
    """

    path: Path
    info: VideoInfo
    source: Path
    overwrite: bool = False
    palette: NDArray[np.uint8] = field(default_factory=lambda: DAVIS_PALETTE)


Builder: TypeAlias = Callable[[Order], Exporter]

EXPORTERS: Mapping[str, Builder] = {
    "masks": lambda order: IndexedPng(order.path, overwrite=order.overwrite),
    "overlay": lambda order: OverlayVideo(
        order.path, order.info, source=order.source, palette=order.palette, overwrite=order.overwrite
    ),
    "sheet": lambda order: ContactSheet(
        order.path, order.info, palette=order.palette, overwrite=order.overwrite
    ),
}
"""The forms by name; a new one is one line."""


def build_exporter(form: str, order: Order) -> Exporter:
    """The exporter of one form: a name in ``EXPORTERS``; InputError when there is no such form."""
    if form not in EXPORTERS:
        raise InputError(f"there is no export form {form!r}: choose one of {', '.join(EXPORTERS)}")
    return EXPORTERS[form](order)
