"""Running an export: frames of a project through an exporter."""

from collections.abc import Callable, Collection, Iterator
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError, VideoError
from track_anything.export.build import EXPORTERS, Form, needs_pictures
from track_anything.export.extract import Extract
from track_anything.export.manifest import write_manifest
from track_anything.export.naming import FrameNames, Naming
from track_anything.export.order import GREEN, Order
from track_anything.export.project_masks import ProjectMasks
from track_anything.matting import AlphaSource, Mattes, SoftAlpha
from track_anything.matting.edge_colours import EDGE_COLOURS, Recoloured
from track_anything.matting.mattes import band_of
from track_anything.project import Project
from track_anything.review import markers_of
from track_anything.system.lifecycle import Running
from track_anything.types import AnyImage, FrameIndex, LabelMap
from track_anything.video import InProcess, Reader, deep_frames


class Export(Running):
    """An export about to be made; iterate to make it. What was begun and not finished leaves nothing behind.

    The source is decoded again, so that exported pixels have never been through the cache's JPEG.

    Args:
        project: where the masks are.
        source: the video file or image folder.
        form: a name in ``EXPORTERS``.
        path: the file or folder to be made.
        palette: (256, 3) uint8 RGB colour of every object id.
        overwrite: replace an earlier export.
        extract: objects, frames and alpha; None = all objects between the in and out points, as tracked.
        reader: decodes the source.
        cuts: tells the first frame of every shot but the first, for forms with markers.

    Raises:
        InputError: there is no such form, object or range, nothing to export, or no alpha, background or
            names of frames in that form.
    """

    def __init__(
        self,
        project: Project,
        source: Path,
        form: str,
        path: Path,
        palette: NDArray[np.uint8],
        *,
        overwrite: bool = False,
        extract: Extract | None = None,
        reader: Reader | None = None,
        cuts: Callable[[], Collection[FrameIndex]] = tuple,
    ) -> None:
        extract = extract or Extract()
        matting = extract.matting
        EXPORTERS.check(form)
        self._form = EXPORTERS[form]
        if matting is not None and not self._form.has_alpha:
            with_alpha = ", ".join(name for name, each in EXPORTERS.items() if each.has_alpha)
            raise InputError(
                f"the form {form!r} has no alpha that mattes could be put into: choose one of {with_alpha}"
            )
        if extract.background is not None and not self._form.has_background:
            with_background = ", ".join(name for name, each in EXPORTERS.items() if each.has_background)
            raise InputError(f"the form {form!r} has no background: choose one of {with_background}")
        if extract.naming != Naming() and not self._form.has_names:
            with_names = ", ".join(name for name, each in EXPORTERS.items() if each.has_names)
            raise InputError(
                f"the form {form!r} has no files of frames to be named or numbered: "
                f"choose one of {with_names}"
            )
        objects, self._frames = extract.objects_of(project), extract.frames_of(project)
        self._known_before = (extract.notes if self._form.needs_masks else extract.range_notes)(project)
        self._project = project
        self._reader = reader or InProcess()
        info, masks = project.description.video, ProjectMasks(project)
        alphas: AlphaSource = (
            SoftAlpha(masks, objects) if matting is None else Mattes(project, objects, matting)
        )
        usual = "picture" if matting is None else "own"
        colours = EDGE_COLOURS.build(extract.edge_colours or usual)
        if extract.edge_colours is not None:
            alphas = Recoloured(alphas, colours)
        background = extract.background or GREEN
        self._order = Order(
            path,
            info,
            source,
            objects,
            masks,
            alphas,
            palette,
            overwrite,
            self._frames,
            background,
            self._reader,
            lambda: markers_of(project, _known(cuts), objects, self._frames),
            FrameNames(extract.naming, self._frames.start, source.stem, form),
            colours,
        )
        self._exporter = self._form.build(self._order)
        self._needs_pictures = needs_pictures(form, has_matte=matting is not None)
        alpha = _alpha_settings(project, self._form, extract)
        over: dict[str, object] = {"background": list(background)} if self._form.has_background else {}
        if self._form.has_alpha and extract.edge_colours is not None:
            over["edge_colours"] = extract.edge_colours
        self._settings = {
            "form": form,
            **extract.settings(project, source, self._reader),
            "alpha": alpha,
            **over,
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of it, one line each; complete when the export is done.

        From the beginning: which frames are left out, and which objects lack masks. In the end also: what
        could not be carried over as it was.
        """
        return (*self._known_before, *self._exporter.notes)

    def __len__(self) -> int:
        """Frames to write."""
        return len(self._frames)

    def __iter__(self) -> Iterator[FrameIndex]:
        with self._exporter:
            for frame, image in zip(self._frames, self._images(), strict=True):
                self._exporter.write(frame, image, self._label_map(frame))
                yield frame
        told = {**self._settings, **self._exporter.facts, "notes": list(self.notes)}
        write_manifest(self._order.path, told)

    def _images(self) -> Iterator[AnyImage]:
        """The frames to write, with as many levels as the form can keep; black where nobody looks at them."""
        info = self._project.description.video
        start, stop = self._frames.start, self._frames.stop
        if not self._needs_pictures:
            yield from repeat(np.zeros((info.height, info.width, 3), np.uint8), len(self._frames))
            return
        with self._reader.open(self._order.source, info) as video:
            yield from deep_frames(video, start, stop) if self._form.is_deep else video.frames(start, stop)

    def _label_map(self, frame: FrameIndex) -> LabelMap:
        if not self._form.needs_masks:
            return np.zeros(self._project.size, np.uint8)
        label_map = self._project.label_map(frame)
        chosen = np.isin(label_map, list(self._order.objects))
        return np.where(chosen, label_map, 0).astype(np.uint8)


def _known(cuts: Callable[[], Collection[FrameIndex]]) -> Collection[FrameIndex]:
    """The cuts; none where nobody has looked for them and the video is gone."""
    try:
        return cuts()
    except VideoError:
        return ()


def _alpha_settings(project: Project, form: Form, extract: Extract) -> object:
    """How alpha comes about, as JSON values."""
    matting = extract.matting
    if matting is None:
        return "probability" if form.has_alpha else None
    bands = {str(o): matting.band or band_of(project, o) for o in extract.objects_of(project)}
    return {"matte": matting.method, "stabilised": matting.is_stabilised, "bands": bands}
