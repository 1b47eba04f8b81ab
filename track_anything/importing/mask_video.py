"""Masks as a video: black and white, in colour, or as its transparency."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from track_anything.errors import InputError, VideoError
from track_anything.importing.foreign_masks import ForeignMasks, HowToRead
from track_anything.importing.own_export import OwnExport
from track_anything.masks.pixels import Pixels, rule_for
from track_anything.types import Mask
from track_anything.video.best_stream import best_stream
from track_anything.video.decoder import Decoder, open_container
from track_anything.video.survey import survey

_LOOKED_AT = 24
_WITH_HIDDEN_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Codings whose alpha is a second picture that only these decoders see."""


class MaskVideo(ForeignMasks):
    """A video file of masks, read in order; a codec changes pixels a little, which is allowed for.

    Args:
        path: the file.
        how: what a person says about it.
        own: what our manifest says, if it is an export of ours.

    Raises:
        InputError: it is no video.
    """

    kind = "a video"

    def __init__(self, path: Path, how: HowToRead, own: OwnExport | None) -> None:
        self.path = path
        try:
            self._count = survey(path).frame_count
            with Decoder(path) as decoder:
                self._orientation = decoder.orientation()
        except VideoError as error:
            raise InputError(str(error)) from error
        self.names = tuple(str(place) for place in range(self._count))
        self.starts_at = own.first_frame if own else 0
        self._coming: Iterator[Pixels] = iter(())
        self._position = self._count
        step = max(self._count // _LOOKED_AT, 1)
        samples = [pixels for place, pixels in enumerate(self._frames()) if place % step == 0]
        try:
            self._rule = rule_for(samples, how.reading or (own.reading if own else None))
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        self.meaning = self._rule.meaning
        self._names: dict[int, str] = {}
        if own and self._rule.reading in ("binary", "soft", "alpha"):
            number, name = own.whole
            self._rule, self._names = replace(self._rule, object_id=number), {number: name}

    def read(self, place: int) -> dict[int, Mask]:
        """See ``ForeignMasks``; going back decodes from the start."""
        if place < self._position:
            self._coming, self._position = self._frames(), 0
        for pixels in self._coming:
            self._position += 1
            if self._position > place:
                return self._rule.masks(pixels)
        raise InputError(f"{self.path} ends before frame {place}: it was changed; import it again")

    def name(self, foreign: int) -> str:
        """See ``ForeignMasks``."""
        return self._names.get(foreign) or self._rule.name(foreign) or super().name(foreign)

    def _frames(self) -> Iterator[Pixels]:
        with open_container(self.path) as container:
            stream = best_stream(container, self.path)
            hidden = _WITH_HIDDEN_ALPHA.get(stream.codec_context.codec.canonical_name)
            has_hidden_alpha = hidden is not None and stream.metadata.get("alpha_mode") == "1"
            codec = stream.codec_context
            if hidden is not None and has_hidden_alpha:
                codec = cast(VideoCodecContext, VideoCodecContext.create(hidden, "r"))
            for packet in container.demux(stream):
                try:
                    frames = codec.decode(packet)
                except av.error.FFmpegError:
                    continue
                for frame in frames:
                    yield self._pixels(frame)

    def _pixels(self, frame: VideoFrame) -> Pixels:
        has_alpha = any(component.is_alpha for component in frame.format.components)
        rgb = frame.reformat(format="rgba" if has_alpha else "rgb24").to_ndarray()  # (H, W, 3 or 4)
        return Pixels(np.ascontiguousarray(self._orientation.upright(rgb)), is_lossy=True).simplified()
