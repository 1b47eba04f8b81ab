"""Training a propagation network: clips made from stills and videos, losses, and the loop around them.

The recipe follows XMem (Cheng and Schwing, ECCV 2022, section 4): stills that are made to move, then real
clips with temporal skips.
"""

from tracker.training.config import TrainingConfig, read_config
from tracker.training.trainer import CURVE, WEIGHTS, Trainer, TrainingStep

__all__ = ["CURVE", "WEIGHTS", "Trainer", "TrainingConfig", "TrainingStep", "read_config"]
