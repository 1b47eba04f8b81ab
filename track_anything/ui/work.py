"""What a job of the editor does, stage by stage, and how far each stage is."""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import NamedTuple


class Count(NamedTuple):
    """How far work is that counts for itself."""

    done: int
    total: int | None


class _Stopped(Exception):  # noqa: N818 - no error: the way out of work that is no longer wanted
    """Raised inside of a progress callback to end the work that calls it."""


@dataclass(frozen=True)
class Stage:
    """One stage of a work.

    Attributes:
        name: shown to people, through the page's texts.
        items: iterating does the work; an item that is a ``Count`` says how far it is.
        total: how many items there will be, None = not known.
    """

    name: str
    items: Iterable[object]
    total: int | None = None


class Work:
    """Stages one after the other, as one iterable for a ``Job``; iterate once.

    Args:
        stages: made one by one, each when the one before it is done.

    Attributes:
        stage: name of the stage in hand.
        done: items of that stage that are done.
        total: items of that stage, or None.
        rate: items per second of that stage, pauses not counted; 0 before the first.
    """

    def __init__(self, stages: Iterable[Stage]) -> None:
        self._stages = stages
        self.stage = ""
        self.done = 0
        self.total: int | None = None
        self.rate = 0.0

    @property
    def eta(self) -> float | None:
        """Seconds left of the stage at its present rate, or None when that is not known."""
        return (self.total - self.done) / self.rate if self.total is not None and self.rate else None

    def __iter__(self) -> Iterator[object]:
        for stage in self._stages:
            self._begin(stage.name, stage.total)
            items = iter(stage.items)
            try:
                yield from self._counted(items)
            finally:
                if isinstance(items, Generator):
                    items.close()

    def _counted(self, items: Iterator[object]) -> Iterator[object]:
        seconds = 0.0
        while True:
            began = time.monotonic()
            try:
                item = next(items)
            except StopIteration:
                return
            seconds += time.monotonic() - began
            self.done, self.total = item if isinstance(item, Count) else (self.done + 1, self.total)
            self.rate = self.done / seconds if seconds else 0.0
            yield item

    def _begin(self, name: str, total: int | None) -> None:
        self.stage, self.done, self.total, self.rate = name, 0, total, 0.0


def checked(items: Iterable[object], check: Callable[[], None]) -> Iterator[object]:
    """Items of work, after each of which ``check`` may raise to end it."""
    iterator = iter(items)
    try:
        for item in iterator:
            check()
            yield item
    finally:
        if isinstance(iterator, Generator):
            iterator.close()


def number_after(last: int = 0) -> int:
    """A number for the next work, above those of a server that was restarted: the time in milliseconds."""
    return max(time.time_ns() // 1_000_000, last + 1)


def steps(call: Callable[[Callable[[int, int | None], None]], object]) -> Iterator[Count]:
    """Work that reports through a callback, as an iterator: not asking for the next item pauses it.

    Args:
        call: does the work on a thread of its own; it is handed the callback.

    Raises:
        Exception: what the work raised.
    """
    reports: SimpleQueue[Count | None] = SimpleQueue()  # None = the work has ended
    may_go_on = threading.Semaphore(0)
    stopped = threading.Event()
    outcome: Future[object] = Future()

    def report(done: int, total: int | None) -> None:
        if not stopped.is_set():  # afterwards nobody asks any more, so cleaning up must not wait for it
            reports.put(Count(done, total))
            may_go_on.acquire()
        if stopped.is_set():
            raise _Stopped

    def work() -> None:
        try:
            outcome.set_result(call(report))
        except BaseException as error:  # noqa: BLE001 - handed to whoever iterates
            outcome.set_exception(error)
        reports.put(None)

    thread = threading.Thread(target=work, name="steps", daemon=True)
    thread.start()
    try:
        while (count := reports.get()) is not None:
            yield count
            may_go_on.release()
    except GeneratorExit:
        stopped.set()
        may_go_on.release()
        thread.join()
        raise
    outcome.result()
