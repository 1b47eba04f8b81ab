"""The source with its objects cut out, as a video with alpha for compositing programs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from track_anything.errors import InputError, unknown
from track_anything.export.videos.alpha_codecs import ALPHA_CODECS
from track_anything.export.videos.video_file import VideoFile
from track_anything.matting import Cutout
from track_anything.types import AnyImage, FrameIndex, LabelMap
from track_anything.video import Reader
from track_anything.video.info import VideoInfo

_SLACK = 1e-3  # how far rounding in whatever computes alpha may carry it out of 0 to 1


class AlphaVideo(VideoFile):
    """An ``Exporter`` of the frames with alpha, or of alpha alone, with the source's times and sound.

    Colours are given everywhere, also where alpha is 0, unless ``premultiplied``. They carry the source's
    colour tags, or BT.709 where it states none. ``notes`` says after the export what could not be kept.

    Args:
        path: the file to be made, named with the suffix of the codec's container.
        info: facts about the source, whose timestamps the frames take.
        source: the file that sound and colour tags come from; image folders and arrays (None) have neither.
        codec: a name in ``ALPHA_CODECS``.
        cut: gives the ``Cutout`` of a frame and its image; None means the image, with alpha 1 in every object
            and 0 outside.
        premultiplied: whether colours are multiplied by alpha, in their coded values.
        overwrite: replace a file that is there already.
        reader: reads the source; None = this process does.

    Raises:
        InputError: there is no such codec, or it has no colours that could be premultiplied.
    """

    def __init__(
        self,
        path: Path,
        info: VideoInfo,
        *,
        source: Path | None = None,
        codec: str,
        cut: Callable[[FrameIndex, AnyImage], Cutout] | None = None,
        premultiplied: bool = False,
        overwrite: bool = False,
        reader: Reader | None = None,
    ) -> None:
        if codec not in ALPHA_CODECS:
            raise unknown("alpha codec", codec, ALPHA_CODECS)
        self._codec = ALPHA_CODECS[codec]
        if premultiplied and not self._codec.has_colours:
            raise InputError(f"a {self._codec.encoding.title} has no colours: leave them straight")
        super().__init__(
            path, info, source=source, encoding=self._codec.encoding, overwrite=overwrite, reader=reader
        )
        self._cut = cut
        self._premultiplied = premultiplied
        self._reformatter = VideoReformatter()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not carried over as it was, one line each; complete after the export."""
        return (*self._own_notes(), *super().notes, *self._notes_on_alpha())

    def _own_notes(self) -> list[str]:
        notes = []
        info, encoding = self._info, self._encoding
        height, width = self._coded_size()
        if (height, width) != (info.height, info.width):
            notes.append(
                f"{encoding.title}s have even sizes: {info.width} x {info.height} became {width} x {height} "
                "by repeating the last column or row"
            )
        if self._premultiplied:
            notes.append(
                f"{encoding.title}s cannot say that their colours are premultiplied: tell it to the program "
                "that reads this one"
            )
        return notes

    def _notes_on_alpha(self) -> list[str]:
        title, error = self._encoding.title, self._codec.alpha_error
        if not error:
            return []
        return [f"{title}s keep alpha within {error} levels of 255; ProRes, PNG and FFV1 videos keep all"]

    def _picture(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> VideoFrame:
        """The image with its alpha, in the form that the codec takes."""
        cutout = self._cutout(index, image, label_map)
        return self._codec.frame(
            self._padded(cutout.colours),
            self._padded(cutout.alpha),
            premultiplied=self._premultiplied,
            matrix=self._matrix,
            reformatter=self._reformatter,
        )

    def _cutout(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> Cutout:
        """Alpha in [0, 1]; InputError when what was given is not that."""
        size = (self._info.height, self._info.width)
        if label_map.shape != size:
            raise InputError(
                f"the label map of frame {index} has shape {label_map.shape} but the frame {size}: give them "
                "in one size"
            )
        if self._cut is None:
            return Cutout(image, (label_map > 0).astype(np.float32))
        colours, alpha = self._cut(index, image)
        if alpha.shape != size:
            raise InputError(
                f"the alpha of frame {index} has shape {alpha.shape} but the frame {size}: give them in one "
                "size"
            )
        is_within = alpha.min() >= -_SLACK and alpha.max() <= 1 + _SLACK  # false for NaN
        if not is_within:
            raise InputError(f"the alpha of frame {index} is not within 0 to 1 everywhere: scale it so")
        return Cutout(colours, np.clip(alpha, 0, 1).astype(np.float32))
