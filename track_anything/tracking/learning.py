"""What passes learn from a person's corrections before they begin; it stays with the project."""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError, ProjectError
from track_anything.models import Models
from track_anything.project import Project
from track_anything.project.edits import Propagate
from track_anything.system.files import unwritable, write_durably
from track_anything.tracking.priming import evenly_spaced
from track_anything.tracking.propagation import paste
from track_anything.types import FrameIndex
from track_anything.video import Video
from tracker.adaptation import Adaptable, KnownFrame
from tracker.errors import TrackerError
from tracker.propagator import Propagator
from tracker.snapshot import read_snapshot

MOST_KNOWN = 5
"""Known frames that are learned from; each costs about the time of three tracked frames."""

_SEED = 0
_MADE_BY = "what a tracker has learned"


def check_can_learn(models: Models) -> None:
    """Raise InputError where the tracker cannot learn from corrections."""
    _adaptable(models, models.new_propagator())


class Learning:
    """What the passes of a project have learned, one file each: ``learned/0007.npz`` is of pass 7.

    A pass goes on with what it began with, whatever was corrected since. Undoing the pass takes it back.

    Args:
        project: the project.
        video: its frames.
        number: of the pass.
    """

    def __init__(self, project: Project, video: Video, number: int) -> None:
        self._project = project
        self._video = video
        self._edit = project.state.passes[number]
        self._path = _path(project, number)
        self._is_begun = bool(project.pass_records(number))

    @property
    def is_due(self) -> bool:
        """Whether it is still to be done before the pass begins."""
        return self._edit.learns and not self._path.exists()

    def learn(self, models: Models) -> Iterator[tuple[int, int]]:
        """Learn, if it is due, for this pass and for others of its step that would learn the same.

        Yields (steps done, in all). Broken off, it leaves nothing.

        Raises:
            InputError: the tracker cannot learn.
            ProjectError: what was learned is gone, though masks were made with it, or the disk is full.
        """
        if not self.is_due:
            return
        if self._is_begun:
            raise ProjectError(
                f"{self._path} is gone, with which this pass was begun: undo the step and track again"
            )
        pupil = _adaptable(models, models.new_propagator())
        frames = known_frames(self._project, self._edit)
        learned: dict[str, NDArray[Any]] = yield from pupil.learn(self._shown(frames), _SEED)
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, made_by=np.array(_MADE_BY), **learned)
        for number in self._project.unfinished_passes():
            edit, path = self._project.state.passes[number], _path(self._project, number)
            is_alike = edit.learns and edit.object_ids == self._edit.object_ids
            if is_alike and not path.exists() and known_frames(self._project, edit) == frames:
                _write(path, content.getvalue())

    def apply(self, models: Models, propagator: Propagator) -> None:
        """Let a propagator track with what was learned for the pass; does nothing where nothing was."""
        if self._edit.learns:
            _adaptable(models, propagator).adapt(self._learned())

    @property
    def note(self) -> str:
        """What to know of it in one line; empty = nothing."""
        learned = {name.rpartition("/")[2].partition(".")[0] for name in self._learned()}
        others = [
            f"{own} ({self._project.state.objects[own]})"
            for own in self._edit.object_ids
            if str(own) not in learned and own in self._project.state.objects
        ]
        if not others:
            return ""
        return (
            f"nothing was learned about object {', '.join(others)}: it takes two frames on which a person "
            "has said what it is, and that the one is told better with what the other teaches"
        )

    def _learned(self) -> Mapping[str, NDArray[Any]]:
        try:
            return read_snapshot(self._path, _MADE_BY)
        except TrackerError as error:
            raise ProjectError(
                f"{self._path} cannot be read, with which this pass was begun: undo the step and track again"
            ) from error

    def _shown(self, frames: Sequence[FrameIndex]) -> list[KnownFrame]:
        shown = []
        for frame in frames:
            masks = {own: self._project.stored_mask(frame, own) for own in self._edit.object_ids}
            given = {own for own in masks if frame in self._project.state.frames_known(own)}
            label_map = paste(np.zeros(self._project.size, np.uint8), masks)
            shown.append(KnownFrame(self._video.frame(frame), label_map, frozenset(given)))
        return shown


def known_frames(project: Project, edit: Propagate) -> tuple[FrameIndex, ...]:
    """The known frames that a pass learns from: those among its own, else those that lie nearest to it."""
    span = range(min(edit.start, edit.stop), max(edit.start, edit.stop) + 1)
    known = frozenset[FrameIndex]().union(*(project.state.frames_known(own) for own in edit.object_ids))
    inside = [frame for frame in known if frame in span]
    if len(inside) >= MOST_KNOWN:
        return evenly_spaced(inside, edit, MOST_KNOWN)
    near = sorted(
        known - {*inside}, key=lambda frame: (min(abs(frame - end) for end in (span[0], span[-1])), frame)
    )
    return tuple(sorted([*inside, *near[: MOST_KNOWN - len(inside)]]))


def _adaptable(models: Models, propagator: Propagator) -> Adaptable:
    if isinstance(propagator, Adaptable):
        return propagator
    raise InputError(
        f"the tracker {models.tracker} cannot learn from corrections: choose --tracker xmem-light, or track "
        "without learning"
    )


def _path(project: Project, number: int) -> Path:
    return project.folder / "learned" / f"{number:04d}.npz"


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        write_durably(path, content)
    except OSError as error:
        raise unwritable(path, error) from error
