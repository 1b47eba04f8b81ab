"""Tracking every row of a table, by any number of workers, to files that do not depend on who made them."""

from track_anything.collection.batch.batch import Batch
from track_anything.collection.batch.outcome import Outcome, OutcomeKind
from track_anything.collection.batch.settings import BatchSettings, Networks

__all__ = ["Batch", "BatchSettings", "Networks", "Outcome", "OutcomeKind"]
