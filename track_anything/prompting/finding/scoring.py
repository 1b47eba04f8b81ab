"""How likely masks of an image show others like an example: by how they look, and by what the detector says.

Where the detector knows what the example is, a mask is weighed by its class, relative to the surest one of
the image: how sure a detector is differs by class and size, and what is little for a dog is much for a book.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

LEAST_LIKENESS = 0.374
"""Score from which on something is taken for another one like the examples."""

EVIDENCE = ("inside", "covered", "rim", "contrast", "size", "sure", "stable", "class_score")
"""What a score is made of: see ``Alike.evidence``."""

_CLASS = EVIDENCE.index("class_score")
_LEAST_CLASS = 0.03  # of the surest mask, below which the detector says nothing
_FLOOR = 0.01  # added to scores before their logarithm is taken
_AGAINST = 10  # what being more like something refused takes off

# Fitted by ``benchmarks/alike.py --every 2 --fit``: with a class, and without one.
_KNOWN = {
    "bias": -2.252, "rim": 0.717, "contrast": 0.949, "size": 0.05, "sure": 1.444, "stable": 0.966,
    "class_score": 1.484,
}  # fmt: skip
_UNKNOWN = {
    "bias": -4.526, "inside": 0.915, "rim": 1.285, "contrast": 0.976, "size": 0.112, "sure": 1.397,
    "stable": 0.224,
}  # fmt: skip


def scores_of(
    evidence: NDArray[np.float64],
    refused: NDArray[np.float64] | float = 0.0,
    *,
    known: Mapping[str, float] = _KNOWN,
    unknown: Mapping[str, float] = _UNKNOWN,
) -> NDArray[np.float64]:
    """How likely each mask of an image shows another one like the examples, (N,) from 0 to 1.

    Args:
        evidence: (N, E) of all that were found, in the order of ``EVIDENCE``.
        refused: (N,) how much more each is like something that was refused, at least 0.
        known: weights where the detector knows the class.
        unknown: weights where it does not.
    """
    weights = known if knows_class(evidence) else unknown
    told = relative(evidence) @ np.array([weights.get(name, 0.0) for name in EVIDENCE])
    logits = weights["bias"] + told - _AGAINST * np.asarray(refused)
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


def knows_class(evidence: NDArray[np.float64]) -> bool:
    """Whether the detector says anything about the masks of an image, (N, E)."""
    return bool(len(evidence)) and bool(evidence[:, _CLASS].max() >= _LEAST_CLASS)


def relative(evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evidence (N, E) with scores of the class as logarithms relative to the surest, at most 0."""
    told = evidence.copy()
    scores = evidence[:, _CLASS] + _FLOOR
    told[:, _CLASS] = np.log(scores / scores.max(initial=_FLOOR))
    return told
