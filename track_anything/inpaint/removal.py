"""A video without some of its objects."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from track_anything.errors import InputError
from track_anything.export import Extract, keeps_depth, picture_exporter, write_manifest
from track_anything.inpaint.filled_windows import FilledWindows
from track_anything.inpaint.inpainter import FlowInpainter
from track_anything.project import Project
from track_anything.system.lifecycle import Running
from track_anything.types import AnyImage, FrameIndex, Image, Mask
from track_anything.video import InProcess, Reader, deep_frames
from track_anything.video.bit_depth import to_8_bits


class Removal(Running):
    """A removal about to be made; iterate to make it. What was begun and not finished leaves no file behind.

    One that is begun again takes the holes that were filled before from the project's cache.

    Args:
        project: where the masks are.
        source: the video file or image folder.
        path: what is made: ``.mp4``, lossless ``.mkv``, or a folder of PNG files.
        inpainter: fills the hole.
        extract: the objects to remove and the frames to hand out; None = all, between the in and out points.
        with_shadows: whether what goes with these objects is removed with them.
        overwrite: replace an earlier export.
        keep: told every frame as it is written, with its (H, W, 3) image; for those who look on.
        reader: decodes the source.

    Raises:
        InputError: there is no such object or range, or nothing that a path of this name could be.
    """

    def __init__(
        self,
        project: Project,
        source: Path,
        path: Path,
        inpainter: FlowInpainter,
        *,
        extract: Extract | None = None,
        with_shadows: bool = True,
        overwrite: bool = False,
        keep: Callable[[FrameIndex, Image], None] | None = None,
        reader: Reader | None = None,
    ) -> None:
        extract = extract or Extract()
        if with_shadows and extract.objects is not None:
            going = project.state.going_with(extract.objects)
            extract = replace(extract, objects=(*extract.objects, *going))
        self._objects, self._frames = extract.objects_of(project), extract.frames_of(project)
        if extract.matting is not None:
            raise InputError("a removal has no alpha that mattes could be put into: widen the hole instead")
        self._known_before = extract.notes(project)
        self._project = project
        self._source = source
        self._reader = reader or InProcess()
        self._path = path
        self._inpainter = inpainter
        self._keep = keep
        self._before = FilledWindows(project.cache / "filled")
        info = project.description.video
        self._exporter = picture_exporter(path, info, source, overwrite=overwrite, reader=self._reader)
        shape = {"dilation": inpainter.shape.dilation, "feather": inpainter.shape.feather}
        described = extract.settings(project, source, self._reader)
        ways = {"unseen": inpainter.still, "flow": inpainter.motion.name}
        self._settings = {"form": "removal", **described, **shape, **ways}

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of it, one line each; complete when the removal is done. See ``Export.notes``."""
        return (*self._known_before, *self._exporter.notes)

    def __len__(self) -> int:
        """Frames to write."""
        return len(self._frames)

    def __iter__(self) -> Iterator[FrameIndex]:
        nothing = np.zeros(self._project.size, np.uint8)  # (H, W)
        with self._exporter:
            filled = self._inpainter.inpaint(self._clip(), self._before)
            for frame, image in zip(self._frames, filled, strict=True):
                self._exporter.write(frame, image, nothing)
                if self._keep is not None:
                    self._keep(frame, to_8_bits(image))
                yield frame
        write_manifest(self._path, self._settings | {"notes": list(self.notes)})
        self._before.clear()

    def _clip(self) -> Iterator[tuple[AnyImage, Mask]]:
        info = self._project.description.video
        with self._reader.open(self._source, info) as video:
            start, stop = self._frames.start, self._frames.stop
            is_deep = keeps_depth(self._path)
            images = deep_frames(video, start, stop) if is_deep else video.frames(start, stop)
            for frame, image in zip(self._frames, images, strict=True):
                yield image, self._mask(frame)

    def _mask(self, frame: FrameIndex) -> Mask:
        mask = np.zeros(self._project.size, np.bool_)  # (H, W)
        for object_id in self._objects:
            mask |= self._project.mask(frame, object_id)
        return mask
