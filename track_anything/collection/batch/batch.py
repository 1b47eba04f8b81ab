"""A batch about to be run: rows go to workers, outcomes come back as they are there."""

import queue
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from track_anything.collection.batch.finished import Finished
from track_anything.collection.batch.hand import (
    ChildHand,
    Duty,
    Hand,
    HandError,
    NewHand,
    NoRoomError,
    OwnHand,
)
from track_anything.collection.batch.outcome import Outcome, OutcomeKind
from track_anything.collection.batch.results import Form, write_failures, write_results
from track_anything.collection.batch.room import has_room
from track_anything.collection.batch.row_name import row_key
from track_anything.collection.batch.settings import BatchSettings
from track_anything.collection.place import WORK, Place
from track_anything.collection.row import Row
from track_anything.errors import InputError
from track_anything.system.lifecycle import Running

_LOOK_INTERVAL = 0.5  # seconds between two looks at the memory
_MOST_TRIES = 2  # for a row whose worker ended in the middle of it, as for want of memory


class Batch(Running):
    """Iterate to run it: every row of a shard once, the outcomes in the order in which they come.

    What is done already is not done again. When all rows have ended, the tables of results and failures are
    written. Leaving the iteration early ends the workers; what they have begun is gone on with next time.

    Args:
        rows: of the table, all of them.
        place: where results go, a path or URL.
        settings: what holds for every row.
        workers: processes; 0 = this process itself.
        shard: ``(i, n)``: every n-th row from the i-th on, i from 1, for one of n machines.
        retry_failed: try rows again that failed before.
        trusts_sizes: what was done before is not read to compare its hashes, sizes do.
        work: folder for what is not done yet; None = beside the results, which then must be on this machine.
        results: form of the table of all masks.
        new_hand: makes a worker of another kind, as of a cluster.

    Attributes:
        outcomes: of every row that has ended.
        frames: tracked so far, in all rows.
        notes: what to know, one line each.

    Raises:
        InputError: the shard is none, or there is no place for what is not done yet.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        place: str | Path,
        settings: BatchSettings,
        *,
        workers: int = 1,
        shard: tuple[int, int] = (1, 1),
        retry_failed: bool = False,
        trusts_sizes: bool = False,
        work: Path | None = None,
        results: Form | Literal["none"] = "csv",
        new_hand: NewHand | None = None,
    ) -> None:
        number, count = shard
        if not 1 <= number <= count:
            raise InputError(f"{number}/{count} is no shard: give 1/{count} to {count}/{count}")
        self._shard = shard
        self._rows = rows[number - 1 :: count]
        self._place = Place(place)
        self._settings = settings
        self._finished = Finished(self._place, trusts_sizes=trusts_sizes)
        self._retry_failed = retry_failed
        self._results = results
        local = self._place.local
        if work is None and local is None:
            raise InputError(f"{place} is not on this machine: say where to work by --work FOLDER")
        folder = (work or Path(local or "") / WORK).absolute()
        duty = Duty(str(local or self._place.url), settings, folder, trusts_sizes)
        make: NewHand = new_hand or (ChildHand if workers else OwnHand)
        self._new_hand = partial(make, duty)
        self._workers = max(1, workers)
        self._keeps_no_memory = new_hand is not None or workers == 0  # none of this machine's, at least
        self.outcomes: dict[int, Outcome] = {}
        self.frames = 0
        self.notes: list[str] = []

    def __len__(self) -> int:
        """Rows of the shard."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Outcome]:
        self._finished.look()
        self._identity = self._settings.identity()
        self._left: queue.SimpleQueue[tuple[Row, int] | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[Outcome | BaseException] = queue.SimpleQueue()
        self._is_stopped = threading.Event()
        self._hands: list[Hand] = []
        for row in self._rows:
            self._left.put((row, 1))
        threads = [
            threading.Thread(target=self._work, args=(place,), name=f"worker {place}", daemon=True)
            for place in range(min(self._workers, max(1, len(self._rows))))
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in self._rows:
                outcome = self._ended.get()
                if isinstance(outcome, BaseException):
                    raise outcome
                self.outcomes[outcome.number] = outcome
                yield outcome
        finally:
            self._is_stopped.set()
            for hand in list(self._hands):
                hand.stop()
            for _ in threads:
                self._left.put(None)
            for thread in threads:
                thread.join()
            for hand in self._hands:
                hand.close()
        self._write_tables()

    def _work(self, place: int) -> None:
        """What the thread of one worker does."""
        try:
            if place > 0 and not self._may_begin():
                self.notes.append(f"worker {place + 1} was not begun: there is no memory left for it")
                return
            hand = self._new_hand()
            self._hands.append(hand)
            while (asked := self._left.get()) is not None and not self._is_stopped.is_set():
                try:
                    outcome = self._settle(hand, *asked)
                except NoRoomError as error:
                    self._give_up(hand, asked, error)
                    return
                if outcome is not None:
                    self._ended.put(outcome)
        except BaseException as error:  # noqa: BLE001 - kept for the one who iterates, who raises it
            self._ended.put(error)

    def _give_up(self, hand: Hand, asked: tuple[Row, int], error: NoRoomError) -> None:
        """Leave a row to the other workers; without any, whoever iterates is told."""
        self._left.put(asked)
        self._hands.remove(hand)
        self.notes.append(f"one worker less: {error}")
        if not self._hands:
            raise error

    def _may_begin(self) -> bool:
        """Wait until the first worker has shown what one needs, and tell whether there is as much left."""
        while not self._is_stopped.is_set():
            peak = max((hand.peak for hand in self._hands), default=0)
            if peak or self.outcomes or self._keeps_no_memory:
                return has_room(peak)
            self._is_stopped.wait(_LOOK_INTERVAL)
        return True

    def _settle(self, hand: Hand, row: Row, tries: int) -> Outcome | None:
        """Do a row unless that is done or failed before; None = it was given back to be tried again."""
        key = row_key(row, self._identity)
        name = self._finished.name_of(key)
        if name is not None and self._finished.is_whole(name):
            return Outcome(row.number, OutcomeKind.KEPT, name)
        failure = None if self._retry_failed else self._finished.failure(key)
        if failure is not None:
            return Outcome(row.number, OutcomeKind.FAILED, reason=failure)
        told = 0

        def tell(frames: int) -> None:
            nonlocal told
            self.frames += frames - told
            told = frames

        try:
            outcome = hand.do(row, key, tell)
            tell(max(told, outcome.frames))
            return outcome
        except NoRoomError:
            raise
        except HandError as error:
            if tries < _MOST_TRIES and not self._is_stopped.is_set():
                self._left.put((row, tries + 1))
                return None
            if not self._is_stopped.is_set():
                self._finished.fail(key, {"id": row.id, "video": row.video, "reason": str(error)})
            return Outcome(row.number, OutcomeKind.FAILED, reason=str(error))

    @property
    def failures(self) -> str:
        """Name of the table of failures."""
        return f"failed{self._ending}.csv"

    @property
    def _ending(self) -> str:
        number, count = self._shard
        return f"-{number}-of-{count}" if count > 1 else ""

    def _write_tables(self) -> None:
        """The failures, and all masks of the rows that are done."""
        ended = [(row, self.outcomes[row.number]) for row in self._rows]
        write_failures(self._place, self.failures, ended)
        if self._results != "none":
            write_results(self._finished, f"results{self._ending}", self._results, ended)
