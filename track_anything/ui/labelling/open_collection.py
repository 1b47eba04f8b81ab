"""A collection that the server was started with: who may see it, and what is told of it."""

import hashlib
import secrets
import threading
from collections.abc import Collection as Names
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from track_anything.collection.desk import Collection, CollectionVideo, Standing, VideoState
from track_anything.collection.desk.reviewing import review_project
from track_anything.masks.data_sets import FORMATS
from track_anything.system.files import make_folder, unwritable
from track_anything.types import FrameIndex
from track_anything.ui.desk import Desk
from track_anything.ui.labelling.comparison import Comparison
from track_anything.ui.labelling.data_sets import DataSets
from track_anything.ui.labelling.kept_standings import KeptStandings
from track_anything.ui.labelling.label_classes import LabelClasses
from track_anything.ui.labelling.run_ahead import RunAhead
from track_anything.ui.open_project import OpenProject
from track_anything.ui.placeless import placeless
from track_anything.ui.recent import has_picture
from track_anything.ui.wire import json_safe
from track_anything.ui.workspace import Entry

COOKIE = "track-anything.collection"
_LINK = "collection"  # in the place of the id of a project
_TOKEN_BYTES = 16  # 128 bits
_MOST_NEXT = 100  # frames that are told
_SECONDS_TO_END = 30.0


class OpenCollection:
    """The videos of a collection, seen by whoever followed the link that the server printed.

    Args:
        collection: the videos.
        desk: opens their projects.
        other: the same videos with the projects of another labeller; None = there is none.

    Attributes:
        ahead: what is done in the background.
        classes: what objects may be.
        comparison: how far the two labellers agree.
        data_sets: what was handed out.
    """

    def __init__(self, collection: Collection, desk: Desk, other: Collection | None = None) -> None:
        self.collection = collection
        self.ahead = RunAhead(self._borrowed, lambda: desk.shelf.locator())
        self.classes = LabelClasses(collection, self._opened)
        self.comparison = Comparison(collection, other)
        self.data_sets = DataSets(collection)
        self._desk = desk
        self._lock = threading.Lock()
        self._tokens: set[str] = set()  # their hashes
        projects = {video.project.resolve(): name for name, video in collection.videos.items()}
        self._ids = {
            projects[entry.project]: entry.id for entry in desk.workspace if entry.project in projects
        }
        self._standings = KeptStandings(collection, self._opened)
        desk.admits = self._admits

    def link(self) -> str:
        """Where on the server the collection is; holds as long as the server runs, and is no token."""
        return self._desk.links.issue(_LINK)

    def follow(self, link: str, cookies: Mapping[str, str]) -> str | None:
        """The token for who follows a link: his own if he has one; None if the link is wrong."""
        if not self._desk.links.opens(_LINK, link):
            return None
        if self.is_opened_by(cookies):
            return cookies[COOKIE]
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._tokens.add(_hash(token))
        return token

    def is_opened_by(self, cookies: Mapping[str, str]) -> bool:
        """Whether a visitor shows a token for it."""
        return _hash(cookies.get(COOKIE, "")) in self._tokens

    def entry(self, name: str) -> Entry:
        """What the workspace keeps of a video, from now on; InputError when there is no such video."""
        video = self.collection.video(name)
        workspace = self._desk.workspace
        with self._lock:
            known = self._ids.get(name)
            entry = workspace.find(known) if known is not None else None
            if entry is None:
                self._desk.room.check()
                try:
                    make_folder(video.project.parent)
                except OSError as error:
                    raise unwritable(video.project.parent, error) from error
                project_id, _ = workspace.reserve()
                entry, _ = workspace.add(
                    project_id, json_safe(name), video.source.resolve(), video.project.resolve()
                )
                self._ids[name] = entry.id
            return entry

    def review(self, name: str, frames: tuple[FrameIndex, FrameIndex] | None) -> None:
        """Say that masks of a video are right; see ``review_project``."""
        live = self._opened(self.collection.video(name))
        if live is None:
            self.collection.review(name, frames)
            return
        with live.changing(None, None):
            review_project(name, live.session.project, frames)

    def track_what_is_left(self, names: Names[str]) -> list[str]:
        """Those of these videos that have objects and frames to be tracked."""
        return [
            video.name
            for video, standing in self._standings.all()
            if video.name in names and standing.state is VideoState.PROPOSED
        ]

    def describe(self) -> dict[str, Any]:
        """All that the page shows of it, as JSON values without places of this machine."""
        standings = self._standings.all()
        following = [
            each
            for _, standing in standings
            if standing.state is VideoState.IN_DOUBT
            for each in standing.next_frames
        ]
        following.sort(key=lambda each: (-each.gain, each.video, each.frame, each.object_id))
        return {
            "name": json_safe(self.collection.name),
            "videos": [self._row(video, standing) for video, standing in standings],
            "next": [
                {"video": each.video, "frame": each.frame, "object_id": each.object_id}
                for each in following[:_MOST_NEXT]
            ],
            "ahead": self.ahead.describe(),
            "classes": self.classes.describe(),
            "comparison": self._without_paths(self.comparison.describe()),
            "data_set": self._without_paths(self.data_sets.describe()),
            "files": self.data_sets.files(),
            "forms": list(FORMATS),
        }

    def without_paths(self, text: str) -> str:
        """A text for visitors: names instead of paths."""
        source = next(iter(self.collection.videos.values())).source
        return placeless(json_safe(text), self.collection.folder, source.parent, self._desk.workspace.folder)

    def close(self) -> None:
        """End what is done in the background after the item in hand."""
        self.ahead.stop()
        self.ahead.wait(_SECONDS_TO_END)
        self.data_sets.wait(_SECONDS_TO_END)
        self.comparison.wait(_SECONDS_TO_END)

    def _row(self, video: CollectionVideo, standing: Standing) -> dict[str, Any]:
        known = self._ids.get(video.name)
        entry = self._desk.workspace.find(known) if known is not None else None
        fault = self.ahead.faults.get(video.name) or self._standings.faults.get(video.name)
        return {
            "name": video.name,
            "id": entry.id if entry is not None else None,
            "has_picture": entry is not None and has_picture(entry),
            "state": standing.state.value,
            "objects": standing.objects,
            "named": [{"id": number, "name": json_safe(name)} for number, name in standing.names.items()],
            "frames": standing.frames,
            "seconds": standing.seconds,
            "known": standing.known,
            "masks": standing.masks,
            "doubts": len(standing.next_frames),
            "fault": self.without_paths(fault) if fault else None,
        }

    def _without_paths(self, told: dict[str, Any] | None) -> dict[str, Any] | None:
        """What is told of a job, for visitors."""
        if told is not None:
            told["error"] = self.without_paths(told["error"]) if told["error"] else None
            told["notes"] = [self.without_paths(note) for note in told.get("notes", ())]
        return told

    def _opened(self, video: CollectionVideo) -> OpenProject | None:
        known = self._ids.get(video.name)
        return self._desk.opened(known) if known is not None else None

    @contextmanager
    def _borrowed(self, name: str) -> Iterator[OpenProject]:
        """The project of a video, closed behind the block unless it was open, or others ask for it meanwhile.

        Who looks at a project may ask for it less often than there is something to do in it.
        """
        entry = self.entry(name)
        was_open = self._desk.opened(entry.id) is not None
        project = self._desk.use(entry)
        asked = project.last_asked
        try:
            yield project
        finally:
            if not was_open:
                self._desk.leave(project, asked)

    def _admits(self, entry: Entry, cookies: Mapping[str, str]) -> bool:
        return entry.id in self._ids.values() and self.is_opened_by(cookies)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
