"""Objects arrive in groups and leave them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracker.objects import ObjectGroups, objects_on


@given(st.lists(st.integers(0, 255), min_size=1, max_size=6))
def test_a_label_map_tells_its_objects(labels: list[int]) -> None:
    assert objects_on(np.array(labels, np.uint8)[None]) == {*labels} - {0}


def _groups(*arrivals: list[int]) -> ObjectGroups:
    groups = ObjectGroups()
    for object_ids in arrivals:
        groups.admit(object_ids)
    return groups


def test_objects_that_arrive_together_share_a_group() -> None:
    groups = _groups([4, 2], [2, 4, 1])

    assert groups.numbers == (0, 1)
    assert groups.members(0) == (4, 2)
    assert groups.members(1) == (1,)
    assert groups.group_of(1) == 1
    assert groups.object_ids == (1, 2, 4)
    assert (groups.oldest, groups.newest) == (0, 1)


def test_nobody_new_makes_no_group() -> None:
    assert _groups([1], [1]).numbers == (0,)
    assert not _groups([])


def test_a_group_without_objects_ceases_and_its_number_is_not_used_again() -> None:
    groups = _groups([1], [2], [3])
    groups.remove(2)
    groups.remove(3)
    groups.admit([2])

    assert groups.numbers == (0, 3)
    assert groups.older_than(3) == 0
    assert groups.older_than(0) == -1
    assert 3 not in groups


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=40))
def test_the_state_restores_the_groups(operations: list[tuple[bool, int]]) -> None:
    groups = ObjectGroups()
    for arrives, object_id in operations:
        if arrives:
            groups.admit([object_id])
        elif object_id in groups:
            groups.remove(object_id)
    restored = ObjectGroups()

    restored.load_state(groups.state(), groups.next_number)

    assert restored.state() == groups.state()
    assert restored.next_number == groups.next_number
    assert restored.object_ids == groups.object_ids
