"""How good masks are: held against true ones, by the published definitions."""

from track_anything.collection.evaluation.evaluate import evaluate
from track_anything.collection.evaluation.evaluation import Evaluation, ObjectScore

__all__ = ["Evaluation", "ObjectScore", "evaluate"]
