"""A row as a session: prompted, tracked and handed out, from where an earlier attempt was stopped."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sam.prompt import Prompt
from track_anything.collection.batch.mask_table import MASK_TABLE, write_mask_table
from track_anything.collection.row import ObjectPrompt, Row
from track_anything.errors import InputError
from track_anything.export import EXPORTERS
from track_anything.masks import read_mask
from track_anything.models import Models
from track_anything.models.locators import TextLocator
from track_anything.project import is_project
from track_anything.project.edits import SetRange
from track_anything.session import Session
from track_anything.system.lifecycle import Closing
from track_anything.tracking.plan import has_open_frames
from track_anything.types import ObjectId

_TOLD_EVERY = 8  # frames
_PLANNED = "planned"  # a file beside the project, from when all that is to be tracked is in its journal


class TrackedRow(Closing):
    """A session on the video of a row.

    Args:
        row: what is to be done.
        video: its video on this machine.
        files: the other files that the row names, on this machine, by what it calls them.
        folder: of the project; one that is there was begun by an earlier attempt.
        models: the networks, loaded when needed first.
        locator: what finds things by name, likewise.

    Raises:
        TrackAnythingError: the video cannot be read, or the prompts do not fit it.
    """

    def __init__(
        self,
        row: Row,
        video: Path,
        files: Mapping[str, Path],
        folder: Path,
        models: Callable[[], Models],
        locator: Callable[[], TextLocator],
    ) -> None:
        self._locator = locator
        self._row = row
        self._files = files
        self._session = _resumed(video, folder, models) or self._begun(video, folder, models)

    def close(self) -> None:
        """Close the session."""
        self._session.close()

    def track(self, tell: Callable[[int], None]) -> int:
        """Track what is left; returns the number of frames."""
        done = 0
        for done, _ in enumerate(self._session.unfinished(), start=1):
            if done % _TOLD_EVERY == 1:
                tell(done)
        return done

    def hand_out(self, folder: Path, forms: Sequence[str]) -> dict[str, Any]:
        """Export every form, and the table of all masks; returns what the manifest says of the row."""
        folder.mkdir(parents=True)
        for form in forms:
            self._session.export(form, folder / f"{form}{EXPORTERS[form].suffix}").run()
        write_mask_table(self._session.project, folder / MASK_TABLE)
        project = self._session.project
        return {
            "frames": project.frame_count,
            "size": [project.size[1], project.size[0]],
            "objects": {str(number): name for number, name in project.state.objects.items()},
            "in-doubt": len(self._session.frames_in_doubt()),
            "notes": self._session.notes(),
        }

    def _begun(self, video: Path, folder: Path, models: Callable[[], Models]) -> Session:
        shutil.rmtree(folder.parent, ignore_errors=True)
        session = Session.create(video, folder, models)
        try:
            if self._row.annotation:
                session.import_masks(self._files[self._row.annotation]).run()
            for each in self._row.objects:
                if each.detect:
                    self._detect(session, each)
                else:
                    _give(session, _object_of(session, each), each, self._files)
            if self._row.frames is not None:
                session.edit(SetRange(*self._row.frames))
            if has_open_frames(session.project):
                session.track(session.project.state.objects, direction=self._row.direction)
            folder.with_name(_PLANNED).touch()
        except BaseException:
            session.close()
            raise
        return session

    def _detect(self, session: Session, prompt: ObjectPrompt) -> None:
        found = session.finding.named(prompt.frame, prompt.detect, self._locator())
        if not found:
            raise InputError(f"no {prompt.detect} was found on frame {prompt.frame}: try another, or click")
        session.finding.take(found)


def _resumed(video: Path, folder: Path, models: Callable[[], Models]) -> Session | None:
    """The session of an earlier attempt that got as far as tracking; what was damaged is tracked again."""
    if not (is_project(folder) and folder.with_name(_PLANNED).exists()):
        return None
    session = Session.open(folder, models, source=video)
    session.project.look_through()
    return session


def _object_of(session: Session, prompt: ObjectPrompt) -> ObjectId:
    """The object of a name, which may be pointed at on several frames; a nameless one is another one."""
    for object_id, name in session.project.state.objects.items():
        if prompt.name and name == prompt.name:
            return object_id
    return session.add_object(prompt.name or None)


def _give(session: Session, object_id: ObjectId, prompt: ObjectPrompt, files: Mapping[str, Path]) -> None:
    if prompt.mask:
        mask = read_mask(files[prompt.mask], session.project.size)
        session.give_mask(frame=prompt.frame, object_id=object_id, mask=mask)
        return
    box = np.array(prompt.box, np.float32) if prompt.box else None  # (4,)
    has_clicks = bool(prompt.clicks or prompt.negative)
    clicks = Prompt.clicks(prompt.clicks, prompt.negative) if has_clicks else None
    asked = Prompt(box=box) if clicks is None else replace(clicks, box=box)
    session.prompting.reprompt(prompt.frame, object_id, asked)
