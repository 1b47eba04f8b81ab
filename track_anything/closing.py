"""Things that hold something open and let it go when their ``with`` block is left."""

from types import TracebackType
from typing import Self


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
