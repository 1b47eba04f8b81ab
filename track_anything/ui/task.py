"""What a person asked a project to do: a job with a number and a purpose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from track_anything.errors import TrackAnythingError
from track_anything.system.lifecycle import Job, JobStatus
from track_anything.ui.exports import Delivery, RemovalDelivery
from track_anything.ui.wire import json_safe
from track_anything.ui.work import Work

_SECONDS_TO_END = 10.0  # that an undo waits for the frame in hand


class NotReadyError(TrackAnythingError):
    """Something has to end before this can be done."""


@dataclass(frozen=True)
class Task:
    """A job, and all that has to be told with it; one object, so that nobody sees half of a new one.

    Attributes:
        number: higher than those of all tasks before it, also of those before the server was restarted.
        kind: what it is for: open, track, everything, import, shadow, export or removal.
        work: how far it is.
        job: does the work.
        delivery: the file that it makes; None = it makes none.
    """

    number: int
    kind: str
    work: Work
    job: Job
    delivery: Delivery | RemovalDelivery | None = None

    @property
    def is_tracking(self) -> bool:
        """Whether it tracks, and has not ended."""
        return self.kind == "track" and not self.job.has_ended

    def check_ended(self) -> None:
        """Raise NotReadyError while it is on its way, also when it is paused."""
        if not self.job.has_ended:
            raise NotReadyError(f"another job is running ({self.kind}): wait for it, or cancel it first")

    def end(self) -> None:
        """Cancel it and wait for the item in hand; NotReadyError when that takes too long."""
        self.job.cancel()
        if not self.job.wait(_SECONDS_TO_END):
            raise NotReadyError("tracking has not ended yet: wait for the frame in hand and try again")

    def describe(self, notes: Sequence[str], without_paths: Callable[[str], str]) -> dict[str, Any]:
        """How far it is, as JSON values, with what a person should know of it; no paths."""
        status = self.job.progress.status  # first: what is told with an end has to be complete
        error, delivery, asked = self.job.error, self.delivery, self.job.asked_for
        return {
            "id": self.number,
            "kind": self.kind,
            "stage": self.work.stage,
            "status": status.value,
            "asked": asked.value if asked is not None else None,
            "done": self.work.done,
            "total": self.work.total,
            "rate": self.work.rate,
            "eta": self.work.eta if status is JobStatus.RUNNING else None,
            "error": without_paths(json_safe(str(error) or repr(error))) if error is not None else None,
            "notes": [without_paths(note) for note in notes],
            "file": delivery.file.name if delivery is not None and status is JobStatus.DONE else None,
        }
