"""Embeddings kept by the content of the image, so that no frame is encoded twice."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sam.point_segmenter import predict_points
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter
from track_anything.errors import WeightsError
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
        self._embeddings: OrderedDict[bytes, Future[E]] = OrderedDict()
        self._changing = Lock()

    def embed(self, image: Image) -> E:
        """The embedding of an (H, W, 3) image, computed at most once while it is kept.

        Safe to call from several threads: who asks for an image that is being encoded waits for that.
        """
        key = _key(image)
        with self._changing:
            is_new = key not in self._embeddings
            promise = self._embeddings.setdefault(key, Future())
            self._embeddings.move_to_end(key)
            if len(self._embeddings) > self._capacity:
                self._embeddings.popitem(last=False)
        if is_new:
            self._fulfil(key, promise, image)
        return promise.result()

    def kept(self, image: Image) -> E | None:
        """The embedding of an (H, W, 3) image if it is there, so that ``embed`` would take no time."""
        promise = self._embeddings.get(_key(image))
        return promise.result() if promise is not None and promise.done() else None

    def predict(self, embedding: E, prompt: Prompt) -> Candidates:
        """Answer a prompt on an embedded image; WeightsError when the answer is no number."""
        candidates = self._segmenter.predict(embedding, prompt)
        if not np.isfinite(candidates.scores).all():
            raise WeightsError(
                "the segmenter answers with what is no number, so its weights are damaged: "
                "get them again by `track-anything weights fetch NAME`, or give others"
            )
        return candidates

    def predict_points(
        self, embedding: E, points: NDArray[np.float32], *, min_predicted_iou: float
    ) -> Iterator[Candidates]:
        """Answer many lone clicks on an embedded image; see ``sam.point_segmenter``."""
        return predict_points(self._segmenter, embedding, points, min_predicted_iou=min_predicted_iou)

    def _fulfil(self, key: bytes, promise: Future[E], image: Image) -> None:
        try:
            promise.set_result(self._segmenter.embed(image))
        except BaseException as error:
            with self._changing:
                self._embeddings.pop(key, None)
            promise.set_exception(error)
            raise


def _key(image: Image) -> bytes:
    return hashlib.blake2b(image.tobytes(), digest_size=16, key=repr(image.shape).encode()).digest()
