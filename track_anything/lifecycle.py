"""How work runs, by being iterated over, and lets go of what it holds, by leaving its ``with`` block."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Self


class Running(ABC):
    """The ``run`` of whatever works as it is iterated over."""

    @abstractmethod
    def __iter__(self) -> Iterator[object]:
        """Do the work, an item at a time."""

    def run(self) -> None:
        """Do it to its end."""
        for _ in self:
            continue


class Closing:
    """The context manager of whatever has a ``close``: leaving it closes it."""

    def close(self) -> None:
        """Let go of what is held open; those that hold nothing have nothing to do."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
