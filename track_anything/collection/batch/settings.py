"""What holds for every row of a batch."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from track_anything.errors import InputError, TrackAnythingError
from track_anything.models import Models, resolve_device
from track_anything.models.locators import LOCATORS, TextLocator

_DETECTOR = "names"
_FILES = ("weights", "tracker_weights")  # options that name files, whose content counts and not their place


class NetworksError(TrackAnythingError):
    """Networks that cannot be had, without which no row can be done."""


@dataclass(frozen=True)
class Networks:
    """How a worker gets its networks: a function by name, since it is sent to other processes.

    Attributes:
        loader: ``module:function``.
        options: what it is called with, as JSON values.
    """

    loader: str = "track_anything.models:load_models"
    options: Mapping[str, Any] = field(default_factory=dict)

    def load(self) -> Models:
        """The networks; NetworksError when they cannot be had."""
        module, _, name = self.loader.partition(":")
        files = {name: Path(self.options[name]) for name in _FILES if self.options.get(name)}
        try:
            models = getattr(import_module(module), name)(**{**self.options, **files})
        except TrackAnythingError as error:
            raise NetworksError(str(error)) from error
        if not isinstance(models, Models):
            raise NetworksError(f"{self.loader} makes no networks: give a function that returns Models")
        return models

    def load_locator(self) -> TextLocator:
        """What finds things by the names of the detector's classes; NetworksError when it cannot be had."""
        try:
            checkpoint = LOCATORS[_DETECTOR].checkpoint(None, "--locator-weights", None)
            device = resolve_device(self.options.get("device", "auto"))
            return LOCATORS.build(_DETECTOR, checkpoint, device)
        except TrackAnythingError as error:
            raise NetworksError(str(error)) from error

    def identity(self) -> dict[str, Any]:
        """What tells these networks from others, as JSON values."""
        files = {name: _sha256(Path(self.options[name])) for name in _FILES if self.options.get(name)}
        return {"loader": self.loader, **self.options, **files}


@dataclass(frozen=True)
class BatchSettings:
    """What holds for every row; all of it is in the name of what is made.

    Attributes:
        forms: of export, names in ``EXPORTERS``.
        networks: what workers think with.
        threads: of one worker. Sums of floating-point numbers depend on it in their last bit, so it is part
            of the settings and does not follow the machine.
    """

    forms: tuple[str, ...] = ("masks",)
    networks: Networks = field(default_factory=Networks)
    threads: int = 1

    def identity(self) -> dict[str, Any]:
        """What tells these settings from others, as JSON values."""
        return {"forms": list(self.forms), "networks": self.networks.identity(), "threads": self.threads}

    def to_json(self) -> str:
        """As text, for a worker elsewhere."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "BatchSettings":
        """What ``to_json`` wrote."""
        told = json.loads(text)
        return cls(tuple(told["forms"]), Networks(**told["networks"]), told["threads"])


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}): check the path of the weights"
        ) from error
