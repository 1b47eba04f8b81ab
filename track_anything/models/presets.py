"""Named choices between speed and accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from track_anything.drift import RefinePolicy

_MOST_ENLARGED = 2.5  # on the check set, answers about frames enlarged 2.7 to 3.4 times cost masks


@dataclass(frozen=True)
class Preset:
    """How masks are carried, and when the segmenter is asked to mend them.

    Attributes:
        tracker: its name.
        refine_policy: when the segmenter is asked and its answer taken; None = never.
        otherwise: the tracker in its place where that sees frames with another segmenter.
    """

    tracker: str
    refine_policy: RefinePolicy | None
    otherwise: str = "xmem-light-pair"


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "fast": Preset("xmem-light", RefinePolicy(every=0, most_enlarged=_MOST_ENLARGED)),
        "balanced": Preset("joint-5", RefinePolicy(every=5, most_enlarged=_MOST_ENLARGED)),
        # Its tracker hears the segmenter's features on every second frame: only drift is news to ask about.
        "accurate": Preset("joint-2", RefinePolicy(every=0, most_enlarged=_MOST_ENLARGED)),
        "training-free": Preset(
            "feature-memory",
            RefinePolicy(
                min_agreement=0.75, sure_predicted_iou=0.5, growing_predicted_iou=0, shrinking_stability=0
            ),
        ),
    }
)
"""By name, fastest first, then the floor that a trained tracker must beat; see ``benchmarks/davis.py``."""

DEFAULT_PRESET = "balanced"
