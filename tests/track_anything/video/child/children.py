"""Child processes that a test can get at."""

from pathlib import Path

from track_anything.video.child import InChild, Worker
from track_anything.video.child.worker import PATIENCE


class Children(list[Worker]):
    """All child processes of a test."""

    def start(self, source: Path, patience: float, **more: str) -> Worker:
        self.append(Worker(source, patience, **more))
        return self[-1]

    def reader(self, patience: float = PATIENCE) -> InChild:
        return InChild(patience, self.start)
