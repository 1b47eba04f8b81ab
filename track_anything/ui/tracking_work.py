"""Tracking as a job of the editor: the networks, the cuts, the passes, and what they changed."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from track_anything.session import Session
from track_anything.tracking import CutQuestion, Track
from track_anything.types import FrameIndex, OnProgress
from track_anything.ui.changes import Changes
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.work import Count, Stage, steps


class TrackingWork:
    """One run of the newest track step; after it, the question that it stopped with, if it did.

    Args:
        session: the project.
        track: what is to be done.
        loader: the networks.
        changes: where changed frames are noted.
        find_cuts: looks for cuts; None = they are known.

    Attributes:
        track: what is done.
        frame: the frame that was tracked last; None = none yet.
    """

    def __init__(
        self,
        session: Session,
        track: Track,
        loader: ModelLoader,
        changes: Changes,
        find_cuts: Callable[[OnProgress], None] | None,
    ) -> None:
        self.track = track
        self.frame: FrameIndex | None = None
        self._session = session
        self._loader = loader
        self._changes = changes
        self._find_cuts = find_cuts

    def stages(self) -> Iterator[Stage]:
        """The work, stage by stage."""
        yield Stage("models", self._loader.waiting())
        if self._find_cuts is not None:
            yield Stage("cuts", steps(self._find_cuts))
        yield Stage("tracking", self._noted(), len(self.track))
        state = self._session.project.state
        if len(state.passes) > len(state.last_step):  # before the first step there was nothing to be changed
            compared = self._session.track_changes.steps()
            yield Stage("comparing", (Count(done, total) for done, total in compared))

    @property
    def open_question(self) -> CutQuestion | None:
        """Where it stopped for another shot, with the objects not spoken of since; None = nowhere."""
        question = self.track.question
        asked = question.open_objects(self._session.project) if question is not None else ()
        return replace(question, object_ids=asked) if question is not None and asked else None

    def _noted(self) -> Iterator[None]:
        for result in self.track:
            self._changes.add_frame(result.index)
            self.frame = result.index
            yield
        self._changes.add()
