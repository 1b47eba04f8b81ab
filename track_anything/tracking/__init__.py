"""The loop: from the masks that are known to a mask on every frame."""

from track_anything.tracking.cut_question import AtCut, CutQuestion
from track_anything.tracking.forecast import Forecast, forecast
from track_anything.tracking.plan import Direction
from track_anything.tracking.propagation import FrameResult, propagate
from track_anything.tracking.track import Track

__all__ = ["AtCut", "CutQuestion", "Direction", "Forecast", "FrameResult", "Track", "forecast", "propagate"]
