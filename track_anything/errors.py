"""The errors of the product; each message is one line that names the cause and the remedy."""

from collections.abc import Iterable


class TrackAnythingError(Exception):
    """Base of every error that a user can cause and mend."""


class InputError(TrackAnythingError):
    """Something given by the user cannot be used: a click, a frame index, a mask, an option."""


class VideoError(InputError):
    """A source that cannot be read as frames."""


class OutputError(InputError):
    """A place that cannot be written, or that holds something which would be overwritten."""


class ProjectError(TrackAnythingError):
    """A project folder that cannot be created, opened or changed."""


class WeightsError(TrackAnythingError):
    """Weights that are missing, damaged, unsafe or of another architecture."""


class DeviceError(TrackAnythingError):
    """A compute device that is not there or has run out of memory."""


def unknown(what: str, name: str, choices: Iterable[str]) -> InputError:
    """The error for a name that is none of the choices."""
    return InputError(f"unknown {what} {name!r}; choose one of {', '.join(choices)}")
