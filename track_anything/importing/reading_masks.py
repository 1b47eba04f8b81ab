"""Reading masks of strangers in a child process: what the child does."""

import base64
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from track_anything.errors import VideoError
from track_anything.importing.foreign_masks import ForeignMasks, HowToRead, MeantFor
from track_anything.importing.open_masks import open_masks
from track_anything.video.child.channel import Channel

_AHEAD = 4  # masks that may be on their way


class ReadingMasks:
    """Opens masks and tells them, one place at a time: a ``Duty``."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._masks: ForeignMasks | None = None

    def answer(self, request: dict[str, Any]) -> None:
        """See ``Duty``."""
        if request["do"] == "open":
            self._open(request)
        else:
            self._read(int(request["place"]))

    def _open(self, request: dict[str, Any]) -> None:
        height, width = request["video"].pop("size")
        video = MeantFor((height, width), **request["video"])
        masks = open_masks(Path(request["source"]), video, HowToRead(**request["how"]))
        self._masks = masks
        self._channel.send(
            kind=masks.kind,
            meaning=masks.meaning,
            names=masks.names,
            starts_at=masks.starts_at,
            is_indexed=masks.is_indexed,
            notes=masks.notes,
        )

    def _read(self, place: int) -> None:
        if self._masks is None:
            raise VideoError("nothing is open")
        for foreign, mask in self._masks.read(place).items():
            bits = base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 1)).decode()
            self._channel.wait_for(_AHEAD)
            self._channel.report(
                object=int(foreign), name=self._masks.name(foreign), size=mask.shape, bits=bits
            )
        self._channel.wait_for(0)
        self._channel.send(end=True)
