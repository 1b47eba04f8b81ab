"""What the command line shows while it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from track_anything.cli.words import shown
from track_anything.system.lifecycle import Job
from track_anything.types import OnProgress

_LOOK_INTERVAL = 0.1  # seconds between two looks at a job


class _Printer(Console):
    """Prints text as it is: what people named is no markup, and cannot move the cursor."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)

    def print(self, *objects: Any, **how: Any) -> None:  # noqa: ANN401 - as in rich
        super().print(*(shown(each) if isinstance(each, str) else each for each in objects), **how)


errors = _Printer(stderr=True)
output = _Printer()


class _RateColumn(ProgressColumn):
    """How many of something per second."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        super().__init__()

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f} {self._unit}" if task.speed else "", style="progress.data.speed")


def run_job(job: Job, *, unit: str = "fps") -> None:
    """Run a job to its end under a progress bar.

    Args:
        job: not started yet.
        unit: what its speed is called.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the job was cancelled after the frame in hand and has ended.
        Exception: what the job raised.
    """
    total = job.progress.total
    with _shown_from_first_call(_count_bar(unit), job.name) as show:
        job.start()
        try:
            while not job.wait(_LOOK_INTERVAL):
                show(job.progress.done, total)
        except KeyboardInterrupt:
            job.cancel()
            job.wait()
            raise
        job.result()
        show(job.progress.done, total)


@contextmanager
def told_when_stopped(message: Callable[[], str]) -> Iterator[None]:
    """Say how to go on when Ctrl-C stops what is done inside, and stop."""
    try:
        yield
    except KeyboardInterrupt:
        errors.print(message())
        raise


@contextmanager
def frame_progress(name: str) -> Iterator[OnProgress]:
    """A progress bar for frames; yields what is to be called with (done, total or None)."""
    with _shown_from_first_call(_count_bar("fps"), name) as show:
        yield show


@contextmanager
def row_progress() -> Iterator[OnProgress]:
    """A progress bar for the rows of a batch; yields what is to be called with (done, total)."""
    with _shown_from_first_call(_count_bar("rows/s"), "batch") as show:
        yield show


@contextmanager
def byte_progress(name: str) -> Iterator[OnProgress]:
    """A progress bar for bytes; yields what is to be called with (done, total)."""
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bar = Progress(TextColumn("{task.description}"), *columns, console=errors)
    with _shown_from_first_call(bar, name) as show:
        yield show


@contextmanager
def _shown_from_first_call(bar: Progress, name: str) -> Iterator[OnProgress]:
    """Nothing is drawn for work that fails before it has begun, so that its error stands alone."""
    task = bar.add_task(name, total=None)

    def show(done: int, total: int | None) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()


def _count_bar(unit: str) -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), _RateColumn(unit), TextColumn("ETA"), TimeRemainingColumn())
    return Progress(TextColumn("{task.description}"), *columns, console=errors)
