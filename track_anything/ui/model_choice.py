"""Which networks the editor works with, chosen by a person."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from track_anything.models import Models
from track_anything.models.offers import presets_offered, segmenters_offered
from track_anything.types import OnProgress


@dataclass(frozen=True)
class ModelChoice:
    """The networks by name.

    Attributes:
        segmenter: answers clicks.
        preset: the tracker, and when the segmenter mends its masks.
    """

    segmenter: str
    preset: str


LoadChosen: TypeAlias = Callable[[ModelChoice, OnProgress], Models]
"""Loads the networks of a choice, calling what it is given with (bytes done, bytes in all) meanwhile."""


def describe_offers(chosen: ModelChoice | None) -> dict[str, Any]:
    """What can be chosen and what is, as JSON values; ``chosen`` is null where nothing can be."""
    return {
        "chosen": asdict(chosen) if chosen is not None else None,
        "segmenters": [asdict(offer) for offer in segmenters_offered()],
        "presets": [asdict(offer) for offer in presets_offered()],
    }
