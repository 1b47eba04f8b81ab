"""The contract of promptable segmentation: an expensive embedding, then cheap answers."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sam.prompt import Prompt

E = TypeVar("E")


@dataclass(frozen=True, eq=False)
class Candidates:
    """The segmenter's answers to one prompt: three for an ambiguous click or where all are wanted, else one.

    Attributes:
        masks: (M, H, W) bool, at the size of the source image.
        scores: (M,) float32, the IoU the network predicts for each mask, about 0 to 1.
        stability: (M,) float32, 0 to 1: IoU of the mask thresholded at logit +1 and at -1.
        logits: (M, 256, 256) float32 low-resolution logits, to feed back as ``Prompt.logits``.
    """

    masks: NDArray[np.bool_]
    scores: NDArray[np.float32]
    stability: NDArray[np.float32]
    logits: NDArray[np.float32]

    @property
    def best(self) -> int:
        """Index of the candidate with the highest predicted IoU."""
        return int(np.argmax(self.scores))


class Segmenter(Protocol[E]):
    """Anything that turns an image into an embedding once and answers prompts on it many times."""

    def embed(self, image: NDArray[np.uint8]) -> E:
        """Encode an (H, W, 3) uint8 RGB image. Expensive; the caller owns the result and caches it."""
        ...

    def predict(self, embedding: E, prompt: Prompt) -> Candidates:
        """Answer a prompt on an embedded image. Cheap; runs no encoder."""
        ...
