"""The evidence on which a propagated mask is trusted or not, as numbers of comparable size."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from track_anything.drift.look import Look
from track_anything.masks import iou

_MOST = 3.0  # caps ratios, so that one wild number cannot outvote all others


@dataclass(frozen=True)
class Signals:
    """What speaks for and against one propagated mask; 0 is the value of a steady, certain one unless said.

    Attributes:
        doubt: 1 - the IoU that the probabilities promise.
        blur: 1 - lead over the runner-up in the boundary band.
        entropy: bits per pixel of the boundary band.
        thinness: area of the band over that of the object, at most 3; never 0.
        fragments: share of the area outside the largest piece.
        area_jump: |log| of the area over the median of recent frames, at most 3.
        motion: distance of the centroid from the last frame's, in diagonals of the frame, over the root of
            the share of the frame that the object covers; at most 3.
        shape_change: 1 - IoU with the last mask.
        colour_jump: share of the colours that recent frames did not have.
        colour_drift: share of the colours that the most similar known mask does not have.
        unfamiliar: 1 - mean familiarity; never 0.
        familiarity_drop: fall of the familiarity from the median of recent frames, 0 to 1.
    """

    doubt: float
    blur: float
    entropy: float
    thinness: float
    fragments: float
    area_jump: float
    motion: float
    shape_change: float
    colour_jump: float
    colour_drift: float
    unfamiliar: float
    familiarity_drop: float

    @property
    def values(self) -> NDArray[np.float64]:
        """(S,) in the order of ``SIGNAL_NAMES``."""
        return np.array(astuple(self), np.float64)


SIGNAL_NAMES = tuple(signal.name for signal in fields(Signals))


def compare(look: Look, recent: Sequence[Look], known: Sequence[Look]) -> Signals:
    """Hold a look against earlier ones.

    Args:
        look: of the propagated mask; not empty.
        recent: the last trusted looks at the object, oldest first; none of them empty. May be none.
        known: looks at masks that a person gave. May be none.
    """
    last = recent[-1] if recent else look
    usual_area = float(np.median([other.area for other in recent])) if recent else look.area
    usual_familiarity = float(np.median([other.familiarity for other in recent])) if recent else 0.0
    usual_colours = np.mean([other.colours for other in recent], axis=0) if recent else look.colours
    offset = np.subtract(look.centroid, last.centroid)
    size = float(np.sqrt(look.area))
    return Signals(
        doubt=1 - look.expected_iou,
        blur=1 - look.margin,
        entropy=look.entropy,
        thinness=min(look.thinness, _MOST),
        fragments=look.fragments,
        area_jump=min(abs(float(np.log(look.area / usual_area))), _MOST),
        motion=min(float(np.hypot(*offset)) / size, _MOST),
        shape_change=1 - iou(look.mask, last.mask),
        colour_jump=1 - float(np.minimum(look.colours, usual_colours).sum()),
        colour_drift=_colour_distance(look, known),
        unfamiliar=1 - look.familiarity,
        familiarity_drop=max(0.0, usual_familiarity - look.familiarity),
    )


def _colour_distance(look: Look, known: Sequence[Look]) -> float:
    """Share of the colours, 0 to 1, that the most similar of some looks does not have; 0 without any."""
    shared = [float(np.minimum(look.colours, other.colours).sum()) for other in known]
    return 1 - max(shared, default=1.0)
