"""From the name of a form to its exporter."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from track_anything.errors import InputError
from track_anything.export.contact_sheet import ContactSheet
from track_anything.export.exporter import Exporter
from track_anything.export.indexed_png import IndexedPng
from track_anything.export.overlay_video import OverlayVideo
from track_anything.video import VideoInfo

Builder: TypeAlias = Callable[[Path, VideoInfo, Path, bool], Exporter]

EXPORTERS: Mapping[str, Builder] = {
    "masks": lambda path, _info, _source, overwrite: IndexedPng(path, overwrite=overwrite),
    "overlay": lambda path, info, source, overwrite: OverlayVideo(
        path, info, source=source, overwrite=overwrite
    ),
    "sheet": lambda path, info, _source, overwrite: ContactSheet(path, info, overwrite=overwrite),
}
"""The forms by name; a new one is one line."""


def build_exporter(
    form: str, path: Path, info: VideoInfo, source: Path, *, overwrite: bool = False
) -> Exporter:
    """The exporter of one form.

    Args:
        form: a name in ``EXPORTERS``.
        path: the file or folder to be made.
        info: facts about the source.
        source: the file or folder that sound and colour tags come from.
        overwrite: replace an earlier export.

    Raises:
        InputError: there is no such form.
    """
    if form not in EXPORTERS:
        raise InputError(f"there is no export form {form!r}: choose one of {', '.join(EXPORTERS)}")
    return EXPORTERS[form](path, info, source, overwrite)
