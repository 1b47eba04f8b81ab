"""The live object that the user interface, the command line and scripts talk to."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sam.errors import SamError
from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.closing import Closing
from track_anything.description import Description, check_free
from track_anything.edits import GiveMask, Propagate
from track_anything.errors import InputError, VideoError
from track_anything.export import build_exporter
from track_anything.exporting import Export
from track_anything.models import Models, explained_shortage, load_models
from track_anything.project import Project
from track_anything.track import Track
from track_anything.types import FrameIndex, LabelMap, Mask, ObjectId
from track_anything.video import Progress, Video, fingerprint, store_video

Direction: TypeAlias = Literal["both", "forward", "backward"]


class Session(Closing):
    """A project, its video and the models: click, track, correct, export.

    Models are loaded with the first click or the first tracked frame; opening, undo and export need none.

    Attributes:
        project: the durable state.
        video: its frames, fast to come by.
        source: the file or folder they come from; exports read it again.
    """

    def __init__(
        self,
        project: Project,
        video: Video,
        models: Callable[[], Models] = load_models,
        *,
        source: Path | None = None,
    ) -> None:
        self.project = project
        self.video = video
        self.source = source or project.description.source
        self._load_models = models
        self._logits: dict[int, NDArray[np.float32]] = {}  # of the answer behind each give_mask edit

    @classmethod
    def create(
        cls,
        source: Path | str,
        folder: Path | str,
        models: Callable[[], Models] = load_models,
        *,
        progress: Progress | None = None,
    ) -> "Session":
        """Start a project on a video file or an image folder.

        Args:
            source: the video; it stays where it is and is never changed.
            folder: where the project goes; must be empty or not there.
            models: called when models are needed first.
            progress: called with (frames decoded, frames expected or None) while the video is read in.

        Raises:
            VideoError: the source cannot be read as frames.
            ProjectError: the folder is in use or cannot be written.
        """
        source, folder = Path(source), Path(folder)
        check_free(folder)
        video = store_video(source, folder / "cache" / "frames", progress=progress)
        project = Project.create(folder, Description(source, fingerprint(source), video.info))
        return cls(project, video, models)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        models: Callable[[], Models] = load_models,
        *,
        source: Path | str | None = None,
        progress: Progress | None = None,
    ) -> "Session":
        """Go on with a project.

        Args:
            folder: the project.
            models: called when models are needed first.
            source: where the video is now, if it was moved.
            progress: as for ``create``, when the frames are no longer in the cache.

        Raises:
            ProjectError: not a project, or open in another process.
            VideoError: the video is gone, or it is another one.
        """
        project = Project(Path(folder))
        place = Path(source) if source else project.description.source
        try:
            video = _reopen_video(project, place, progress)
        except BaseException:
            project.close()
            raise
        return cls(project, video, models, source=place)

    def close(self) -> None:
        """Close the video and let other processes edit the project."""
        self.video.close()
        self.project.close()

    @cached_property
    def models(self) -> Models:
        """The networks; loaded when first asked for."""
        return self._load_models()

    def add_object(self, name: str | None = None) -> ObjectId:
        """Add an object to follow; returns its id."""
        return self.project.add_object(name)

    def segment(self, frame: FrameIndex, prompt: Prompt) -> Candidates:
        """What the segmenter makes of a prompt; nothing is changed.

        Raises:
            InputError: no such frame, or a click outside of it.
        """
        self.project.check_frame(frame)
        with _explained(), explained_shortage():
            prompt.check_inside(*self.project.size)
            embedding = self.models.segmenter.embed(self.video.frame(frame))
            return self.models.segmenter.predict(embedding, prompt)

    def prompt(
        self, object_id: ObjectId, frame: FrameIndex, prompt: Prompt, *, candidate: int | None = None
    ) -> Candidates:
        """Make the segmenter's answer the known mask of an object on a frame.

        Args:
            object_id: the object.
            frame: the frame.
            prompt: clicks, box or mask logits.
            candidate: which answer to take; None = the one with the highest predicted IoU.

        Raises:
            InputError: no such object or frame, a click outside the frame, or an answer without a pixel.
        """
        self.project.check_object(object_id)
        candidates = self.segment(frame, prompt)
        chosen = candidates.best if candidate is None else candidate
        mask = candidates.masks[chosen]
        if not mask.any():
            raise InputError(
                f"nothing was found on frame {frame} for this prompt: click inside the object or draw a box"
            )
        self.project.give_mask(_edit_from(object_id, frame, prompt), mask)
        self._logits[self.project.state.known[frame, object_id]] = candidates.logits[chosen]
        return candidates

    def click(
        self, object_id: ObjectId, frame: FrameIndex, x: float, y: float, *, positive: bool = True
    ) -> Candidates:
        """Add one click to what was said about an object on a frame, and take the best answer.

        The earlier clicks and the logits of the earlier answer go along, so a second click mends the first
        mask and does not begin anew.
        """
        earlier = self.project.given(frame, object_id)
        points = [*(earlier.points if earlier else ()), (x, y)]
        labels = [*(earlier.labels if earlier else ()), int(positive)]
        with _explained():
            prompt = Prompt(
                points=np.array(points, np.float32),
                labels=np.array(labels, np.int64),
                box=np.array(earlier.box, np.float32) if earlier and earlier.box else None,
                logits=self._earlier_logits(object_id, frame),
            )
        return self.prompt(object_id, frame, prompt)

    def give_mask(self, object_id: ObjectId, frame: FrameIndex, mask: Mask) -> None:
        """Make a painted or imported (H, W) mask the known mask of an object on a frame."""
        self.project.give_mask(GiveMask(frame, object_id), mask)

    def track(self, objects: Collection[ObjectId] | None = None, *, direction: Direction = "both") -> Track:
        """Carry the known masks of objects through the video. Iterate over the result, or ``run`` it.

        Args:
            objects: which ones; None = all.
            direction: ``forward`` from the first known mask to the end, ``backward`` from there to the
                start, or both.

        Raises:
            InputError: there is no such object, or one that is known nowhere.
        """
        passes = self._plan(
            sorted(objects) if objects is not None else list(self.project.state.objects), direction
        )
        for edit in passes:
            self.project.begin_pass(edit)
        return self.unfinished()

    def unfinished(self) -> Track:
        """What is left of the newest track step; iterate to resume. Its length is 0 when all is done."""
        return Track(self.project, self.video, lambda: self.models)

    def notes(self) -> list[str]:
        """What could not be done as usual in the newest track step, one line each."""
        records = (self.project.pass_records(number) for number in self.project.state.last_step)
        return [note for frames in records for record in frames.values() for note in record["notes"]]

    def label_map(self, frame: FrameIndex) -> LabelMap:
        """All masks of a frame, (H, W) uint8."""
        return self.project.label_map(frame)

    def undo(self) -> bool:
        """Take back the last step; False when there is none."""
        return self.project.undo()

    def redo(self) -> bool:
        """Apply the step that was taken back last; False when there is none."""
        return self.project.redo()

    def export(self, form: str, path: Path | str, *, overwrite: bool = False) -> Export:
        """Hand out the masks. Iterate over the result, or ``run`` it, to make it.

        Args:
            form: ``masks`` for a folder of indexed PNG files, ``overlay`` for an mp4 to look at, ``sheet``
                for a PNG with frames side by side.
            path: the folder or file to be made.
            overwrite: replace an earlier export.

        Raises:
            InputError: there is no such form, or the project has no object yet.
        """
        if not self.project.state.objects:
            raise InputError("there is nothing to export: add an object, click it and track it first")
        info = self.project.description.video
        exporter = build_exporter(form, Path(path), info, self.source, overwrite=overwrite)
        return Export(self.project, self.source, exporter)

    def _earlier_logits(self, object_id: ObjectId, frame: FrameIndex) -> NDArray[np.float32] | None:
        """The logits behind a known mask, or some made from it when they are gone or it was painted."""
        number = self.project.state.known.get((frame, object_id))
        if number is None:
            return None
        if number not in self._logits:
            self._logits[number] = logits_from_mask(self.project.mask(frame, object_id))
        return self._logits[number]

    def _plan(self, object_ids: list[ObjectId], direction: Direction) -> list[Propagate]:
        """The passes of a track step: one forward, and one backward per first known frame."""
        if not object_ids:
            raise InputError("there is nothing to track: add an object and click it on a frame first")
        first_frames = {object_id: self._first_known(object_id) for object_id in object_ids}
        passes: list[Propagate] = []
        if direction in ("both", "forward"):
            start, stop = min(first_frames.values()), self.project.frame_count
            passes.append(Propagate(start, stop, 1, tuple(object_ids)))
        if direction in ("both", "backward"):
            for first in sorted(set(first_frames.values()) - {0}):
                together = tuple(o for o in object_ids if first_frames[o] == first)
                passes.append(Propagate(first, -1, -1, together, joined=bool(passes)))
        if not passes:
            raise InputError("every object is known on frame 0 already: there is nothing before it to track")
        return passes

    def _first_known(self, object_id: ObjectId) -> FrameIndex:
        self.project.check_object(object_id)
        first = self.project.known.first_frame(object_id)
        if first is None:
            name = self.project.state.objects[object_id]
            raise InputError(f"object {object_id} ({name}) is known on no frame: click it on a frame first")
        return first


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the segmenter finds wrong with a prompt into the product's own error."""
    try:
        yield
    except SamError as error:
        raise InputError(str(error)) from error


def _reopen_video(project: Project, source: Path, progress: Progress | None) -> Video:
    if not source.exists():
        raise VideoError(
            f"the video of this project is no longer at {source}: say where it is now (--source)"
        )
    if fingerprint(source) != project.description.fingerprint:
        raise VideoError(f"{source} is not the video this project was made with: give that one")
    return store_video(source, project.cache / "frames", progress=progress)


def _edit_from(object_id: ObjectId, frame: FrameIndex, prompt: Prompt) -> GiveMask:
    x0, y0, x1, y1 = prompt.box if prompt.box is not None else (0, 0, 0, 0)
    return GiveMask(
        frame,
        object_id,
        points=tuple((float(x), float(y)) for x, y in prompt.points),
        labels=tuple(int(label) for label in prompt.labels),
        box=(float(x0), float(y0), float(x1), float(y1)) if prompt.box is not None else None,
    )
