"""What benchmarks measure by: J and F, which are the product's own, and the area under the ROC curve."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from track_anything.masks.measures import boundary_accuracy, region_similarity

__all__ = ["auroc", "boundary_accuracy", "region_similarity"]


def auroc(scores: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> float:
    """Area under the receiver operating characteristic: how often a positive outscores a negative, 0 to 1.

    Ties count half (Hanley and McNeil, Radiology 1982); NaN when one of the two kinds is missing.
    """
    positives, negatives = int(is_positive.sum()), int((~is_positive).sum())
    if not positives or not negatives:
        return math.nan
    ranks = rankdata(scores)
    return float((ranks[is_positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))
