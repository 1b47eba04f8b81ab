"""Networks, loaded once, while people already look at their video."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import asdict
from typing import Any, TypeAlias

from track_anything.models import Models
from track_anything.types import OnProgress
from track_anything.ui.model_choice import ModelChoice
from track_anything.ui.placeless import placeless
from track_anything.ui.work import Count

LoadModels: TypeAlias = Callable[[OnProgress], Models]
"""Loads the networks, calling what it is given with (bytes done, bytes in all) while weights are fetched."""

_LOOK_INTERVAL = 0.1  # seconds


class ModelLoader:
    """Loads the networks on a thread of its own; who needs them waits. A failed attempt may be repeated.

    Args:
        load: does it.
        chosen: what that loads; None = nothing can be chosen.

    Attributes:
        chosen: what is loaded, or will be; None = nothing can be chosen.
    """

    def __init__(self, load: LoadModels, chosen: ModelChoice | None = None) -> None:
        self.chosen = chosen
        self._load = load
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
                self._models = Future()
                # A daemon: a fetch that takes half an hour does not hold up the end of the server.
                threading.Thread(target=self._run, args=[self._models], name="models", daemon=True).start()
            return self._models

    def get(self) -> Models:
        """The networks; waits for them.

        Raises:
            WeightsError: they cannot be had.
            DeviceError: the device cannot be used.
        """
        return self.begin().result()

    def waiting(self) -> Iterator[Count]:
        """Wait for the networks in small steps, so that the wait can be broken off; raises as ``get``."""
        models = self.begin()
        while not models.done():
            wait([models], _LOOK_INTERVAL)
            yield Count(0, 1)
        models.result()
        yield Count(1, 1)

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
        told = {"status": status, "done": done, "total": total, "message": placeless(str(error or ""))}
        return told | {"chosen": asdict(self.chosen) if self.chosen is not None else None}

    def _run(self, models: "Future[Models]") -> None:
        try:
            models.set_result(self._load(self._note))
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            models.set_exception(error)

    def _note(self, done: int, total: int | None) -> None:
        self._fetched = done, total or 0
