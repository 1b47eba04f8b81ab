"""Which objects there are, which arrived together, and which memory elements hold values for them."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def objects_on(label_map: NDArray[np.uint8]) -> set[int]:
    """The objects on an (H, W) label map; counted, since sorting all pixels takes four times as long."""
    return {*np.flatnonzero(np.bincount(label_map.ravel())).tolist()} - {0}


class ObjectGroups:
    """The remembered objects, grouped by the frame at which they arrived.

    Groups are numbered from 0 in the order of their arrival and a number is never used twice. Every frame is
    written with all objects of its time, so an element that holds values for one group holds them for all
    older groups too: the number of the newest one says it all.
    """

    def __init__(self) -> None:
        self._members: dict[int, tuple[int, ...]] = {}  # group number -> object ids, oldest group first
        self._next_number = 0

    def __contains__(self, object_id: int) -> bool:
        return any(object_id in members for members in self._members.values())

    def __bool__(self) -> bool:
        return bool(self._members)

    @property
    def object_ids(self) -> tuple[int, ...]:
        """All objects, ascending."""
        return tuple(sorted(object_id for members in self._members.values() for object_id in members))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The groups, oldest first."""
        return tuple(self._members)

    @property
    def next_number(self) -> int:
        """The number of the group that arrives next; elements may still bear those of groups that ceased."""
        return self._next_number

    @property
    def oldest(self) -> int:
        """The group that every element holds values for."""
        return next(iter(self._members))

    @property
    def newest(self) -> int:
        """The group that arrived last."""
        return next(reversed(self._members))

    def members(self, number: int) -> tuple[int, ...]:
        """The objects of one group."""
        return self._members[number]

    def group_of(self, object_id: int) -> int:
        """The group of one object."""
        return next(number for number, members in self._members.items() if object_id in members)

    def older_than(self, number: int) -> int:
        """The next older group; -1 for the oldest."""
        return max((other for other in self._members if other < number), default=-1)

    def admit(self, object_ids: Iterable[int], *, apart: bool = False) -> None:
        """Make one new group of those objects that are in none; no group when there are none.

        Args:
            object_ids: the objects of a frame.
            apart: make a group of each instead, for objects that read memory each in a way of its own.
        """
        arrived = tuple(object_id for object_id in object_ids if object_id not in self)
        groups = [(each,) for each in arrived] if apart else [arrived]
        for members in filter(None, groups):
            self._members[self._next_number] = members
            self._next_number += 1

    def remove(self, object_id: int) -> None:
        """Take an object out of its group; a group without objects ceases."""
        number = self.group_of(object_id)
        remaining = tuple(other for other in self._members[number] if other != object_id)
        if remaining:
            self._members[number] = remaining
        else:
            del self._members[number]

    def state(self) -> tuple[tuple[int, int], ...]:
        """(group number, object id) pairs, oldest group first."""
        return tuple(
            (number, object_id) for number, members in self._members.items() for object_id in members
        )

    def load_state(self, pairs: Iterable[tuple[int, int]], next_number: int) -> None:
        """Replace the groups by a ``state``; numbering goes on where the saved groups would have gone on."""
        self._members = {}
        for number, object_id in pairs:
            self._members[number] = (*self._members.get(number, ()), object_id)
        self._next_number = next_number
