"""How work runs, by itself or as a job, and lets go of what it holds when its ``with`` block is left."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
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


class JobStatus(Enum):
    """Where a job is in its life."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        done: items finished.
        total: items in all.
        rate: items per second of running time; 0 before the first one.
        status: where the job is in its life.
    """

    done: int
    total: int
    rate: float
    status: JobStatus

    @property
    def eta(self) -> float | None:
        """Seconds left at the present rate, or None when that is not known yet."""
        return (self.total - self.done) / self.rate if self.rate else None


class Job:
    """Runs an iterable to its end on a thread of its own; what it does is what iterating does.

    Between two items it looks whether it was paused or cancelled, so both take effect within one item.

    Args:
        work: each item is one unit of progress. A generator is closed when the job is cancelled.
        total: how many items there will be.
        name: shown to people.
    """

    def __init__(self, work: Iterable[object], total: int, name: str = "job") -> None:
        self.name = name
        self.error: BaseException | None = None
        self._work = work
        self._total = total
        self._done = 0
        self._running_time = 0.0
        self._outcome: JobStatus | None = None  # how it ended
        self._is_holding = False  # it has come to a pause
        self._may_run = threading.Event()
        self._may_run.set()
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def progress(self) -> Progress:
        """How far the job is; may be asked from any thread at any time."""
        rate = self._done / self._running_time if self._running_time else 0.0
        return Progress(self._done, self._total, rate, self._status)

    @property
    def _status(self) -> JobStatus:
        if self._outcome is not None:
            return self._outcome
        if self._thread.ident is None:
            return JobStatus.READY
        # Resumed, it runs at once, though its thread may not have woken yet.
        return JobStatus.PAUSED if self._is_holding and not self._may_run.is_set() else JobStatus.RUNNING

    @property
    def asked_for(self) -> JobStatus | None:
        """PAUSED or CANCELLED while that waits for the item in hand; None = it is as it was asked to be."""
        if self._status is not JobStatus.RUNNING:
            return None
        if self._cancelled.is_set():
            return JobStatus.CANCELLED
        return None if self._may_run.is_set() else JobStatus.PAUSED

    @property
    def has_ended(self) -> bool:
        """Whether the job is done, cancelled or failed."""
        return self._outcome is not None

    def start(self) -> "Job":
        """Begin; returns the job itself."""
        self._thread.start()
        return self

    def pause(self) -> None:
        """Hold after the item in hand, unless that is the last one."""
        self._may_run.clear()
        if self._cancelled.is_set():
            self._may_run.set()

    def resume(self) -> None:
        """Go on after a pause."""
        self._may_run.set()

    def cancel(self) -> None:
        """End after the item in hand, keeping what is done."""
        self._cancelled.set()
        self._may_run.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, at most ``timeout`` seconds; True when the job has ended."""
        # Not Thread.join: interrupted by Ctrl-C, that takes a running thread for ended (Python 3.11).
        return self._ended.wait(timeout)

    def result(self) -> None:
        """Wait for the end and raise what the work raised, if it failed."""
        self.wait()
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        try:
            self._outcome = self._work_through()
        except BaseException as error:  # noqa: BLE001 - kept for the watcher, who raises it in his own thread
            self.error = error
            self._outcome = JobStatus.FAILED
        finally:
            self._ended.set()

    def _work_through(self) -> JobStatus:
        iterator = iter(self._work)
        while True:
            self._is_holding = True
            self._may_run.wait()
            self._is_holding = False
            if self._cancelled.is_set():
                if isinstance(iterator, Generator):
                    iterator.close()
                return JobStatus.CANCELLED
            began = time.monotonic()
            try:
                next(iterator)
            except StopIteration:
                return JobStatus.DONE
            self._running_time += time.monotonic() - began
            self._done += 1
