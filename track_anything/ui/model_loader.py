"""The networks of the server, loaded once, while people already look at their video."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias

from track_anything.models import FetchProgress, Models

LoadModels: TypeAlias = Callable[[FetchProgress], Models]
"""Loads the networks, calling what it is given with (bytes done, bytes in all) while weights are fetched."""


class ModelLoader:
    """Loads the networks on a thread of its own; who needs them waits. A failed attempt may be repeated.

    Args:
        load: does it.
    """

    def __init__(self, load: LoadModels) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="models")
        self._lock = threading.Lock()
        self._models: Future[Models] | None = None
        self._fetched = (0, 0)

    @property
    def ready(self) -> Models | None:
        """The networks, if they are loaded."""
        models = self._models
        return models.result() if models and models.done() and not models.exception() else None

    def begin(self) -> Future[Models]:
        """Start loading, unless that has been done and has not failed."""
        with self._lock:
            has_failed = self._models is not None and self._models.done() and self._models.exception()
            if self._models is None or has_failed:
                self._models = self._thread.submit(self._load, self._note)
            return self._models

    def get(self) -> Models:
        """The networks; waits for them.

        Raises:
            WeightsError: they cannot be had.
            DeviceError: the device cannot be used.
        """
        return self.begin().result()

    def describe(self) -> dict[str, Any]:
        """How far it is, as JSON values."""
        models, (done, total) = self._models, self._fetched
        error = models.exception() if models and models.done() else None
        if models is None:
            status = "idle"
        elif not models.done():
            status = "loading"
        else:
            status = "failed" if error else "ready"
        return {"status": status, "done": done, "total": total, "message": str(error or "")}

    def _note(self, done: int, total: int) -> None:
        self._fetched = done, total
