"""Who does rows: this process, a child of it, or an actor of a cluster."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from track_anything.collection.batch.finished import Finished
from track_anything.collection.batch.outcome import Outcome, OutcomeKind
from track_anything.collection.batch.row_worker import RowWorker, Tell
from track_anything.collection.batch.settings import BatchSettings, NetworksError
from track_anything.collection.place import Place
from track_anything.collection.row import ObjectPrompt, Row
from track_anything.errors import TrackAnythingError

_HERE = Path(__file__).resolve().parents[3]  # where this package is found, installed or not


class HandError(TrackAnythingError):
    """A worker that ended before its row did."""


class NoRoomError(HandError):
    """A worker that cannot begin, since no machine has room for it."""


@dataclass(frozen=True)
class Duty:
    """What every worker of a batch is told first.

    Attributes:
        place: URL where results go.
        settings: of the batch.
        work: folder for what is not done yet, on the worker's own machine.
        trusts_sizes: see ``Finished``.
    """

    place: str
    settings: BatchSettings
    work: Path
    trusts_sizes: bool = False

    def worker(self) -> RowWorker:
        """A worker in this process."""
        finished = Finished(Place(self.place), trusts_sizes=self.trusts_sizes)
        return RowWorker(finished, self.settings, self.work)

    def to_json(self) -> str:
        """As text, for a process elsewhere."""
        told = {"place": self.place, "work": str(self.work), "trusts_sizes": self.trusts_sizes}
        return json.dumps({**told, "settings": self.settings.to_json()})

    @classmethod
    def from_json(cls, text: str) -> "Duty":
        """What ``to_json`` wrote."""
        told = json.loads(text)
        settings = BatchSettings.from_json(told["settings"])
        return cls(told["place"], settings, Path(told["work"]), told["trusts_sizes"])


class Hand(Protocol):
    """Does one row at a time, for one thread."""

    peak: int
    """Bytes of memory that it has needed so far; 0 = not known."""

    def do(self, row: Row, key: str, tell: Tell) -> Outcome:
        """Do a row; HandError when whoever does it has ended, NetworksError without networks."""
        ...

    def stop(self) -> None:
        """End it, in the middle of a row if need be; may be called from another thread than ``do``."""
        ...

    def close(self) -> None:
        """Let go of what it held, once it does nothing any more."""
        ...


NewHand = Callable[[Duty], Hand]
"""Makes a worker that is told its duty."""


class OwnHand:
    """This process itself.

    Args:
        duty: what it is told first.
    """

    peak = 0

    def __init__(self, duty: Duty) -> None:
        self._worker = duty.worker()

    def do(self, row: Row, key: str, tell: Tell) -> Outcome:
        """See ``Hand``."""
        return self._worker.do(row, key, tell)

    def stop(self) -> None:
        """It ends with the row in hand."""

    def close(self) -> None:
        """It holds nothing."""


class ChildHand:
    """A child process, begun with its first row; it ends when its parent does.

    Args:
        duty: what it is told first.
    """

    def __init__(self, duty: Duty) -> None:
        self.peak = 0
        self._duty = duty
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._changing = threading.Lock()

    def do(self, row: Row, key: str, tell: Tell) -> Outcome:
        """See ``Hand``."""
        process = self._process or self._begin()
        assert process.stdin is not None  # noqa: S101 - pipes were asked for
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps({"row": asdict(row), "key": key}).encode() + b"\n")
            process.stdin.flush()
            for line in process.stdout:
                told = json.loads(line)
                self.peak = max(self.peak, int(told.get("peak", 0)))
                if "networks" in told:
                    raise NetworksError(told["networks"])
                if "outcome" in told:
                    return outcome_from_json(told["outcome"])
                tell(int(told["frames"]))
        except (OSError, ValueError):
            pass
        raise HandError(f"its worker ended before its time ({self._how_it_ended(process)})")

    def stop(self) -> None:
        """See ``Hand``; it is not begun again."""
        with self._changing:
            self._is_stopped = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """See ``Hand``."""
        if (process := self._process) is not None:
            self._process = None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what it can no longer be told
                        pipe.close()

    def _begin(self) -> subprocess.Popen[bytes]:
        with self._changing:
            if self._is_stopped:
                raise HandError("the batch was stopped")
            self._duty.work.mkdir(parents=True, exist_ok=True)
            with (self._duty.work / "workers.log").open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "track_anything.collection.batch.child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=_environment(self._duty.settings.threads),
                )
            self._process = process
        assert process.stdin is not None  # noqa: S101
        process.stdin.write(json.dumps({"duty": self._duty.to_json()}).encode() + b"\n")
        return process

    def _how_it_ended(self, process: subprocess.Popen[bytes]) -> str:
        process.kill()
        code = process.wait()
        self.close()
        return str(signal.strsignal(-code)) if code < 0 else f"exit code {code}"


def row_from_json(told: dict[str, Any]) -> Row:
    """A row that ``asdict`` made and JSON carried."""
    row = Row(**told)
    objects = tuple(
        ObjectPrompt(
            each["name"],
            each["frame"],
            tuple(tuple(point) for point in each["clicks"]),
            tuple(tuple(point) for point in each["negative"]),
            tuple(each["box"]) if each["box"] else None,
            each["mask"],
            each["detect"],
        )
        for each in told["objects"]
    )
    return replace(row, objects=objects, frames=tuple(told["frames"]) if told["frames"] else None)


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON values."""
    return asdict(outcome) | {"kind": outcome.kind.value}


def outcome_from_json(told: dict[str, Any]) -> Outcome:
    """What ``outcome_to_json`` made."""
    return Outcome(**{**told, "kind": OutcomeKind(told["kind"])})


def _environment(threads: int) -> dict[str, str]:
    """That of this process, its modules and a fixed number of threads."""
    places = [str(_HERE), *filter(None, sys.path)]
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return (
        os.environ
        | dict.fromkeys(names, str(threads))
        | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(places))}
    )
