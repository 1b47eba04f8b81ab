"""The errors that ``sam`` raises; each message names the cause and the remedy."""


class SamError(ValueError):
    """Base of every error raised by ``sam``."""


class PromptError(SamError):
    """A prompt that cannot be answered: empty, outside the image, not finite, or of the wrong shape."""


class CheckpointError(SamError):
    """A checkpoint that is not one of the known architectures, or whose tensors do not fit it."""
