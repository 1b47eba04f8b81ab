"""The way of one pass through the video, and the memory it gathers on it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace

import numpy as np

from track_anything.drift import DriftMonitor
from track_anything.errors import WeightsError
from track_anything.models import Models
from track_anything.project import Project
from track_anything.tracking.checkpoints import Checkpoints
from track_anything.tracking.cut_question import entered_at, idle_frames, next_question
from track_anything.tracking.priming import priming_of
from track_anything.tracking.propagation import FrameResult, NoAnswerError, on_known, prime, propagate
from track_anything.tracking.read_ahead import read_ahead
from track_anything.types import FrameIndex, Known, ObjectId
from track_anything.video import Video
from tracker.memory_use import Gauged
from tracker.propagator import Propagator

MOST_UNANSWERED = 10  # frames in a row without an answer after which there is no use in going on


class Walk:
    """A pass of a project on its way: iterate for what is found, frame by frame.

    It begins at the newest checkpoint. A frame for which the tracker answers with what is no number is left
    without masks, but for those that are known: the memory is brought back to where it was before, since it
    may have taken over what is no number, and the way goes on behind it.

    Iterating raises WeightsError when there is no answer for ten frames in a row; those are not handed out.

    Args:
        project: where the pass is and the known masks are.
        video: its frames.
        number: of the pass.
        models: the networks.
        cuts: the frames that begin another shot.
        checkpoints: where the memory is saved.
        asks_at_cuts: end before a shot about which nothing is known.

    Attributes:
        frames: those to go through.
        question: what is asked where they end; None when the pass goes through.
    """

    def __init__(
        self,
        project: Project,
        video: Video,
        number: int,
        models: Models,
        cuts: Collection[FrameIndex],
        checkpoints: Checkpoints,
        *,
        asks_at_cuts: bool = False,
    ) -> None:
        self._project = project
        self._video = video
        self._number = number
        self._edit = project.state.passes[number]
        self._models = models
        self._cuts = entered_at(self._edit, cuts)
        self._idle = idle_frames(project, self._edit)
        self._checkpoints = checkpoints
        self._refiner = models.new_refiner()
        self._priming = priming_of(project, self._edit)
        self._propagator: Propagator
        self._monitor: DriftMonitor | None
        self._newest: FrameIndex | None  # in memory
        self.frames = self._begin()
        self.question = next_question(project, number, self.frames, cuts) if asks_at_cuts else None
        if self.question is not None:
            self.frames = self.frames[: self.frames.index(self.question.frame)]

    def __iter__(self) -> Iterator[FrameResult]:
        place = 0
        unanswered: list[FrameIndex] = []
        held_back: list[FrameResult] = []  # until it is clear that there is a use in going on
        while place < len(self.frames):
            try:
                for result in self._propagated(self.frames[place:]):
                    place += 1
                    yield from held_back
                    held_back.clear()
                    yield result
            except NoAnswerError as error:
                unanswered.append(error.frame)
                held_back.append(self._without_answer(error.frame))
                if len(held_back) == MOST_UNANSWERED:
                    raise self._no_use(held_back[0].index) from error
                if len(held_back) == 2:  # what was saved may be what gives no answer
                    self._checkpoints.discard(self._number)
                self._go_back(error.frame, unanswered)
                place += 1
        yield from held_back

    def save(self) -> None:
        """Keep the memory as it is; what was handed out last may not be in it, or what comes next may."""
        if self._newest is not None:
            self._checkpoints.save(self._number, self._newest, self._propagator, self._monitor)

    @property
    def memory(self) -> dict[str, int] | None:
        """How full the memory is, and of how many known frames it holds a share; None = it does not say."""
        if not isinstance(self._propagator, Gauged):
            return None
        return asdict(self._propagator.memory_use()) | {"compressed": len(self._priming.compressed)}

    def _begin(self) -> range:
        """Make the memory, from the newest checkpoint if there is one; returns the frames to go through."""
        self._newest = self._checkpoints.newest(self._number)
        frames = frames_ahead(self._project, self._number, self._checkpoints)
        self._make_memory()
        if len(frames) < len(self._edit.frames_read):
            if self._checkpoints.load(self._number, self._propagator, self._monitor):
                return frames
            self._make_memory()
            self._newest = None
            frames = frames_ahead(self._project, self._number, self._checkpoints)
        known = self._project.known_of(self._edit.object_ids)
        whole, compressed = (
            ((self._video.frame(frame), known[frame]) for frame in frames_known)
            for frames_known in (self._priming.whole, self._priming.compressed)
        )
        prime(self._propagator, self._monitor, whole, compressed)
        return frames

    def _make_memory(self) -> None:
        self._propagator, self._monitor = self._models.new_propagator(), self._models.new_monitor()

    def _go_back(self, frame: FrameIndex, left_out: Collection[FrameIndex]) -> None:
        """Bring the memory to where it was before a frame, as if it had not seen the frames left out."""
        ahead = self._begin()
        again = [earlier for earlier in ahead[: ahead.index(frame)] if earlier not in left_out]
        for _ in self._propagated(again):
            pass
        self.save()

    def _propagated(self, frames: Sequence[FrameIndex]) -> Iterator[FrameResult]:
        if not frames:
            return
        found = propagate(
            read_ahead(self._video, frames),
            self._known(),
            self._propagator,
            self._refiner,
            monitor=self._monitor,
            tracked=self._seen_before(frames[0]),
            primed=self._priming.whole,
            cuts=self._cuts,
            idle=self._idle,
        )
        for result in found:
            self._newest = result.index
            yield result

    def _known(self) -> Known:
        """The known masks of the pass; a step from masks that nobody vouches for takes them for known."""
        edit = self._edit
        known = self._project.known_of(edit.object_ids)
        if not edit.seeded:
            return known
        frame = edit.start - edit.step
        seed = {object_id: self._project.stored_mask(frame, object_id) for object_id in edit.object_ids}
        return {frame: seed, **{ahead: known[ahead] for ahead in edit.frames if ahead in known}}

    def _seen_before(self, frame: FrameIndex) -> frozenset[ObjectId]:
        """The objects in memory when the pass comes to a frame: those seen on a known frame by then."""
        known = self._known()
        earlier = self._edit.frames_read[: self._edit.frames_read.index(frame)]
        return frozenset(
            object_id
            for object_id in self._edit.object_ids
            if any(
                known[known_frame][object_id].any()
                for known_frame in known
                if (known_frame in earlier or known_frame in self._priming)
                and object_id in known[known_frame]
            )
        )

    def _without_answer(self, frame: FrameIndex) -> FrameResult:
        """What there is of a frame without an answer: the known masks, and a note."""
        nothing = FrameResult(frame, np.zeros(self._project.size, np.uint8), {})
        result = on_known(nothing, self._known().get(frame, {}))
        note = (
            f"frame {frame}: the tracker answered with what is no number, and nothing was found there: "
            f"correct that frame{self._remedy(', or undo the step and track again with')}"
        )
        return replace(result, notes=(note,))

    def _no_use(self, frame: FrameIndex) -> WeightsError:
        return WeightsError(
            f"from frame {frame} on the tracker answers with what is no number: get its weights again by "
            f"`track-anything weights fetch NAME`{self._remedy(', or undo the step and track with')}; "
            "what was found before is kept"
        )

    def _remedy(self, words: str) -> str:
        return "" if self._models.precision == "float32" else f"{words} --precision float32"


def frames_ahead(project: Project, number: int, checkpoints: Checkpoints) -> range:
    """The frames of a pass after its checkpoint, or all of them; empty when the pass is finished.

    A frame that was lost after it was done may lie before the checkpoint, which is of no use then.
    """
    frames = project.state.passes[number].frames_read
    left = project.frames_left(number)
    if not left:
        return frames[:0]
    checkpoint = checkpoints.newest(number)
    begin = frames.index(checkpoint) + 1 if checkpoint is not None and checkpoint in frames else 0
    if frames.index(left[0]) < begin:
        checkpoints.discard(number)
        begin = 0
    return frames[begin : frames.index(left[-1]) + 1]
