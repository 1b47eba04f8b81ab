"""Embeddings kept on disk, so that accuracy can be measured again without a single encoder pass."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sam.embedding import SamEmbedding
from sam.point_segmenter import predict_points
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter
from track_anything.models import resolve_device, resolve_precision
from track_anything.models.load import Wrap
from track_anything.models.weights import fetch
from track_anything.types import Image


def keep_embeddings(
    folder: Path | None,
    segmenter: str = "mobile-sam",
    weights: Path | None = None,
    device: str = "auto",
    precision: str = "auto",
) -> Wrap | None:
    """What ``load_models(wrap=...)`` takes to keep embeddings in a folder, one folder per set of weights.

    Args:
        folder: where they are kept; None = nowhere.
        segmenter: name of the segmenter.
        weights: its checkpoint on this machine; None = the released one.
        device: where the embeddings are wanted.
        precision: how exactly the segmenter computes.
    """
    if folder is None:
        return None
    with (weights or fetch(segmenter)).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    where = resolve_device(device)
    rounded = "" if resolve_precision(precision, where) == "float32" else "-bfloat16"
    place = folder / f"{segmenter}-{digest[:12]}{rounded}"
    return lambda network: StoredEmbeddings(network, place, where)


class StoredEmbeddings:
    """A SAM segmenter that keeps every embedding as a float16 file named by the content of its image.

    Features are rounded to float16 when first computed too, so that the first run and the later ones agree.

    Args:
        segmenter: does the work for an image that has no file yet.
        folder: where the files go; one folder per set of weights.
        device: where the embeddings are wanted.
    """

    def __init__(self, segmenter: Segmenter[SamEmbedding], folder: Path, device: str = "cpu") -> None:
        self._segmenter = segmenter
        self._folder = folder
        self._device = device
        folder.mkdir(parents=True, exist_ok=True)

    def embed(self, image: Image) -> SamEmbedding:
        """The embedding of an (H, W, 3) image, from disk if it was ever computed."""
        digest = hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest()
        height, width = image.shape[:2]
        path = self._folder / f"{width}x{height}-{digest}.npy"
        if not path.is_file():
            self._store(path, self._segmenter.embed(image).features)
        features = torch.from_numpy(np.load(path).astype(np.float32))  # (1, 256, 64, 64)
        return SamEmbedding(features.to(self._device), (height, width))

    def predict(self, embedding: SamEmbedding, prompt: Prompt) -> Candidates:
        """Answer a prompt on an embedded image."""
        return self._segmenter.predict(embedding, prompt)

    def predict_points(
        self, embedding: SamEmbedding, points: NDArray[np.float32], *, min_predicted_iou: float
    ) -> Iterator[Candidates]:
        """Answer many lone clicks on an embedded image; see ``sam.point_segmenter``."""
        return predict_points(self._segmenter, embedding, points, min_predicted_iou=min_predicted_iou)

    def _store(self, path: Path, features: torch.Tensor) -> None:
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            np.save(file, features.to("cpu", torch.float16).numpy())
        temporary.replace(path)
