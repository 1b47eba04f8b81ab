"""Work in stages, counted stage by stage."""

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.system.lifecycle import Job, JobStatus
from track_anything.ui.work import Count, Stage, Work, steps

Report = Callable[[int, int | None], None]


def alive() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "steps"]


def pace(work: Work) -> tuple[float, float | None]:
    return work.rate, work.eta


# Stages


@given(st.lists(st.lists(st.integers(), max_size=4), max_size=4))
def test_the_items_of_all_stages_come_in_order(stages: list[list[int]]) -> None:
    work = Work(Stage(str(number), items) for number, items in enumerate(stages))
    assert list(work) == [item for items in stages for item in items]


def test_each_stage_counts_for_itself() -> None:
    work = Work([Stage("one", "ab", 2), Stage("two", [Count(5, 10), Count(7, None)], 3), Stage("three", "x")])
    assert (work.stage, work.done, work.total) == ("", 0, None)
    seen = [(work.stage, work.done, work.total) for _ in work]
    assert seen == [("one", 1, 2), ("one", 2, 2), ("two", 5, 10), ("two", 7, None), ("three", 1, None)]


def test_a_stage_is_made_when_the_one_before_it_is_done() -> None:
    told: list[str] = []

    def items(name: str) -> Iterator[str]:
        yield name
        told.append(f"{name} is done")

    def stages() -> Iterator[Stage]:
        for name in ("one", "two"):
            told.append(f"{name} is made")
            yield Stage(name, items(name))

    list(Work(stages()))
    assert told == ["one is made", "one is done", "two is made", "two is done"]


def test_the_time_left_is_known_from_the_rate_and_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def items(count: int) -> Iterator[int]:
        nonlocal now
        for item in range(count):
            now += 2
            yield item

    monkeypatch.setattr("time.monotonic", lambda: now)
    work = Work([Stage("slow", items(4), 4), Stage("endless", items(1))])
    assert pace(work) == (0, None)
    iterator = iter(work)
    next(iterator)
    assert pace(work) == (0.5, 6)
    now += 1000  # a pause between two items
    next(iterator)
    assert pace(work) == (0.5, 4)
    next(iterator)
    next(iterator)
    assert pace(work) == (0.5, 0)
    next(iterator)
    assert pace(work) == (0.5, None)


def test_a_stage_that_takes_no_time_has_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 7.0)
    work = Work([Stage("fast", "ab", 2)])
    next(iter(work))
    assert pace(work) == (0, None)


def test_a_failing_stage_ends_the_work_and_says_where_it_was() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the disk is full")

    work = Work([Stage("packing", items(), 2), Stage("never", "x")])
    job = Job(work, total=0).start()
    with pytest.raises(ValueError, match="the disk is full"):
        job.result()
    assert (job.progress.status, work.stage, work.done, work.total) == (JobStatus.FAILED, "packing", 1, 2)


def test_cancelled_work_is_closed_and_later_stages_never_begin() -> None:
    told: list[str] = []

    def items() -> Iterator[int]:
        try:
            yield from range(3)
        finally:
            told.append("closed")

    def stages() -> Iterator[Stage]:
        yield Stage("one", items())
        told.append("the next stage was made")

    iterator = iter(Work(stages()))
    next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator, as Job closes it
    assert told == ["closed"]


# Work that reports through a callback


def counting(report: Report) -> None:
    for done in (1, 2, 3):
        report(done, 3)


def test_reports_become_counts() -> None:
    assert list(steps(counting)) == [Count(1, 3), Count(2, 3), Count(3, 3)]
    assert list(steps(lambda report: report(4, None))) == [Count(4, None)]
    assert list(steps(lambda report: None)) == []


def test_nothing_is_done_before_somebody_asks() -> None:
    begun: list[Report] = []
    iterator = steps(begun.append)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    assert begun == []


def test_who_does_not_ask_on_holds_the_work() -> None:
    done: list[int] = []
    second = threading.Event()

    def call(report: Report) -> None:
        for number in range(3):
            done.append(number)
            if number == 1:
                second.set()
            report(number, None)

    iterator = steps(call)
    next(iterator)
    assert not second.wait(0.05)
    assert done == [0]
    next(iterator)
    assert done == [0, 1]
    assert len(list(iterator)) == 1
    assert done == [0, 1, 2]


def test_what_the_work_raises_comes_out_after_its_reports() -> None:
    def call(report: Report) -> None:
        report(1, 2)
        raise OSError("unplugged")

    iterator = steps(call)
    assert next(iterator) == Count(1, 2)
    with pytest.raises(OSError, match="unplugged"):
        next(iterator)
    assert alive() == []


def test_cancelled_work_ends_at_its_next_report_and_cleans_up() -> None:
    told: list[str] = []

    def call(report: Report) -> None:
        try:
            counting(report)
            told.append("went on")
        finally:
            told.append("cleaned up")

    iterator = steps(call)
    next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    assert told == ["cleaned up"]
    assert alive() == []


def test_cancelled_work_that_reports_while_it_cleans_up_ends_all_the_same() -> None:
    def call(report: Report) -> None:
        try:
            report(1, 2)
        finally:
            report(2, 2)

    iterator = steps(call)
    next(iterator)
    closing = threading.Thread(target=iterator.close, daemon=True)  # type: ignore[attr-defined]  # a generator
    closing.start()
    closing.join(5)
    assert not closing.is_alive()
    assert alive() == []


def test_a_job_on_reporting_work_is_paused_and_cancelled_between_reports() -> None:
    held = threading.Event()
    numbers: list[int] = []

    def call(report: Report) -> None:
        for number in range(1, 1000):
            numbers.append(number)
            if number == 3:
                job.cancel()
            report(number, 999)
            held.set()

    work = Work([Stage("reading", steps(call))])
    job = Job(work, total=0)
    job.start()
    assert job.wait(5)
    assert held.is_set()
    assert job.progress.status is JobStatus.CANCELLED
    assert numbers == [1, 2, 3]
    assert (work.stage, work.done, work.total) == ("reading", 3, 999)
    assert alive() == []
