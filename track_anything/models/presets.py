"""Named choices between speed and accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from track_anything.drift import RefinePolicy


@dataclass(frozen=True)
class Preset:
    """How masks are carried, and when the segmenter is asked to mend them.

    Attributes:
        tracker: its name.
        refine_policy: when the segmenter is asked and its answer taken; None = never.
    """

    tracker: str
    refine_policy: RefinePolicy | None


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "fast": Preset("xmem-light", None),
        "balanced": Preset("xmem-light-pair", RefinePolicy(every=5)),
        "accurate": Preset("xmem-light-pair", RefinePolicy()),
        "training-free": Preset(
            "feature-memory", RefinePolicy(min_agreement=0.75, sure_predicted_iou=0.5, shrinking_stability=0)
        ),
    }
)
"""By name, fastest first, then the floor that a trained tracker must beat; see ``benchmarks/davis.py``."""

DEFAULT_PRESET = "balanced"
