"""What changed since a page asked last."""

import threading
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.ui.changes import Change, Changes

FRAMES = 20

ranges = st.tuples(st.integers(0, FRAMES), st.integers(0, FRAMES)).map(lambda ends: range(*sorted(ends)))
object_sets = st.none() | st.frozensets(st.integers(1, 5))
changes_made = st.builds(Change, st.integers(1, 9), ranges, object_sets)


def covers(change: Change, frames: range, objects: Collection[int] | None) -> bool:
    says_frames = all(frame in change.frames for frame in frames)
    return says_frames and (
        change.objects is None or (objects is not None and change.objects >= set(objects))
    )


def test_nothing_changed_at_first() -> None:
    changes = Changes(FRAMES)
    change = changes.since(changes.revision)
    assert (change.revision, len(change.frames), change.objects) == (changes.revision, 0, frozenset())


def test_a_change_is_told_to_who_asked_before_it_and_not_after() -> None:
    changes = Changes(FRAMES)
    start = changes.revision
    changes.add(range(3, 5), {2})
    assert changes.since(start) == Change(start + 1, range(3, 5), frozenset({2}))
    changes.add_frame(9)
    assert changes.since(start) == Change(start + 2, range(3, 10), None)
    assert changes.since(start + 1) == Change(start + 2, range(9, 10), None)
    assert len(changes.since(start + 2).frames) == 0


def test_unless_told_otherwise_everything_changed() -> None:
    changes = Changes(FRAMES)
    start = changes.revision
    changes.add()
    assert changes.since(start) == Change(start + 1, range(FRAMES), None)
    changes.add(objects=[1])
    assert changes.since(start + 1) == Change(start + 2, range(FRAMES), frozenset({1}))


@pytest.mark.parametrize("revision", [-5, 0, 1])
def test_a_page_that_knows_nothing_yet_is_told_everything(revision: int) -> None:
    changes = Changes(FRAMES)
    assert changes.since(revision) == Change(changes.revision, range(FRAMES), None)


def test_a_page_that_missed_too_much_is_told_everything() -> None:
    changes = Changes(FRAMES)
    start = changes.revision
    for _ in range(4096):
        changes.add(range(1), {1})
    assert changes.since(start).frames == range(1)
    changes.add(range(1), {1})
    assert changes.since(start) == Change(start + 4097, range(FRAMES), None)
    assert changes.since(start + 1).frames == range(1)


def test_a_page_of_an_earlier_opening_is_told_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_700_000_000 * 10**9
    monkeypatch.setattr("time.time_ns", lambda: now)
    earlier = Changes(FRAMES)
    for _ in range(10):
        earlier.add_frame(0)
    now += 10**9
    later = Changes(FRAMES)
    assert later.revision > earlier.revision
    assert later.since(earlier.revision) == Change(later.revision, range(FRAMES), None)


def test_a_revision_of_the_future_is_put_right() -> None:
    changes = Changes(FRAMES)
    changes.add()
    assert changes.since(changes.revision + 7).revision == changes.revision


@given(changes_made, changes_made)
def test_two_changes_together_say_at_least_what_both_say(one: Change, other: Change) -> None:
    together = one.together(other)
    assert together == other.together(one)
    assert together.revision == max(one.revision, other.revision)
    for change in (one, other):
        assert covers(together, change.frames, change.objects)


@given(st.lists(st.tuples(ranges, object_sets), max_size=12), st.integers(0, 12))
def test_no_change_is_ever_missed(made: list[tuple[range, frozenset[int] | None]], asked_after: int) -> None:
    changes = Changes(FRAMES)
    start = changes.revision
    for frames, objects in made:
        changes.add(frames, objects)
    place = min(asked_after, len(made))
    answer = changes.since(start + place)
    assert answer.revision == changes.revision == start + len(made)
    missed = made[place:]
    assert all(covers(answer, frames, objects) for frames, objects in missed)
    says_all_objects = any(objects is None for _, objects in missed)
    assert (answer.objects is None) == says_all_objects
    if not any(len(frames) for frames, _ in missed):
        assert len(answer.frames) == 0


def test_changes_of_many_threads_all_count() -> None:
    changes = Changes(FRAMES)
    start = changes.revision

    def change() -> None:
        for _ in range(200):
            changes.add(range(1), {1})

    threads = [threading.Thread(target=change) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert changes.revision == start + 1600
    assert changes.since(start) == Change(start + 1600, range(1), frozenset({1}))
