"""A worker more is begun only where there is memory for it."""

import pytest

from track_anything.collection.batch import room


@pytest.mark.parametrize(
    ("free", "peak", "has_room"),
    [(126, 100, True), (125, 100, False), (1, 0, True), (None, 100, True)],
)
def test_a_worker_needs_a_quarter_more_than_another_one_has(
    monkeypatch: pytest.MonkeyPatch, free: int | None, peak: int, has_room: bool
) -> None:
    monkeypatch.setattr(room, "free_memory", lambda device: free)
    assert room.has_room(peak) == has_room
