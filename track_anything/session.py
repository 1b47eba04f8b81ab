"""The live object that the user interface, the command line and scripts talk to."""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sam.automatic import AutomaticMasks
from sam.automatic_mask import AutomaticMask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError, VideoError
from track_anything.export import ConfidenceTable, Export, Extract
from track_anything.inpaint import FlowInpainter, Removal
from track_anything.lifecycle import Closing
from track_anything.models import Models, load_models
from track_anything.overlay import OBJECT_PALETTE
from track_anything.project import Description, Project, check_free, reserved
from track_anything.project.edits import (
    ExchangeEdit,
    GiveMask,
    ObjectEdit,
    Propagate,
    RangeEdit,
    SetRange,
)
from track_anything.prompting import EVERYTHING, Prompting
from track_anything.review import MaskReport, frames_in_doubt, frames_to_fix
from track_anything.review.report import report
from track_anything.tracking import Direction, Track
from track_anything.tracking.cuts import cuts_of
from track_anything.tracking.plan import Span, plan, spans
from track_anything.types import FrameIndex, LabelMap, Mask, ObjectId
from track_anything.video import AbsentVideo, InProcess, Progress, Reader, Video, fingerprint


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
        progress: Progress | None = None,
        reader: Reader | None = None,
    ) -> "Session":
        """Start a project on a video file or an image folder.

        Args:
            source: the video; it stays where it is and is never changed.
            folder: where the project goes; must be empty or not there.
            models: called when models are needed first.
            progress: called with (frames decoded, frames expected or None) while the video is read in.
            reader: decodes the video; None = this process does.

        Raises:
            VideoError: the source cannot be read as frames.
            ProjectError: the folder is in use or cannot be written.
        """
        source, folder = Path(source), Path(folder)
        check_free(folder)
        reader = reader or InProcess()
        with reserved(folder) as lock:
            check_free(folder)  # nobody else can begin one from here on
            video = reader.store(source, folder / "cache" / "frames", progress)
            project = Project.create(folder, Description(source, fingerprint(source), video.info), lock)
        return cls(project, video, models, reader=reader)

    @cached_property
    def cuts(self) -> tuple[FrameIndex, ...]:
        """The first frame of every shot but the first."""
        return self.find_cuts()

    def find_cuts(self, progress: Progress | None = None) -> tuple[FrameIndex, ...]:
        """Look through the video for shot cuts, unless that was done before; see ``cuts``.

        Tracking does it by itself; call it before to show progress, as a function of (frames done, in all).
        """
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
        progress: Progress | None = None,
        reader: Reader | None = None,
    ) -> "Session":
        """Go on with a project.

        Args:
            folder: the project.
            models: called when models are needed first.
            source: where the video is now, which is remembered; None = where ``find_source`` finds it.
            read_only: look and export alone: works where nothing can be written, and beside who edits it.
            needs_video: without it a video that is gone is no error until a frame is asked for.
            progress: as for ``create``, when the frames are no longer in the cache.
            reader: as for ``create``.

        Raises:
            ProjectError: not a project, or open in another process.
            VideoError: the video is gone, or it is another one.
        """
        project = Project(Path(folder), read_only=read_only)
        place, info = project.description.source, project.description.video
        try:
            place = project.locate_source(Path(source) if source else None)
            frames, reader = project.cache / "frames", reader or InProcess()
            video: Video = (
                reader.stored(place, frames, info) if read_only else reader.store(place, frames, progress)
            )
        except VideoError as error:
            if needs_video:
                project.close()
                raise
            video = AbsentVideo(info, error)
        except BaseException:
            project.close()
            raise
        return cls(project, video, models, source=place, reader=reader)

    def close(self) -> None:
        """Close the video and let other processes edit the project."""
        self.video.close()
        self.project.close()

    @cached_property
    def models(self) -> Models:
        """The networks; loaded when first asked for."""
        return self._load_models()

    @property
    def palette(self) -> NDArray[np.uint8]:
        """(256, 3) uint8 RGB: the colour in which every object is shown, chosen or by default."""
        palette = OBJECT_PALETTE.copy()
        for object_id, colour in self.project.state.colours.items():
            palette[object_id] = colour
        return palette

    def add_object(self, name: str | None = None) -> ObjectId:
        """Add an object to follow; returns its id."""
        return self.project.add_object(name)

    @cached_property
    def prompting(self) -> Prompting:
        """What a person says about objects on frames, with the answers to choose from."""
        return Prompting(self.project, self.video, lambda: self.models)

    def segment(self, frame: FrameIndex, prompt: Prompt) -> Candidates:
        """What the segmenter makes of a prompt; nothing is changed.

        Raises:
            InputError: no such frame, or a click outside of it.
        """
        return self.prompting.ask(frame, prompt)

    def everything(
        self, frame: FrameIndex, settings: AutomaticMasks = EVERYTHING
    ) -> Generator[tuple[int, int], None, list[AutomaticMask]]:
        """What the segmenter finds on a frame by itself; yields (steps done, in all), returns the masks."""
        return self.prompting.everything(frame, settings)

    def prompt(
        self, object_id: ObjectId, frame: FrameIndex, prompt: Prompt, *, candidate: int | None = None
    ) -> Candidates:
        """Make the segmenter's answer the known mask of an object on a frame, whatever was there before.

        Args:
            object_id: the object.
            frame: the frame.
            prompt: clicks, box or mask logits.
            candidate: which answer to take; None = the one with the highest predicted IoU.

        Raises:
            InputError: no such object or frame, a click outside the frame, or an answer without a pixel.
        """
        self.project.check_object(object_id)
        found = self.prompting.ask(frame, prompt)
        return self.prompting.take(frame, object_id, prompt, found, candidate).candidates

    def click(
        self, object_id: ObjectId, frame: FrameIndex, x: float, y: float, *, positive: bool = True
    ) -> Candidates:
        """Add one click to what was said about an object on a frame, and take the likeliest answer.

        A click mends the mask that is shown, given or tracked: one on what is missing only adds to it, one on
        what is too much only takes away. ``prompting`` offers the other answers.

        Raises:
            InputError: no such object or frame, a click outside the frame or one that finds nothing.
        """
        return self.prompting.click(frame, object_id, x, y, positive=positive).candidates

    def give_mask(self, object_id: ObjectId, frame: FrameIndex, mask: Mask) -> None:
        """Make a painted or imported (H, W) mask the known mask of an object on a frame."""
        self.project.give_mask(GiveMask(frame, object_id), mask)

    def edit(self, edit: ObjectEdit | RangeEdit | ExchangeEdit | SetRange) -> None:
        """Apply one of ``track_anything.project.edits``; it can be undone.

        Objects are renamed, recoloured and deleted; locked, unlocked and cleared on a range; merged,
        split and swapped there. The in and out points are set.

        Raises:
            InputError: it is about an object or frames that are not there.
        """
        self.project.edit(edit)

    def track(
        self,
        objects: Collection[ObjectId] | None = None,
        *,
        direction: Direction = "both",
        anew: bool = False,
    ) -> Track:
        """Carry known masks to all frames without a mask or with a stale one; iterate, or ``run`` it.

        Only the spans between known masks that need it are propagated, for these objects alone: forward from
        the known mask before, backward from the one after, and blended where there are both.

        Args:
            objects: which ones; None = all.
            direction: which passes to make.
            anew: propagate every frame that is not known again, stale or not.

        Raises:
            InputError: there is no such object, one that is known nowhere, or nothing to track.
        """
        object_ids = sorted(objects) if objects is not None else list(self.project.state.objects)
        forward: list[int] = []
        for edit in self._plan(object_ids, direction, anew=anew):
            number = self.project.begin_pass(replace(edit, fuses=() if edit.step > 0 else tuple(forward)))
            forward += [number] if edit.step > 0 else []
        return self.unfinished()

    def track_one_frame(
        self, frame: FrameIndex, objects: Collection[ObjectId] | None = None, *, backward: bool = False
    ) -> Track:
        """Carry the masks of a frame to the next one and no further, whether anyone vouches for them or not.

        Args:
            frame: where the masks are.
            objects: which ones; None = all that have a mask there.
            backward: to the frame before instead.

        Raises:
            InputError: there is no such object or frame, or no mask to begin with.
        """
        step = -1 if backward else 1
        self.project.check_frame(frame)
        self.project.check_frame(frame + step)
        wanted = self.project.state.objects if objects is None else objects
        seen = tuple(object_id for object_id in sorted(wanted) if self.project.mask(frame, object_id).any())
        if not seen:
            raise InputError(f"there is no mask on frame {frame} to begin with: click an object there first")
        self.project.begin_pass(Propagate(frame + step, frame + 2 * step, step, seen, seeded=True))
        return self.unfinished()

    def unfinished(self) -> Track:
        """What is left of the newest track step; iterate to resume. Its length is 0 when all is done."""
        return Track(self.project, self.video, lambda: self.models, lambda: self.cuts)

    def report(
        self, frames: Iterable[FrameIndex] | None = None, objects: Collection[ObjectId] | None = None
    ) -> Iterator[MaskReport]:
        """How every mask stands and how far it can be trusted, frame by frame; loads no model."""
        return report(self.project, frames, objects)

    def frames_in_doubt(self) -> list[tuple[FrameIndex, ObjectId]]:
        """The worst frame, with its object, of each stretch of doubtful masks, the worst stretch first.

        The list ends: when it is empty, nothing that was tracked is in doubt.
        """
        return frames_in_doubt(self.project)

    def frames_to_fix(self) -> list[tuple[FrameIndex, ObjectId]]:
        """Frames and objects that a correction should help most: doubtful, and far from known frames."""
        return frames_to_fix(self.project)

    def notes(self) -> list[str]:
        """What could not be done as usual in the newest track step, one line each."""
        records = (self.project.pass_records(number) for number in self.project.state.last_step)
        return [
            note for frames in records for record in list(frames.values()) for note in record.get("notes", ())
        ]

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
    ) -> Export | ConfidenceTable:
        """Hand out the masks, with a manifest beside them: iterate over the result, or ``run`` it.

        Args:
            form: a name in ``export.EXPORTERS``, or ``confidence`` for a CSV of how every mask stands.
            path: the folder or file to be made.
            overwrite: replace an earlier export.
            extract: the objects and frames to hand out, and whether as mattes; None = all objects between
                the in and out points, as they were tracked. ``Extract(frames="all")`` is the whole video.

        Raises:
            InputError: there is no such form, object, range or alpha, or the project has no object yet.
        """
        project, to = self.project, Path(path)
        if form == "confidence":
            return ConfidenceTable(project, self.source, to, overwrite=overwrite, extract=extract)
        palette, reader = self.palette, self.reader
        return Export(
            project, self.source, form, to, palette, overwrite=overwrite, extract=extract, reader=reader
        )

    def remove(
        self, path: Path, inpainter: FlowInpainter, *, extract: Extract | None = None, overwrite: bool = False
    ) -> Removal:
        """Make a video without some objects; see ``Removal``: iterate over it, or ``run`` it."""
        project, source, reader = self.project, self.source, self.reader
        return Removal(project, source, path, inpainter, extract=extract, overwrite=overwrite, reader=reader)

    def _plan(self, object_ids: list[ObjectId], direction: Direction, *, anew: bool) -> list[Propagate]:
        """The passes that bring objects up to date within the in and out points."""
        if not object_ids:
            raise InputError("there is nothing to track: add an object and click it on a frame first")
        limits = self.project.state.chosen_range or range(self.project.frame_count)
        wanted: list[Span] = []
        for object_id in object_ids:
            known = self._known_frames(object_id)
            stale = [f for f in limits if f not in known and (anew or self.project.is_stale(f, object_id))]
            wanted += spans(object_id, stale, known, limits)
        planned = plan(wanted, direction)
        if not planned:
            raise InputError(
                "there is nothing to track that way: all masks within the in and out points are up to date, "
                "or no known mask lies next to them"
            )
        return planned

    def _known_frames(self, object_id: ObjectId) -> frozenset[FrameIndex]:
        self.project.check_object(object_id)
        known = self.project.state.frames_known(object_id)
        if not any(self.project.mask(frame, object_id).any() for frame in sorted(known)):
            name = self.project.state.objects[object_id]
            raise InputError(f"object {object_id} ({name}) is known on no frame: click it on a frame first")
        return known
