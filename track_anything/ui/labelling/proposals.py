"""Which of the masks that were found on a frame are proposed as objects."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from track_anything.prompting import Found
from track_anything.prompting.finding import without_doubles

MOST = 12
"""Objects that are proposed on a frame when everything is looked for."""

_BACKGROUND = 0.5  # share of the frame from which on a mask is taken for what lies behind
_SPECK = 0.0005  # share of the frame below which it is nothing to label


def proposed(found: Sequence[Found]) -> list[int]:
    """Places of the masks that are things of their own, neither background, specks nor parts; best first.

    Args:
        found: all that the segmenter finds on a frame.
    """
    things = {
        place: replace(each, name=str(place))
        for place, each in enumerate(found)
        if _SPECK <= np.count_nonzero(each.mask) / each.mask.size < _BACKGROUND
    }
    return [int(thing.name) for thing in without_doubles(things.values())][:MOST]
