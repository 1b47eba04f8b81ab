"""Embeddings kept by the content of the image, so that no frame is encoded twice."""

import hashlib
from collections import OrderedDict
from typing import Generic, TypeVar

from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter
from track_anything.types import Image

E = TypeVar("E")

DEFAULT_CAPACITY = 16  # a MobileSAM embedding takes 4 MiB


class CachedSegmenter(Generic[E]):
    """A segmenter that remembers its last embeddings, least recently used first out.

    The key is the image's content, not its place: the tracker, the refiner and a person's clicks share one
    encoder pass per frame without knowing of each other.

    Args:
        segmenter: the segmenter that does the work.
        capacity: how many embeddings to keep, at least 1.
    """

    def __init__(self, segmenter: Segmenter[E], capacity: int = DEFAULT_CAPACITY) -> None:
        self._segmenter = segmenter
        self._capacity = capacity
        self._embeddings: OrderedDict[bytes, E] = OrderedDict()

    def embed(self, image: Image) -> E:
        """The embedding of an (H, W, 3) image, computed at most once while it is kept."""
        key = hashlib.blake2b(image.tobytes(), digest_size=16, key=repr(image.shape).encode()).digest()
        if key in self._embeddings:
            self._embeddings.move_to_end(key)
            return self._embeddings[key]
        embedding = self._embeddings[key] = self._segmenter.embed(image)
        if len(self._embeddings) > self._capacity:
            self._embeddings.popitem(last=False)
        return embedding

    def predict(self, embedding: E, prompt: Prompt) -> Candidates:
        """Answer a prompt on an embedded image."""
        return self._segmenter.predict(embedding, prompt)
