"""Ending what projects do, so that nobody waits for somebody else's frame in hand."""

import threading
import time
from collections.abc import Callable

from track_anything.ui.open_project import OpenProject


class Closer:
    """Closes projects, each on a thread of its own: jobs end after the item in hand, however long that is."""

    def __init__(self) -> None:
        self._ending: dict[threading.Event, tuple[str, OpenProject | None]] = {}
        self._lock = threading.Lock()

    @property
    def busy(self) -> int:
        """Projects whose jobs have not ended yet."""
        with self._lock:
            return sum(project is not None and project.is_busy for _, project in self._ending.values())

    def of(self, project_id: str) -> threading.Event | None:
        """Set when all that is ending of a project has ended; None when nothing is."""
        with self._lock:
            events = [event for event, (ending, _) in self._ending.items() if ending == project_id]
        return events[-1] if events else None

    def close(
        self, project_id: str, project: OpenProject | None, then: Callable[[], None] | None = None
    ) -> threading.Event:
        """Begin to close a project that nobody finds any more.

        Args:
            project_id: which.
            project: None = it was not open.
            then: called when it is closed, and also what was ending of it before.

        Returns:
            Set when all is done.
        """
        before, done = self.of(project_id), threading.Event()
        with self._lock:
            self._ending[done] = project_id, project

        def end() -> None:
            try:
                if before is not None:
                    before.wait()
                if project is not None:
                    project.close()
                if then is not None:
                    then()
            finally:
                with self._lock:
                    del self._ending[done]
                done.set()

        threading.Thread(target=end, name="closing", daemon=True).start()
        return done

    def wait(self, patience: float) -> bool:
        """Wait until everything is closed, at most so many seconds; whether it is."""
        deadline = time.monotonic() + patience
        with self._lock:
            events = list(self._ending)
        return all(event.wait(max(0.0, deadline - time.monotonic())) for event in events)
