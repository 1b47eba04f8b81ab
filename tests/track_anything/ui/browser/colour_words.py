"""A clip of things that look alike, and words for them."""

import cv2
import numpy as np

from track_anything.errors import unknown
from track_anything.models.detector import LEAST_SCORE, Detection
from track_anything.testing import MovingShapes
from track_anything.types import Image

_REDS = ((220, 60, 50), (190, 50, 40), (250, 80, 70))  # alike, and yet a tracker by colour tells them apart


class ThreeAlike(MovingShapes):
    """Four discs: three red ones, and a yellow one."""

    def frame(self, index: int) -> Image:
        """The (H, W, 3) picture of a frame."""
        image, label_map = super().frame(index), self.label_map(index)
        for object_id, colour in enumerate(_REDS, start=1):
            image[label_map == object_id] = colour
        return image


class ColourWords:
    """A locator that understands free words, as long as they are these."""

    def check(self, phrase: str) -> None:
        """Refuse any other."""
        if phrase not in ("a red thing", "something violet"):
            raise unknown("phrase", phrase, ["a red thing", "something violet"])

    def locate(self, image: Image, phrase: str, *, least: float = LEAST_SCORE) -> list[Detection]:
        """Boxes of what is red, and nothing violet."""
        self.check(phrase)
        if phrase != "a red thing" or least > 0.8:
            return []
        is_red = (image[..., 0] > 170) & (image[..., 1] < 100)
        count, _, boxes, _ = cv2.connectedComponentsWithStats(is_red.astype(np.uint8))
        found = []
        for x, y, width, height, _area in boxes[1:count].tolist():
            found.append(Detection("red thing", 0.8, (x, y, x + width, y + height)))
        return found
