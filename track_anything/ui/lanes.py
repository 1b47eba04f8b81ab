"""The lanes of the timeline as bytes: how every mask stands, three bytes per object and frame."""

import base64
from typing import Any

import numpy as np

from track_anything.report import MaskReport, MaskStatus
from track_anything.session import Session
from track_anything.types import ObjectId
from track_anything.ui.changes import Change

STATUS_CODES = {
    MaskStatus.UNTRACKED: 0,
    MaskStatus.KNOWN: 1,
    MaskStatus.TRACKED: 2,
    MaskStatus.ABSENT: 3,
    MaskStatus.STALE: 4,
}
NO_CONFIDENCE = 255
_CERTAIN = 254
DRIFT, REFINED, PROMPT, LOCK = 1, 2, 4, 8


def lanes(session: Session, change: Change) -> dict[str, Any]:
    """The part of the lanes that a change is about, as JSON values.

    Returns:
        ``start`` and ``stop`` of its frames, and per object id base64 of one byte per frame: ``status`` (a
        value of ``STATUS_CODES``), ``confidence`` (0 to 254, 255 = none) and ``marks`` (a sum of ``DRIFT``,
        ``REFINED``, ``PROMPT`` and ``LOCK``).
    """
    present = session.project.state.objects
    object_ids = [o for o in present if change.objects is None or o in change.objects]
    frames = change.frames
    rows = {o: np.zeros((3, len(frames)), np.uint8) for o in object_ids}  # status, confidence, marks
    if object_ids:
        for line in session.report(frames, object_ids):
            rows[line.object_id][:, line.frame - frames.start] = _column(session, line)
    return {"start": frames.start, "stop": frames.stop, "rows": {o: _row(row) for o, row in rows.items()}}


def _column(session: Session, line: MaskReport) -> tuple[int, int, int]:
    confidence = NO_CONFIDENCE if line.confidence is None else round(line.confidence * _CERTAIN)
    marks = (DRIFT if line.reason else 0) | (REFINED if line.is_refined else 0)
    if line.status is MaskStatus.KNOWN:
        marks |= _mark_of_known(session, line.frame, line.object_id)
    return STATUS_CODES[line.status], confidence, marks


def _mark_of_known(session: Session, frame: int, object_id: ObjectId) -> int:
    """A prompt shows as such; painted, imported, cleared and locked masks show as locks."""
    given = session.project.given(frame, object_id)
    return PROMPT if given is not None and (given.points or given.box) else LOCK


def _row(row: "np.ndarray[Any, np.dtype[np.uint8]]") -> dict[str, str]:
    encoded = (base64.b64encode(part.tobytes()).decode() for part in row)
    return dict(zip(("status", "confidence", "marks"), encoded, strict=True))
