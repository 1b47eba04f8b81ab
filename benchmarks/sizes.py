"""The light tracker at another size than it is shipped with."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import cast

from track_anything.models import Models
from tracker.build import LIGHT_CONFIG
from tracker.propagator import Propagator


def at_internal_size(models: Models, short_side: int | None) -> Models:
    """The same models with a light tracker that sees frames at this short side; None = as they are."""
    if short_side is None:
        return models
    config = replace(LIGHT_CONFIG, internal_size=short_side)
    new_light = cast("Callable[..., Propagator]", models.new_propagator)  # takes its configuration, too
    return replace(models, new_propagator=partial(new_light, config))
