"""The errors that ``tracker`` raises; each message names the cause and the remedy."""


class TrackerError(ValueError):
    """Base of every error raised by ``tracker``."""


class CheckpointError(TrackerError):
    """A checkpoint that is not of a known network, or whose tensors do not fit it."""


class MemoryFullError(TrackerError):
    """The permanent memory has reached its cap; nothing was evicted and nothing was added."""


class TrainingError(TrackerError):
    """A training configuration, its data or a checkpoint of a run that cannot be used."""


class SnapshotError(TrackerError):
    """A saved memory that is not there or damaged; what it was saved from is still known."""
