"""The lanes say what the report says, and only what changed is told."""

import base64
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.track_anything.pointing import at
from track_anything.project.claims import Claim
from track_anything.project.edits import Clear, DeleteObject, GiveMask, Lock, Merge, Propagate, Swap
from track_anything.review import MaskReport, MaskStatus
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_session
from track_anything.types import ObjectId
from track_anything.ui.changes import Change, Changes
from track_anything.ui.lanes import (
    DRIFT,
    KNOWN_ABSENT,
    LOCK,
    NO_CONFIDENCE,
    PROMPT,
    REFINED,
    STATUS_CODES,
    Lanes,
)

CLIP = MovingShapes(frame_count=10, height=20, width=30, shapes=2)
EVERYTHING = Change(1, range(10))
SIZE = (CLIP.height, CLIP.width)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Two objects: the first clicked on frame 2 and tracked, the second unknown."""
    session = fake_session(CLIP, tmp_path / "project")
    first, _second = session.add_object(), session.add_object()
    session.click(frame=2, object_id=first, **at(CLIP.centre(2)))
    session.track([first]).run()
    return session


def lanes(session: Session, change: Change) -> dict[str, Any]:
    """A part of lanes that nobody asked for before."""
    return Lanes(session, Changes(session.project.frame_count)).part(change)


def row(answer: dict[str, Any], object_id: ObjectId, part: str) -> list[int]:
    return list(base64.b64decode(answer["rows"][object_id][part]))


def test_every_object_has_a_byte_per_frame_and_part(session: Session) -> None:
    answer = lanes(session, EVERYTHING)
    assert (answer["start"], answer["stop"]) == (0, 10)
    assert list(answer["rows"]) == [1, 2]
    assert row(answer, 1, "status") == [2, 2, 1, 2, 2, 2, 2, 2, 2, 2]
    assert row(answer, 2, "status") == [0] * 10
    assert row(answer, 2, "confidence") == [NO_CONFIDENCE] * 10
    assert row(answer, 2, "marks") == [0] * 10
    assert row(answer, 1, "marks") == [0, 0, PROMPT, 0, 0, 0, 0, 0, 0, 0]
    assert row(answer, 1, "confidence")[2] == 254


def test_confidence_is_what_the_report_says(session: Session) -> None:
    shown = row(lanes(session, EVERYTHING), 1, "confidence")
    for line in session.report(objects=[1]):
        assert line.confidence is not None
        assert shown[line.frame] == round(254 * line.confidence)


def test_only_what_changed_is_told(session: Session) -> None:
    whole = lanes(session, EVERYTHING)
    part = lanes(session, Change(1, range(1, 4), frozenset({1})))
    assert (part["start"], part["stop"], list(part["rows"])) == (1, 4, [1])
    for name in ("status", "confidence", "marks"):
        assert row(part, 1, name) == row(whole, 1, name)[1:4]


def test_no_frames_and_no_objects_are_no_rows_of_bytes(session: Session) -> None:
    assert lanes(session, Change(1, range(0), frozenset())) == {"start": 0, "stop": 0, "rows": {}}
    empty = lanes(session, Change(1, range(0)))
    assert row(empty, 1, "status") == []


def test_an_object_that_is_gone_has_no_row(session: Session) -> None:
    assert lanes(session, Change(1, range(2), frozenset({2, 9})))["rows"].keys() == {2}


def test_a_project_without_objects_has_empty_lanes(tmp_path: Path) -> None:
    session = fake_session(CLIP, tmp_path / "empty")
    assert lanes(session, EVERYTHING) == {"start": 0, "stop": 10, "rows": {}}


def test_what_a_person_said_without_a_prompt_shows_as_a_lock(session: Session) -> None:
    session.give_mask(frame=0, object_id=1, mask=CLIP.label_map(0) == 1)
    session.edit(Lock(1, 3, 5))
    session.edit(Clear(1, 8, 9))
    session.project.give_mask(GiveMask(9, 1, box=(1.0, 1.0, 5.0, 5.0)), CLIP.label_map(9) == 1)
    marks = row(lanes(session, EVERYTHING), 1, "marks")
    assert marks == [LOCK, 0, PROMPT, LOCK, LOCK, 0, 0, 0, LOCK, PROMPT]


def test_an_absence_that_a_person_vouches_for_is_told_apart_from_a_mask(session: Session) -> None:
    session.edit(Clear(1, 8, 9))
    session.edit(Lock(1, 3, 5))
    statuses = row(lanes(session, EVERYTHING), 1, "status")
    assert statuses[8] == KNOWN_ABSENT
    assert statuses[3] == STATUS_CODES[MaskStatus.KNOWN]


def test_an_object_that_was_merged_away_is_absent(session: Session) -> None:
    session.edit(Merge(2, 2, 6, 1))
    answer = lanes(session, EVERYTHING)
    assert row(answer, 1, "status")[2:6] == [KNOWN_ABSENT] * 4


def test_an_absence_that_was_found_and_locked_is_one(session: Session) -> None:
    number = session.project.begin_pass(Propagate(0, 1, 1, (2,)))
    empty = np.zeros(SIZE, np.uint8)
    session.project.write_pass(number, 0, empty, {"confidence": {"2": 0.9}, "absent": [2]})
    session.edit(Lock(2, 0, 1))
    assert row(lanes(session, EVERYTHING), 2, "status")[0] == KNOWN_ABSENT


def test_marks_go_along_with_swapped_masks(session: Session) -> None:
    session.edit(Swap(1, 2, 3, 2))
    answer = lanes(session, EVERYTHING)
    assert row(answer, 1, "marks")[2] == 0
    assert row(answer, 2, "marks")[2] == PROMPT


def test_stale_masks_show_as_such(session: Session) -> None:
    session.give_mask(frame=7, object_id=1, mask=CLIP.label_map(7) == 1)
    statuses = row(lanes(session, EVERYTHING), 1, "status")
    assert statuses == [2, 2, 1, 4, 4, 4, 4, 1, 4, 4]


def test_drifted_and_refined_and_absent_masks_show_as_such(session: Session) -> None:
    project = session.project
    number = project.begin_pass(Propagate(0, 4, 1, (2,)))
    mask = np.where(CLIP.label_map(0) == 2, 2, 0).astype(np.uint8)
    refined = {"object_id": 2, "accepted": True}
    records: list[dict[str, Any]] = [
        {"confidence": {"2": 0.25}, "reasons": {"2": "colour"}},
        {"confidence": {"2": 1.0}, "firings": [refined]},
        {"confidence": {"2": 0.0}, "reasons": {"2": "size"}, "firings": [refined]},
        {"confidence": {"2": 0.5}, "absent": [2], "firings": [{**refined, "accepted": False}]},
    ]
    for frame, record in enumerate(records):
        project.write_pass(number, frame, mask, record)
    answer = lanes(session, Change(1, range(4), frozenset({2})))
    assert row(answer, 2, "marks") == [DRIFT, REFINED, DRIFT | REFINED, 0]
    assert row(answer, 2, "confidence") == [64, 254, 0, 127]
    assert row(answer, 2, "status") == [2, 2, 2, 3]


def test_every_status_has_a_code_of_its_own() -> None:
    assert STATUS_CODES.keys() == set(MaskStatus)
    assert len({*STATUS_CODES.values(), KNOWN_ABSENT}) == len(MaskStatus) + 1


def test_only_what_changed_is_asked_for_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = Changes(session.project.frame_count)
    kept = Lanes(session, changes)
    kept.part(EVERYTHING)
    asked: list[tuple[list[int], list[ObjectId]]] = []
    report = session.report

    def noted(frames: range, objects: list[ObjectId]) -> Any:
        asked.append((list(frames), list(objects)))
        return report(frames, objects)

    monkeypatch.setattr(session, "report", noted)
    kept.part(EVERYTHING)
    assert asked == []
    session.edit(Lock(1, 3, 5))
    changes.add(range(3, 5), {1})
    third = session.add_object()
    changes.add(range(0), {third})
    answer = kept.part(EVERYTHING)
    assert asked == [([3, 4], [1]), (list(range(10)), [third])]
    assert row(answer, 1, "marks")[3:5] == [LOCK, LOCK]
    assert row(answer, third, "status") == [0] * 10


@given(
    steps=st.lists(st.tuples(st.sampled_from(["lock", "clear", "give", "undo", "drop"]), st.integers(0, 9)))
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kept_lanes_are_the_lanes_whatever_happens(tmp_path: Path, steps: list[tuple[str, int]]) -> None:
    folder = tmp_path / uuid.uuid4().hex
    with fake_session(CLIP, folder) as session:
        changes = Changes(session.project.frame_count)
        kept = Lanes(session, changes)
        session.add_object()
        for kind, frame in steps:
            object_ids = list(session.project.state.objects) or [session.add_object()]
            object_id = object_ids[frame % len(object_ids)]
            if kind == "lock":
                session.edit(Lock(object_id, frame, 10))
            elif kind == "clear":
                session.edit(Clear(object_id, 0, frame + 1))
            elif kind == "give":
                session.give_mask(
                    frame=frame, object_id=session.add_object(), mask=CLIP.label_map(frame) == 1
                )
            elif kind == "undo":
                session.undo()
            else:
                session.edit(DeleteObject(object_id))
            changes.add()
            assert kept.part(EVERYTHING) == lanes(session, EVERYTHING)


class _Reporting:
    """A session that reports what it is told to, of objects that nobody gave masks."""

    def __init__(self, frame_count: int, lines: Callable[[int, ObjectId], MaskReport]) -> None:
        self.frame_count = frame_count
        self._lines = lines
        self.project = self
        self.state = self
        self.objects = {1: "one", 2: "two"}

    def report(self, frames: range, objects: list[ObjectId]) -> list[MaskReport]:
        return [self._lines(frame, object_id) for frame in frames for object_id in objects]

    def given(self, frame: int, object_id: ObjectId) -> None:
        return None

    def claim(self, frame: int, object_id: ObjectId) -> Claim:
        return Claim(((1, object_id),), is_known=True)

    @property
    def passes(self) -> dict[int, object]:
        return {}


@given(
    start=st.integers(0, 50),
    confidences=st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=20),
    status=st.sampled_from(list(MaskStatus)),
)
def test_any_confidence_survives_the_way_to_the_browser(
    start: int, confidences: list[float | None], status: MaskStatus
) -> None:
    def line(frame: int, object_id: ObjectId) -> MaskReport:
        return MaskReport(frame, object_id, status, confidences[max(frame - start, 0)])

    session: Any = _Reporting(start + len(confidences), line)
    answer = lanes(session, Change(1, range(start, start + len(confidences)), frozenset({2})))
    assert row(answer, 2, "status") == [STATUS_CODES[status]] * len(confidences)
    for byte, confidence in zip(row(answer, 2, "confidence"), confidences, strict=True):
        assert (byte == NO_CONFIDENCE) == (confidence is None)
        assert confidence is None or abs(byte / 254 - confidence) <= 0.5 / 254 + 1e-9
