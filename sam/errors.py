"""The errors that ``sam`` raises; each message names the cause and the remedy."""


class SamError(ValueError):
    """Base of every error raised by ``sam``."""


class ImageError(SamError):
    """An array that is not an (H, W, 3) uint8 RGB image, or a mask that is not (H, W)."""


class PromptError(SamError):
    """A prompt that cannot be answered: empty, outside the image, not finite, or of the wrong shape."""


class CheckpointError(SamError):
    """A checkpoint that is not one of the known architectures, or whose tensors do not fit it."""
