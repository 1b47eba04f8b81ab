"""The live object that the user interface, the command line and scripts talk to."""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sam.automatic import AutomaticMasks
from sam.automatic_mask import AutomaticMask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.export import Export, Extract
from track_anything.importing import HowToRead, Import
from track_anything.inpaint import FlowInpainter, Removal, Suggestion
from track_anything.masks.overlay import palette_with
from track_anything.models import Models, load_models
from track_anything.project import Project
from track_anything.project.edits import ExchangeEdit, GiveMask, ObjectEdit, RangeEdit, SetRange
from track_anything.project.opening import begin, reopen
from track_anything.prompting import EVERYTHING, Finding, Prompting
from track_anything.review import (
    MaskReport,
    TrackComparison,
    frames_in_doubt,
    frames_to_fix,
    notes_of_tracking,
    report,
)
from track_anything.system.lifecycle import Closing
from track_anything.tracking import AtCut, Direction, Track
from track_anything.tracking.cuts import cuts_of
from track_anything.tracking.plan import begin_passes, plan_step, plan_tracking
from track_anything.types import FrameIndex, LabelMap, Mask, ObjectId, OnProgress
from track_anything.video import InProcess, Reader, Video


class Session(Closing):
    """A project, its video and the models: click, track, correct, export.

    Models are loaded with the first click or the first tracked frame; opening, undo and export need none.

    Attributes:
        project: the durable state.
        video: its frames, fast to come by.
        source: the file or folder they come from; exports read it again.
        reader: decodes it.
    """

    def __init__(
        self,
        project: Project,
        video: Video,
        models: Callable[[], Models] = load_models,
        *,
        source: Path | None = None,
        reader: Reader | None = None,
    ) -> None:
        self.project = project
        self.video = video
        self.source = source or project.description.source
        self.reader = reader or InProcess()
        self._load_models = models

    @classmethod
    def create(
        cls,
        source: Path | str,
        folder: Path | str,
        models: Callable[[], Models] = load_models,
        *,
        progress: OnProgress | None = None,
        reader: Reader | None = None,
    ) -> "Session":
        """Start a project on a video file or an image folder.

        Args:
            source: the video, which is never changed.
            folder: where the project goes; must be empty or not there.
            models: called when models are needed first.
            progress: called with (frames decoded, frames expected or None) while the video is read in.
            reader: decodes the video; None = this process does.

        Raises:
            VideoError: the source cannot be read as frames.
            ProjectError: the folder is in use or cannot be written.
        """
        opened = begin(Path(source), Path(folder), reader or InProcess(), progress)
        return cls(opened.project, opened.video, models, source=opened.source, reader=reader)

    @cached_property
    def cuts(self) -> tuple[FrameIndex, ...]:
        """The first frame of every shot but the first."""
        return self.find_cuts()

    def find_cuts(self, progress: OnProgress | None = None) -> tuple[FrameIndex, ...]:
        """Look for ``cuts`` now, which tracking needs: progress is told (frames done, in all)."""
        return cuts_of(self.video, self.project.cache / "cuts.json", progress)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        models: Callable[[], Models] = load_models,
        *,
        source: Path | str | None = None,
        read_only: bool = False,
        needs_video: bool = True,
        progress: OnProgress | None = None,
        reader: Reader | None = None,
    ) -> "Session":
        """Go on with a project.

        Args:
            folder: the project.
            models: called when models are needed first.
            source: where the video is now, which is remembered; None = where ``find_source`` finds it.
            read_only: look and export alone: works where nothing can be written, and beside who edits it.
            needs_video: without it a video that is gone is no error until a frame is asked for.
            progress: as for ``create``.
            reader: likewise.

        Raises:
            ProjectError: not a project, or open in another process.
            VideoError: the video is gone, or it is another one.
        """
        opened = reopen(
            Path(folder), Path(source) if source else None, reader or InProcess(),
            read_only=read_only, needs_video=needs_video, progress=progress,
        )  # fmt: skip
        return cls(opened.project, opened.video, models, source=opened.source, reader=reader)

    def close(self) -> None:
        """Close the video and let other processes edit the project."""
        self.video.close()
        self.project.close()

    @cached_property
    def models(self) -> Models:
        """The networks; loaded when first asked for."""
        return self._load_models()

    def switch_models(self, models: Callable[[], Models]) -> None:
        """Think with other networks from now on; they are loaded when needed first."""
        self._load_models = models
        self.__dict__.pop("models", None)

    @property
    def palette(self) -> NDArray[np.uint8]:
        """(256, 3) uint8 RGB: the colour in which every object is shown, chosen or by default."""
        return palette_with(self.project.state.colours)

    def add_object(self, name: str | None = None) -> ObjectId:
        """Add an object to follow; returns its id."""
        return self.project.add_object(name)

    @cached_property
    def prompting(self) -> Prompting:
        """What a person says about objects on frames, with the answers to choose from."""
        return Prompting(self.project, self.video, lambda: self.models)

    @cached_property
    def finding(self) -> Finding:
        """What can be made objects without a click."""
        return Finding(self.project, self.video, lambda: self.models)

    def segment(self, frame: FrameIndex, prompt: Prompt) -> Candidates:
        """What the segmenter makes of a prompt; nothing is changed. See ``Prompting.ask``."""
        return self.prompting.ask(frame, prompt)

    def everything(
        self, frame: FrameIndex, settings: AutomaticMasks = EVERYTHING
    ) -> Generator[tuple[int, int], None, list[AutomaticMask]]:
        """What the segmenter finds on a frame by itself; yields (steps done, in all), returns the masks."""
        return self.prompting.everything(frame, settings)

    def prompt(
        self, *, frame: FrameIndex, object_id: ObjectId, prompt: Prompt, candidate: int | None = None
    ) -> Candidates:
        """Make the segmenter's likeliest answer, or another one, the known mask; see ``Prompting.take``."""
        self.project.check_object(object_id)
        found = self.prompting.ask(frame, prompt)
        return self.prompting.take(frame, object_id, prompt, found, candidate).candidates

    def click(
        self, *, frame: FrameIndex, object_id: ObjectId, x: float, y: float, positive: bool = True
    ) -> Candidates:
        """Add one click and take the likeliest answer; on a mask, it mends. See ``Prompting.click``."""
        return self.prompting.click(frame, object_id, x, y, positive=positive).candidates

    def give_mask(self, *, frame: FrameIndex, object_id: ObjectId, mask: Mask) -> None:
        """Make a painted or imported (H, W) mask the known mask of an object on a frame."""
        self.project.give_mask(GiveMask(frame, object_id), mask)

    def edit(self, edit: ObjectEdit | RangeEdit | ExchangeEdit | SetRange) -> None:
        """Apply one of ``track_anything.project.edits``; InputError when what it is about is not there."""
        self.project.edit(edit)

    def track(
        self, objects: Collection[ObjectId] | None = None,
        *, direction: Direction = "both", anew: bool = False, at_cut: AtCut = "go-on",
    ) -> Track:  # fmt: skip
        """Carry known masks to frames without one or with a stale one; see ``plan_tracking``, ``Track``."""
        begin_passes(self.project, plan_tracking(self.project, objects, direction, anew=anew))
        return self.unfinished(at_cut=at_cut)

    def track_one_frame(
        self, frame: FrameIndex, objects: Collection[ObjectId] | None = None, *, backward: bool = False
    ) -> Track:
        """Carry the masks of a frame to the next one, or the one before; see ``plan_step``."""
        begin_passes(self.project, [plan_step(self.project, frame, objects, backward=backward)])
        return self.unfinished()

    def unfinished(self, *, at_cut: AtCut = "go-on") -> Track:
        """What is left of the newest track step; iterate to resume. Its length is 0 when all is done."""
        return Track(self.project, self.video, lambda: self.models, lambda: self.cuts, at_cut=at_cut)

    def report(
        self, frames: Iterable[FrameIndex] | None = None, objects: Collection[ObjectId] | None = None
    ) -> Iterator[MaskReport]:
        """How every mask stands and how far it can be trusted, frame by frame; loads no model."""
        return report(self.project, frames, objects)

    def frames_in_doubt(self) -> list[tuple[FrameIndex, ObjectId]]:
        """The best frame to mend of each doubtful stretch, with its object, between the in and out point."""
        return frames_in_doubt(self.project)

    def frames_to_fix(self) -> list[tuple[FrameIndex, ObjectId]]:
        """Frames and objects that a correction should help most: doubtful, and far from known frames."""
        return frames_to_fix(self.project)

    @cached_property
    def track_changes(self) -> TrackComparison:
        """What the newest track step changed of masks that were there before it, to be kept or put back."""
        return TrackComparison(self.project)

    def notes(self) -> list[str]:
        """What could not be done as usual in the newest track step, one line each."""
        return notes_of_tracking(self.project)

    def label_map(self, frame: FrameIndex) -> LabelMap:
        """All masks of a frame, (H, W) uint8."""
        return self.project.label_map(frame)

    def undo(self) -> bool:
        """Take back the last step; False when there is none."""
        return self.project.undo()

    def redo(self) -> bool:
        """Apply the step that was taken back last; False when there is none."""
        return self.project.redo()

    def export(
        self, form: str, path: Path | str, *, overwrite: bool = False, extract: Extract | None = None
    ) -> Export:
        """Hand out the masks, with a manifest beside them: iterate over the result, or ``run`` it.

        Args:
            form: a name in ``export.EXPORTERS``.
            path: the folder or file to be made.
            overwrite: replace an earlier export.
            extract: the objects and frames to hand out, and whether as mattes; None = all objects between
                the in and out points, as they were tracked. ``Extract(frames="all")`` is the whole video.

        Raises:
            InputError: there is no such form, object, range or alpha, or no object yet.
        """
        return Export(
            self.project, self.source, form, Path(path), self.palette,
            overwrite=overwrite, extract=extract, reader=self.reader, cuts=lambda: self.cuts,
        )  # fmt: skip

    def remove_objects(
        self,
        path: Path | str,
        inpainter: FlowInpainter | None = None,
        *,
        overwrite: bool = False,
        extract: Extract | None = None,
        with_shadows: bool = True,
    ) -> Removal:
        """Make a video without some objects: iterate over the result, or ``run`` it; see ``Removal``."""
        return Removal(
            self.project, self.source, Path(path), inpainter or FlowInpainter(),
            overwrite=overwrite, extract=extract, with_shadows=with_shadows, reader=self.reader,
        )  # fmt: skip

    def suggest_shadows(self, *, object_id: ObjectId, frames: range | None = None) -> Suggestion:
        """Suggest shadow and reflection of a tracked object as one that goes with it; see ``Suggestion``."""
        looked_at = range(self.project.frame_count) if frames is None else frames
        return Suggestion(self.project, self.video, object_id, looked_at)

    def import_masks(
        self, path: Path | str, *, remap: Mapping[int, ObjectId] | None = None, how: HowToRead | None = None
    ) -> Import:
        """Make masks of other programs known; ``inspection`` says what would be done. See ``Import``."""
        return Import(self.project, Path(path), remap, how or HowToRead(), reader=self.reader)
