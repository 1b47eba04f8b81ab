"""Which masks changed since a page last asked."""

import threading
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from track_anything.types import FrameIndex, ObjectId

_KEPT = 4096  # changes remembered; a page that missed more is told everything


@dataclass(frozen=True)
class Change:
    """Frames and objects whose masks, or standing, may be different.

    Attributes:
        revision: the project's revision after it.
        frames: the frames.
        objects: the objects, None = all.
    """

    revision: int
    frames: range
    objects: frozenset[ObjectId] | None = None

    def together(self, other: "Change") -> "Change":
        """One change that says at least what both say."""
        spans = [change.frames for change in (self, other) if len(change.frames)]
        frames = range(min(s.start for s in spans), max(s.stop for s in spans)) if spans else range(0)
        both = (self.objects, other.objects)
        objects = None if None in both else frozenset().union(*(o for o in both if o is not None))
        return Change(max(self.revision, other.revision), frames, objects)


class Changes:
    """The last changes of a project, numbered by revision; safe to use from several threads.

    Args:
        frame_count: of the video.
    """

    def __init__(self, frame_count: int) -> None:
        self._everything = range(frame_count)
        self._changes: deque[Change] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()
        self.revision = time.time_ns() // 1_000_000  # grows over reopenings, too: pages outlive them

    def add(self, frames: range | None = None, objects: Collection[ObjectId] | None = None) -> None:
        """Note that masks changed, by default everywhere and of all objects."""
        with self._lock:
            self.revision += 1
            chosen = None if objects is None else frozenset(objects)
            self._changes.append(
                Change(self.revision, self._everything if frames is None else frames, chosen)
            )

    def add_frame(self, frame: FrameIndex) -> None:
        """Note that masks of one frame changed."""
        self.add(range(frame, frame + 1))

    def since(self, revision: int) -> Change:
        """What changed after a revision, in one; all of it when that is too long ago."""
        with self._lock:
            missed = [change for change in self._changes if change.revision > revision]
            if len(missed) < self.revision - revision or revision < 1:
                return Change(self.revision, self._everything)
            merged = Change(self.revision, range(0), frozenset())
            for change in missed:
                merged = merged.together(change)
            return merged
