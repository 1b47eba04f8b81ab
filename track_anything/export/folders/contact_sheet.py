"""A picture of the whole video at a glance: frames with their masks, side by side."""

from pathlib import Path
from typing import Self

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.export.staged_exporter import StagedExporter
from track_anything.masks.overlay import OBJECT_PALETTE, paint
from track_anything.types import AnyImage, FrameIndex, Image, LabelMap
from track_anything.video import VideoInfo
from track_anything.video.bit_depth import to_8_bits

_TILE_WIDTH = 400  # pixels
_INK = (255, 255, 255)
_SHADOW = (0, 0, 0)


class ContactSheet(StagedExporter):
    """An ``Exporter`` of one PNG: evenly spaced frames, painted and numbered, read like a text.

    Args:
        path: the file to be made, named ``.png``.
        info: facts about the source.
        frames: those that will be written, of which some are shown; None = all of the video.
        columns: tiles in a row.
        rows: rows of tiles; fewer where the video has fewer frames.
        palette: (256, 3) uint8 RGB colour of every object id.
        overwrite: replace a file that is there already.
    """

    _use_of_frames = "show in"

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        *,
        frames: range | None = None,
        columns: int = 4,
        rows: int = 3,
        palette: NDArray[np.uint8] = OBJECT_PALETTE,
        overwrite: bool = False,
    ) -> None:
        if path.suffix.lower() != ".png":
            raise InputError(f"a contact sheet is a PNG file: name it {path.with_suffix('.png').name}")
        super().__init__(path, overwrite=overwrite)
        frames = range(info.frame_count) if frames is None else frames
        count = min(columns * rows, len(frames))
        self._shown = frozenset(
            np.linspace(frames.start, frames.stop - 1, count).round().astype(int).tolist()
        )
        self._tile_size = (_TILE_WIDTH, max(1, round(_TILE_WIDTH * info.height / info.width)))
        self._columns = columns
        self._palette = palette
        self._tiles: list[Image] = []

    def __enter__(self) -> Self:
        """See ``Exporter``."""
        self._staging.prepare()
        return self

    def write(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> None:
        """Add frame ``index`` if it is among those shown; see ``Exporter``."""
        if index not in self._shown:
            return
        painted = paint(to_8_bits(image), label_map, palette=self._palette)
        tile = cv2.resize(painted, self._tile_size, interpolation=cv2.INTER_AREA)
        for colour, thickness in ((_SHADOW, 3), (_INK, 1)):
            cv2.putText(
                tile, str(index), (8, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, thickness, cv2.LINE_AA
            )
        self._tiles.append(np.asarray(tile, np.uint8))
        self._has_frames = True

    def _finish(self) -> None:
        PIL.Image.fromarray(self._sheet()).save(self._staging.path)

    def _sheet(self) -> Image:
        columns = min(self._columns, len(self._tiles))
        gaps = -len(self._tiles) % columns
        tiles = [*self._tiles, *[np.full_like(self._tiles[0], 255)] * gaps]
        rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
        return np.vstack(rows)
