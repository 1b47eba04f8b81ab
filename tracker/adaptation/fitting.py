"""From lessons to a target model: ridge logistic regression beside the tracker's logits."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from tracker.adaptation.lessons import Lesson
from tracker.adaptation.target_model import TargetModel

RIDGE = 0.1
"""How much a weight costs, on features of unit deviation; frames cost 1 each, on average."""

LEAST_GAIN = 0.02
"""IoU that learning has to win on known frames held out."""

_ITERATIONS = 60
_LEAST_DEVIATION = 1e-3

_Line = tuple[NDArray[np.float64], float]


def fit_target(lessons: Sequence[Lesson], widths: Sequence[int]) -> TargetModel | None:
    """The target model of an object, or None where learning wins nothing.

    It is tried on each known frame after it was learned from the others; where the mean IoU does not rise
    there by ``LEAST_GAIN``, the tracker is left as it is. Frames that are read from far away, as these are,
    show more to be mended than tracking leaves: a small gain there is none on the way.

    Args:
        lessons: of the object.
        widths: channels of each feature map.
    """
    if len(lessons) < 2 or _gain(lessons) < LEAST_GAIN:
        return None
    slopes, offset = _fit(lessons)
    parts = np.split(slopes.astype(np.float32), np.cumsum(widths)[:-1])
    return TargetModel(tuple(torch.from_numpy(part) for part in parts), float(offset))


def _gain(lessons: Sequence[Lesson]) -> float:
    """Mean IoU that is won on frames held out."""
    gains = []
    for place, held_out in enumerate(lessons):
        slopes, offset = _fit([*lessons[:place], *lessons[place + 1 :]])
        learned = held_out.logits + held_out.features @ slopes + offset
        gains.append(_overlap(held_out, learned) - _overlap(held_out, held_out.logits))
    return float(np.mean(gains))


def _overlap(lesson: Lesson, logits: NDArray[np.floating]) -> float:
    """IoU of what logits say with the truth; 1 where both are empty."""
    said = logits > 0
    shared = (lesson.weights * np.minimum(said, lesson.truth)).sum()
    either = (lesson.weights * np.maximum(said, lesson.truth)).sum()
    return float(shared / either) if either > 0 else 1.0


def _fit(lessons: Sequence[Lesson]) -> _Line:
    """Slopes (C,) and offset that mend the logits; a convex problem, so that the answer is one."""
    features = np.concatenate([each.features for each in lessons]).astype(np.float64)  # (N, C)
    logits = np.concatenate([each.logits for each in lessons]).astype(np.float64)  # (N,)
    truth = np.concatenate([each.truth for each in lessons]).astype(np.float64)
    weights = np.concatenate([each.weights for each in lessons]).astype(np.float64) / len(lessons)
    mean = weights @ features  # (C,)
    deviation = np.sqrt(weights @ (features - mean) ** 2) + _LEAST_DEVIATION
    scaled = (features - mean) / deviation  # (N, C)

    def cost(line: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        said = logits + scaled @ line[:-1] + line[-1]
        entropy = weights @ (np.logaddexp(0, said) - truth * said)
        wrong = weights * (expit(said) - truth)  # (N,)
        slope = np.append(wrong @ scaled, wrong.sum()) + RIDGE * line
        return float(entropy + RIDGE * (line @ line) / 2), slope

    start = np.zeros(features.shape[1] + 1)
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS}).x
    slopes = found[:-1] / deviation
    return slopes, float(found[-1] - slopes @ mean)
