"""Actors of a Ray cluster that do rows: the same worker, on whatever machine has room for it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

from track_anything.collection.batch.hand import (
    Duty,
    HandError,
    NoRoomError,
    outcome_from_json,
    outcome_to_json,
    row_from_json,
)
from track_anything.collection.batch.outcome import Outcome
from track_anything.collection.batch.row_worker import RowWorker, Tell
from track_anything.collection.batch.settings import NetworksError
from track_anything.collection.row import Row
from track_anything.errors import InputError

_PATIENCE = 60.0  # seconds that an actor may take to find a machine and begin


class RowActor:
    """What runs on a machine of the cluster; rows and outcomes alone travel, as text.

    Args:
        duty: as ``Duty.to_json``.
    """

    def __init__(self, duty: str) -> None:
        self._worker: RowWorker = Duty.from_json(duty).worker()

    def is_ready(self) -> bool:
        """Whether it has begun."""
        return True

    def do(self, row: str, key: str) -> str:
        """Do a row, told as JSON; returns its outcome, or that there are no networks."""
        try:
            outcome = self._worker.do(row_from_json(json.loads(row)), key)
        except NetworksError as error:
            return json.dumps({"networks": str(error)})
        return json.dumps({"outcome": outcome_to_json(outcome)})


@dataclass(frozen=True)
class Cluster:
    """A Ray cluster that this process is part of.

    Attributes:
        gpus: that an actor holds, a fraction too.
    """

    gpus: float = 0.0

    @classmethod
    def join(cls, address: str, gpus: float = 0.0) -> "Cluster":
        """Become part of a cluster.

        Args:
            address: ``auto`` = the one that runs here, or else one of this machine alone; ``ray://HOST:PORT``,
                or ``HOST:PORT``.
            gpus: that an actor holds.

        Raises:
            InputError: Ray is not installed, or there is no such cluster.
        """
        if find_spec("ray") is None:
            raise InputError("a cluster needs Ray: pip install 'track-anything[ray]'")
        import ray

        if not ray.is_initialized():
            try:
                ray.init(
                    address=None if address == "auto" else address, log_to_driver=False, logging_level="error"
                )
            except (ConnectionError, ValueError, RuntimeError) as error:
                raise InputError(
                    f"no Ray cluster answers at {address} ({error!s:.200}): see that it runs there, and "
                    "where it asks for a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN to what "
                    "`ray get-auth-token` prints there"
                ) from error
        return cls(gpus)

    def new_hand(self, duty: Duty) -> "RayHand":
        """One more worker; every machine must reach the place of its duty."""
        return RayHand(self, duty)


class RayHand:
    """A ``Hand`` that is an actor of a cluster, begun with its first row and again when its machine is lost.

    Args:
        cluster: where it lives.
        duty: what it is told first.
    """

    peak = 0

    def __init__(self, cluster: Cluster, duty: Duty) -> None:
        self._cluster = cluster
        self._duty = duty
        self._actor: Any = None
        self._is_stopped = False

    def do(self, row: Row, key: str, tell: Tell) -> Outcome:
        """See ``Hand``."""
        import ray

        try:
            if self._actor is None:
                self._begin()
            told = json.loads(ray.get(self._actor.do.remote(json.dumps(asdict(row)), key)))
        except ray.exceptions.RayError as error:
            self.stop()
            raise HandError(f"its worker was lost ({type(error).__name__})") from error
        if "networks" in told:
            raise NetworksError(told["networks"])
        outcome = outcome_from_json(told["outcome"])
        tell(outcome.frames)
        return outcome

    def stop(self) -> None:
        """See ``Hand``."""
        import ray

        actor, self._actor = self._actor, None
        if actor is not None:
            ray.kill(actor)

    def close(self) -> None:
        """See ``Hand``."""
        self.stop()

    def _begin(self) -> None:
        import ray

        duty = self._duty
        remote: Callable[..., Any] = ray.remote(num_cpus=duty.settings.threads, num_gpus=self._cluster.gpus)
        self._actor = remote(RowActor).remote(duty.to_json())
        ready, _ = ray.wait([self._actor.is_ready.remote()], timeout=_PATIENCE)
        if not ready:
            self.stop()
            raise NoRoomError("the cluster has no room for it")
