"""Jobs run, pause and end, and what is open is closed."""

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from track_anything.system.lifecycle import Job, JobStatus


class Gate:
    """Work whose items are let through one by one."""

    def __init__(self, items: int) -> None:
        self._items = items
        self._tokens = threading.Semaphore(0)
        self.yielded = threading.Semaphore(0)
        self.was_closed = threading.Event()

    def let_through(self, items: int = 1) -> None:
        self._tokens.release(items)

    def __iter__(self) -> Iterator[int]:
        try:
            for item in range(self._items):
                self._tokens.acquire()
                self.yielded.release()
                yield item
        except GeneratorExit:
            self.was_closed.set()
            raise


def test_a_job_runs_to_its_end_without_a_watcher() -> None:
    job = Job(iter(range(5)), total=5).start()
    assert job.wait(timeout=10)
    progress = job.progress
    assert (progress.done, progress.total, progress.status) == (5, 5, JobStatus.DONE)
    assert progress.eta == 0
    job.result()


def test_progress_knows_no_eta_before_the_first_item() -> None:
    job = Job(Gate(2), total=2)
    assert job.progress.eta is None
    assert job.progress.status is JobStatus.READY


def test_cancelling_ends_after_the_item_in_hand_and_closes_the_work() -> None:
    gate = Gate(100)
    job = Job(gate, total=100).start()
    gate.let_through()
    assert gate.yielded.acquire(timeout=10)
    job.cancel()
    gate.let_through()
    assert job.wait(timeout=10)
    assert job.progress.status is JobStatus.CANCELLED
    assert job.progress.done <= 2
    assert gate.was_closed.is_set()
    assert job.has_ended


def test_a_paused_job_holds_until_it_is_resumed() -> None:
    gate = Gate(3)
    gate.let_through(3)
    job = Job(gate, total=3)
    job.pause()
    job.start()
    assert not job.wait(timeout=0.1)
    assert job.progress.status is JobStatus.PAUSED
    assert job.progress.done == 0
    job.resume()
    assert job.wait(timeout=10)
    assert job.progress.done == 3


def test_a_resumed_job_says_at_once_that_it_runs() -> None:
    gate = Gate(3)
    job = Job(gate, total=3).start()
    job.pause()
    gate.let_through(2)
    while job.progress.status is not JobStatus.PAUSED:
        time.sleep(0.001)
    job.resume()
    assert job.progress.status is JobStatus.RUNNING
    gate.let_through()
    assert job.wait(timeout=10)


def test_what_waits_for_the_item_in_hand_is_told() -> None:
    gate = Gate(4)
    job = Job(gate, total=4).start()
    assert job.asked_for is None
    gate.let_through()
    assert gate.yielded.acquire(timeout=10)
    while job.progress.done < 1:
        time.sleep(0.001)
    job.pause()
    assert (job.progress.status, job.asked_for) == (JobStatus.RUNNING, JobStatus.PAUSED)
    job.resume()
    assert job.asked_for is None
    job.cancel()
    assert job.asked_for is JobStatus.CANCELLED
    gate.let_through()
    assert job.wait(timeout=10)
    assert job.asked_for is None


def test_a_paused_job_can_be_cancelled() -> None:
    job = Job(iter(range(3)), total=3)
    job.pause()
    job.start()
    job.cancel()
    assert job.wait(timeout=10)
    assert job.progress.status is JobStatus.CANCELLED


def test_a_cancelled_job_ends_though_it_is_paused_before_it_looks() -> None:
    gate = Gate(100)
    job = Job(gate, total=100).start()
    job.cancel()
    job.pause()
    gate.let_through()
    assert job.wait(timeout=10)
    assert job.progress.status is JobStatus.CANCELLED


def test_a_failure_reaches_who_asks_for_the_result() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise OSError("disk on fire")

    job = Job(work(), total=2).start()
    with pytest.raises(OSError, match="disk on fire"):
        job.result()
    assert job.progress.status is JobStatus.FAILED
    assert job.progress.done == 1


def test_an_interrupted_wait_does_not_take_a_running_job_for_ended() -> None:
    gate = Gate(2)
    job = Job(gate, total=2).start()
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    main_thread = threading.main_thread().ident
    interruption = threading.Timer(0.1, signal.pthread_kill, [main_thread, signal.SIGINT])
    try:
        interruption.start()
        with pytest.raises(KeyboardInterrupt):
            job.wait(timeout=10)
    finally:
        interruption.join()
        signal.signal(signal.SIGINT, earlier)
    assert not job.wait(timeout=0.05)
    gate.let_through(2)
    assert job.wait(timeout=10)
