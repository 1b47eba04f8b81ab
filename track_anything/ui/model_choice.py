"""Which networks the editor works with, chosen by a person."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from track_anything.models import Models
from track_anything.models.offers import presets_offered, segmenters_offered, trackers_offered
from track_anything.types import OnProgress


@dataclass(frozen=True)
class ModelChoice:
    """The networks by name.

    Attributes:
        segmenter: answers clicks.
        preset: the tracker, and when the segmenter mends its masks.
        tracker: another one than the preset's; empty = the preset's.
    """

    segmenter: str
    preset: str
    tracker: str = ""

    @classmethod
    def of_record(cls, record: Any) -> "ModelChoice | None":  # noqa: ANN401 - what JSON holds
        """The choice that ``asdict`` made a record of; None for anything else."""
        is_record = isinstance(record, dict) and record.keys() == {"segmenter", "preset", "tracker"}
        is_text = is_record and all(isinstance(name, str) for name in record.values())
        return cls(**record) if is_text else None


LoadChosen: TypeAlias = Callable[[ModelChoice, OnProgress], Models]
"""Loads the networks of a choice, calling what it is given with (bytes done, bytes in all) meanwhile."""


def describe_offers(chosen: ModelChoice | None) -> dict[str, Any]:
    """What can be chosen and what the project chose, as JSON values; that is null where nothing can be."""
    return {
        "chosen": asdict(chosen) if chosen is not None else None,
        "segmenters": [asdict(offer) for offer in segmenters_offered()],
        "presets": [asdict(offer) for offer in presets_offered()],
        "trackers": [asdict(offer) for offer in trackers_offered()],
    }
