"""What became of a row."""

from dataclasses import dataclass
from enum import Enum


class OutcomeKind(Enum):
    """How a row ended."""

    DONE = "done"
    KEPT = "kept"  # it was done before
    FAILED = "failed"
    ELSEWHERE = "elsewhere"  # another process is at it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row.

    Attributes:
        number: of the row in its table.
        kind: how it ended.
        name: of its folder below ``rows``; empty for a row that failed before it had one.
        reason: why it failed.
        frames: that were tracked just now.
        seconds: that it took.
    """

    number: int
    kind: OutcomeKind
    name: str = ""
    reason: str = ""
    frames: int = 0
    seconds: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether there is a finished result of it."""
        return self.kind in (OutcomeKind.DONE, OutcomeKind.KEPT)
