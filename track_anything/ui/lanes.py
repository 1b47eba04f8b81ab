"""The lanes of the timeline as bytes: how every mask stands, three bytes per object and frame."""

import base64
import threading
from collections.abc import Collection
from typing import Any

from track_anything.review import MaskReport, MaskStatus
from track_anything.review.report import is_known_absent
from track_anything.session import Session
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.changes import Change, Changes

STATUS_CODES = {
    MaskStatus.UNTRACKED: 0,
    MaskStatus.KNOWN: 1,
    MaskStatus.TRACKED: 2,
    MaskStatus.ABSENT: 3,
    MaskStatus.STALE: 4,
}
KNOWN_ABSENT = 5
"""The code of a known mask that is empty: a person says that the object is not there."""

NO_CONFIDENCE = 255
_CERTAIN = 254
DRIFT, REFINED, PROMPT, LOCK = 1, 2, 4, 8
_PARTS = ("status", "confidence", "marks")


class Lanes:
    """The lanes of a project; what was asked for once is kept until a change is noted. Safe to share.

    A report of 10,000 frames and 5 objects takes a good part of a second, and a page asks four times in one.

    Args:
        session: the project.
        changes: what changed in it.
    """

    def __init__(self, session: Session, changes: Changes) -> None:
        self._session = session
        self._changes = changes
        self._rows: dict[ObjectId, list[bytearray]] = {}
        self._revision = 0
        self._lock = threading.Lock()

    def part(self, change: Change) -> dict[str, Any]:
        """What a change is about, as JSON values.

        Returns:
            ``start`` and ``stop`` of its frames, and per object id base64 of one byte per frame: ``status``
            (a value of ``STATUS_CODES``, or ``KNOWN_ABSENT``), ``confidence`` (0 to 254, 255 = none) and
            ``marks`` (a sum of ``DRIFT``, ``REFINED``, ``PROMPT`` and ``LOCK``).
        """
        start, stop = change.frames.start, change.frames.stop
        with self._lock:
            self._renew()
            chosen = [o for o in self._rows if change.objects is None or o in change.objects]
            rows = {o: [lane[start:stop] for lane in self._rows[o]] for o in chosen}
        return {"start": start, "stop": stop, "rows": {o: _encoded(row) for o, row in rows.items()}}

    def _renew(self) -> None:
        present = list(self._session.project.state.objects)
        change = self._changes.since(self._revision)
        changed = {o for o in self._rows if change.objects is None or o in change.objects}
        kept = {o: self._rows[o] for o in present if o in self._rows}
        self._rows = {o: kept.get(o) or self._empty_row() for o in present}
        self._fill(change.frames, [o for o in present if o in changed])
        self._fill(range(self._session.project.frame_count), [o for o in present if o not in kept])
        self._revision = change.revision

    def _fill(self, frames: Collection[FrameIndex], object_ids: list[ObjectId]) -> None:
        if not object_ids:
            return
        for line in self._session.report(frames, object_ids):
            status, confidence, marks = self._rows[line.object_id]
            at = line.frame
            status[at], confidence[at], marks[at] = _column(self._session, line)

    def _empty_row(self) -> list[bytearray]:
        return [bytearray(self._session.project.frame_count) for _ in _PARTS]


def _column(session: Session, line: MaskReport) -> tuple[int, int, int]:
    _, _, status, trust, reason, is_refined = line
    confidence = NO_CONFIDENCE if trust is None else round(trust * _CERTAIN)
    marks = (DRIFT if reason else 0) | (REFINED if is_refined else 0)
    code = STATUS_CODES[status]
    if status is MaskStatus.KNOWN:
        marks |= _mark_of_known(session, line.frame, line.object_id)
        code = KNOWN_ABSENT if is_known_absent(session.project, line.frame, line.object_id) else code
    return code, confidence, marks


def _mark_of_known(session: Session, frame: int, object_id: ObjectId) -> int:
    """A prompt shows as such; painted, imported, cleared and locked masks show as locks."""
    given = session.project.given(frame, object_id)
    return PROMPT if given is not None and (given.points or given.box) else LOCK


def _encoded(row: list[bytearray]) -> dict[str, str]:
    return {name: base64.b64encode(lane).decode() for name, lane in zip(_PARTS, row, strict=True)}
