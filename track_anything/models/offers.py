"""What can be chosen to work with: how large it is, and whether it is on this machine."""

from dataclasses import dataclass, replace

from track_anything.models.presets import PRESETS
from track_anything.models.segmenters import SEGMENTERS
from track_anything.models.trackers import TRACKERS
from track_anything.models.weights import cached_path, known_weights


@dataclass(frozen=True)
class Offer:
    """A segmenter, a tracker, or a preset with its tracker.

    Attributes:
        name: by which it is chosen.
        meaning: in words.
        bytes: of the weights that have to be fetched for it once; 0 = none, None = the table does not say.
        is_here: whether nothing has to be fetched.
        licence: of those weights; empty = there are none.
        refusal: why it cannot be chosen; empty = it can.
    """

    name: str
    meaning: str
    bytes: int | None
    is_here: bool
    licence: str = ""
    refusal: str = ""


def segmenters_offered() -> list[Offer]:
    """The segmenters; a file that was put into the cache by hand is hashed for it."""
    return [_offer(name, SEGMENTERS[name].meaning, SEGMENTERS[name].weights) for name in SEGMENTERS]


def presets_offered() -> list[Offer]:
    """The presets, fastest first."""
    return [
        _offer(name, TRACKERS[preset.tracker].meaning, TRACKERS[preset.tracker].weights)
        for name, preset in PRESETS.items()
    ]


def trackers_offered() -> list[Offer]:
    """The trackers, those that cannot be chosen with the reason."""
    offers = []
    for name, tracker in TRACKERS.items():
        offer = _offer(name, tracker.meaning, tracker.weights)
        if name not in TRACKERS.usable():
            offer = replace(offer, refusal=f"needs pip install 'track-anything[{tracker.extra}]'")
        offers.append(offer)
    return offers


def _offer(name: str, meaning: str, weights: str) -> Offer:
    if not weights:
        return Offer(name, meaning, 0, is_here=True)
    entry = known_weights()[weights]
    return Offer(name, meaning, entry.bytes, cached_path(weights) is not None, entry.licence)
