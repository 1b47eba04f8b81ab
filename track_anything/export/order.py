"""What an exporter is told: where to, of which video, and which masks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from track_anything.export.naming import FrameNames
from track_anything.matting import AlphaSource, MaskSource
from track_anything.matting.edge_colours import ColoursOf, picture_colours
from track_anything.review import Marker
from track_anything.types import ObjectId
from track_anything.video import InProcess, Reader, VideoInfo

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, each from 0 to 255."""

GREEN: Colour = (0, 177, 64)
"""The green of studios, which keyers know."""


@dataclass(frozen=True, eq=False)
class Order:
    """What an exporter is told.

    Attributes:
        path: the file or folder to be made.
        info: facts about the source.
        source: the file or folder that sound and colour tags come from.
        objects: names of the objects to export, by id.
        masks: where masks of single objects come from.
        alphas: where alpha comes from, for forms that have it.
        palette: (256, 3) uint8 RGB colour of every object id, for forms that paint.
        overwrite: replace an earlier export.
        frames: those that will be written; None = all of the video.
        background: what objects are laid over, in forms that do so.
        reader: reads the source.
        names: what files of frames are called.
        edge_colours: tells the colours of one object that is cut out along its edges.
        markers: tells what a person should see on the timeline, for forms that show it.
    """

    path: Path
    info: VideoInfo
    source: Path
    objects: Mapping[ObjectId, str]
    masks: MaskSource
    alphas: AlphaSource
    palette: NDArray[np.uint8]
    overwrite: bool = False
    frames: range | None = None
    background: Colour = GREEN
    reader: Reader = field(default_factory=InProcess)
    markers: Callable[[], Sequence[Marker]] = tuple
    names: FrameNames = field(default_factory=FrameNames)
    edge_colours: ColoursOf = picture_colours
