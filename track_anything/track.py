"""Running the propagation passes of a project: each frame is written as soon as it is found."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from track_anything.checkpoints import Checkpoints
from track_anything.models import Models, explained_shortage
from track_anything.project import Project
from track_anything.propagation import FrameResult, propagate
from track_anything.types import FrameIndex, ObjectId
from track_anything.video import Video

CHECKPOINT_INTERVAL = 10  # frames; a killed pass replays at most so many


class Track:
    """The unfinished passes of a project's newest track step; iterate to run them, stop to pause.

    What is found is written before it is handed out, so stopping at any moment loses at most the frame in
    hand. Going on later gives the same masks as never having stopped: the memory is loaded from the last
    checkpoint and the frames since then are replayed.

    Iterating raises DeviceError when memory runs out, and ProjectError when the disk is full.

    Args:
        project: where the passes are and the masks go.
        video: its frames.
        models: called once, when iteration begins.
    """

    def __init__(self, project: Project, video: Video, models: Callable[[], Models]) -> None:
        self._project = project
        self._video = video
        self._models = models
        self._checkpoints = Checkpoints(project.cache / "memory")

    def __len__(self) -> int:
        """Frames to go through, those that are only replayed included."""
        return sum(len(self._frames_ahead(number)) for number in self._project.unfinished_passes())

    def __iter__(self) -> Iterator[FrameResult]:
        models = self._models()
        with explained_shortage():
            for number in self._project.unfinished_passes():
                yield from self._run_pass(number, models)

    def prepare(self) -> None:
        """Load the models now rather than with the first frame; does nothing when no frame is left."""
        if len(self) > 0:
            self._models()

    def run(self) -> None:
        """Track to the end."""
        for _ in self:
            continue

    def _run_pass(self, number: int, models: Models) -> Iterator[FrameResult]:
        frames = self._frames_ahead(number)
        known = self._project.known.of_objects(self._project.state.passes[number].object_ids)
        propagator = models.new_propagator()
        checkpoint = self._checkpoints.newest(number)
        if checkpoint is not None:
            propagator.load(checkpoint[1])
        results = propagate(
            ((frame, self._video.frame(frame)) for frame in frames),
            known,
            propagator,
            models.new_refiner(),
            tracked=self._tracked_before(frames[0], number),
        )
        left = set(self._project.frames_left(number))
        for position, result in enumerate(results, start=1):
            if result.index in left:
                self._project.write_pass(number, result.index, result.label_map, _record(result))
            is_last = position == len(frames)
            if position % CHECKPOINT_INTERVAL == 0 and not is_last:
                self._checkpoints.save(propagator, number, result.index)
            try:
                yield result
            except GeneratorExit:
                if not is_last:
                    self._checkpoints.save(propagator, number, result.index)
                raise
        self._checkpoints.discard(number)

    def _frames_ahead(self, number: int) -> range:
        """The frames of a pass after its checkpoint, or all of them; empty when the pass is finished."""
        frames = self._project.state.passes[number].frames
        checkpoint = self._checkpoints.newest(number)
        if not self._project.frames_left(number):
            return frames[:0]
        return frames if checkpoint is None else frames[frames.index(checkpoint[0]) + 1 :]

    def _tracked_before(self, frame: FrameIndex, number: int) -> frozenset[ObjectId]:
        """The objects that a pass follows already when it comes to a frame: those known on an earlier one."""
        edit = self._project.state.passes[number]
        known = self._project.known.of_objects(edit.object_ids)
        earlier = edit.frames[: edit.frames.index(frame)]
        return frozenset(
            object_id
            for known_frame in known
            if known_frame in earlier
            for object_id, mask in known[known_frame].items()
            if mask.any()
        )


def _record(result: FrameResult) -> dict[str, Any]:
    """What is remembered about a frame beside its masks."""
    return {
        "confidence": {str(object_id): round(value, 4) for object_id, value in result.confidence.items()},
        "firings": [asdict(firing) for firing in result.firings],
        "notes": list(result.notes),
    }
