"""Running the propagation passes of a project: each frame is written as soon as it is found."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from track_anything.errors import InputError
from track_anything.models import Models, explained_shortage
from track_anything.project import Project
from track_anything.project.edits import Propagate
from track_anything.system.lifecycle import Running
from track_anything.tracking.backward_fusion import BackwardFusion
from track_anything.tracking.checkpoints import Checkpoints
from track_anything.tracking.cut_question import AtCut, CutQuestion, next_question
from track_anything.tracking.forecast import Forecast, forecast
from track_anything.tracking.propagation import FrameResult
from track_anything.tracking.walk import Walk, frames_ahead
from track_anything.types import FrameIndex
from track_anything.video import Video

CHECKPOINT_INTERVAL = 10  # frames; a killed pass replays at most so many


class Track(Running):
    """The unfinished passes of a project's newest track step; iterate to run them, stop to pause.

    What is found is written before it is handed out, so stopping at any moment loses at most the frame in
    hand. Going on later gives the same masks as never having stopped: the memory is loaded from the last
    checkpoint and the frames since then are replayed.

    Iterating raises DeviceError when memory runs out, and ProjectError when the disk is full.

    Args:
        project: where the passes are and the masks go.
        video: its frames.
        models: called once, when iteration begins.
        cuts: called when iteration begins: the frames that begin another shot.
        at_cut: whether to stop where another shot begins about which nothing is known. The shot that is gone
            on from is not asked about again.

    Attributes:
        question: what has to be answered before it can go on; None when it was not stopped by a cut.
        memory: how full the propagator's memory was after the last frame: the fields of ``MemoryUse``, and
            ``compressed``, the known frames of which it began with prototypes; None = not known.
    """

    def __init__(
        self,
        project: Project,
        video: Video,
        models: Callable[[], Models],
        cuts: Callable[[], Collection[FrameIndex]] = tuple,
        *,
        at_cut: AtCut = "go-on",
    ) -> None:
        self.question: CutQuestion | None = None
        self.memory: dict[str, int] | None = None
        self._project = project
        self._video = video
        self._models = models
        self._cuts = cuts
        self._asks = at_cut == "stop"
        self._checkpoints = Checkpoints(project.cache / "memory")

    def __len__(self) -> int:
        """Frames to go through until all is done or a cut stops it, those that are only replayed included."""
        count = 0
        for number in self._project.unfinished_passes():
            frames = frames_ahead(self._project, number, self._checkpoints)
            question = next_question(self._project, number, frames, self._cuts()) if self._asks else None
            if question is not None:
                return count + frames.index(question.frame)
            count += len(frames)
        return count

    def __iter__(self) -> Iterator[FrameResult]:
        models, cuts = self._models(), self._cuts()
        self.question = None
        with explained_shortage():
            for number in self._project.unfinished_passes():
                yield from self._run_pass(number, models, cuts)
                if self.question is not None:
                    return

    def prepare(self) -> None:
        """Load the models now rather than with the first frame; does nothing when no frame is left."""
        if len(self) > 0:
            self._models()

    def forecast(self) -> Forecast | None:
        """How much memory it will take at most; loads the models. None = nothing is left, or nobody tells."""
        if not (frames := len(self)):
            return None
        passes = self._project.state.passes
        following = [passes[number].object_ids for number in self._project.unfinished_passes()]
        return forecast(self._models(), self._project, max(following, key=len), frames)

    def _run_pass(self, number: int, models: Models, cuts: Collection[FrameIndex]) -> Iterator[FrameResult]:
        self._check_origin(number, models)
        edit = self._project.state.passes[number]
        walk = Walk(
            self._project, self._video, number, models, cuts, self._checkpoints, asks_at_cuts=self._asks
        )
        backward_fusion = BackwardFusion(self._project, edit)
        left = set(self._project.frames_left(number))
        for position, found in enumerate(walk, start=1):
            self.memory = walk.memory
            result = backward_fusion.blend(_completed(edit, found))
            if result.index in left:
                record = _record(result) | _origin(models)
                record |= {"memory": self.memory} if self.memory is not None else {}
                self._project.write_pass(number, result.index, result.label_map, record, result.probabilities)
            is_last = position == len(walk.frames)
            is_stopped = is_last and walk.question is not None
            if is_stopped or (position % CHECKPOINT_INTERVAL == 0 and not is_last):
                walk.save()
            try:
                yield result
            except GeneratorExit:
                if not is_last:
                    walk.save()
                raise
        self.question = walk.question
        if walk.question is None:
            self._checkpoints.discard(number)

    def _check_origin(self, number: int, models: Models) -> None:
        """Refuse to go on with a pass otherwise than it was begun: the masks would not be of one run."""
        records = self._project.pass_records(number)
        engines = {record.get("engine", "torch") for record in records.values() if "precision" in record}
        if others := engines - {models.engine}:
            begun_by = min(others)
            option = f"--device {begun_by}" if ":" in begun_by else f"--engine {begun_by}"
            raise InputError(
                f"tracking was begun by {begun_by} and would go on by {models.engine}: go on with "
                f"{option}, or undo the step and track again"
            )
        begun = {record["precision"] for record in records.values() if "precision" in record}
        if others := begun - {models.precision}:
            raise InputError(
                f"tracking was begun in {min(others)} and would go on in {models.precision}: go on with "
                f"--precision {min(others)}, or undo the step and track again"
            )
        trackers = {record["tracker"] for record in records.values() if record.get("tracker")}
        if models.tracker and (others := trackers - {models.tracker}):
            raise InputError(
                f"tracking was begun with {min(others)} and would go on with {models.tracker}: go on with "
                f"--tracker {min(others)}, or undo the step and track again"
            )


def _origin(models: Models) -> dict[str, str]:
    """What a mask was found by."""
    return {"precision": models.precision, "engine": models.engine, "tracker": models.tracker}


def _completed(edit: Propagate, result: FrameResult) -> FrameResult:
    """The result with those objects of the pass that are in no memory yet: seen nowhere."""
    missing = edit.followed_on(result.index) - result.probabilities.keys()
    if not missing:
        return result
    nothing = np.zeros(result.label_map.shape, np.float32)  # (H, W)
    return replace(
        result,
        confidence=dict.fromkeys(missing, 0.0) | dict(result.confidence),
        probabilities=dict.fromkeys(missing, nothing) | dict(result.probabilities),
    )


def _record(result: FrameResult) -> dict[str, Any]:
    """What is remembered about a frame beside its masks."""
    reasons = {str(object_id): own.reason for object_id, own in result.assessments.items() if own.reason}
    return {
        "confidence": {str(object_id): round(value, 4) for object_id, value in result.confidence.items()},
        "absent": [each for each in result.confidence if not (result.label_map == each).any()],
        "reasons": reasons,
        "firings": [asdict(firing) for firing in result.firings],
        "notes": list(result.notes),
    }
