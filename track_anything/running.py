"""Work that is done by iterating over it: whoever stops iterating pauses it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator


class Running(ABC):
    """The ``run`` of whatever works as it is iterated over."""

    @abstractmethod
    def __iter__(self) -> Iterator[object]:
        """Do the work, an item at a time."""

    def run(self) -> None:
        """Do it to its end."""
        for _ in self:
            continue
