"""What the command line shows while it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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

from track_anything.jobs import Job

_LOOK_INTERVAL = 0.1  # seconds between two looks at a job

errors = Console(stderr=True, highlight=False, soft_wrap=True)
output = Console(highlight=False, soft_wrap=True)


class _RateColumn(ProgressColumn):
    """Frames per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f} fps" if task.speed else "", style="progress.data.speed")


def run_job(job: Job) -> None:
    """Run a job to its end under a progress bar.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the job was cancelled after the frame in hand and has ended.
        Exception: what the job raised.
    """
    with _frame_progress() as progress:
        task = progress.add_task(job.name, total=job.progress.total)
        job.start()
        try:
            while not job.wait(_LOOK_INTERVAL):
                progress.update(task, completed=job.progress.done)
        except KeyboardInterrupt:
            progress.update(task, description=f"{job.name} (stopping after this frame)")
            job.cancel()
            job.wait()
            raise
        progress.update(task, completed=job.progress.done)
    job.result()


@contextmanager
def frame_progress(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar for frames; yields what is to be called with (done, total or None)."""
    with _frame_progress() as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def byte_progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar for bytes, shown from the first call of what it yields: (done, total)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors) as progress:
        task = progress.add_task(name, total=None, visible=False)
        yield lambda done, total: progress.update(task, completed=done, total=total, visible=True)


def _frame_progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
        console=errors,
    )
