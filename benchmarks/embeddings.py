"""Embeddings kept on disk, so that accuracy can be measured again without a single encoder pass."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from sam.embedding import SamEmbedding
from track_anything.models import Models
from track_anything.types import Image


class StoredEmbeddings:
    """An ``embed`` that keeps every embedding as a float16 file named by the content of its image.

    Features are rounded to float16 when first computed too, so that the first run and the later ones agree.

    Args:
        embed: computes the embedding of an image that has no file yet.
        folder: where the files go; one folder per set of weights.
        device: where the embeddings are wanted.
    """

    def __init__(self, embed: Callable[[Image], SamEmbedding], folder: Path, device: str = "cpu") -> None:
        self._embed = embed
        self._folder = folder
        self._device = device
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, image: Image) -> SamEmbedding:
        """The embedding of an (H, W, 3) image, from disk if it was ever computed."""
        digest = hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest()
        height, width = image.shape[:2]
        path = self._folder / f"{width}x{height}-{digest}.npy"
        if not path.is_file():
            self._store(path, self._embed(image).features)
        features = torch.from_numpy(np.load(path).astype(np.float32))  # (1, 256, 64, 64)
        return SamEmbedding(features.to(self._device), (height, width))

    def _store(self, path: Path, features: torch.Tensor) -> None:
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            np.save(file, features.to("cpu", torch.float16).numpy())
        temporary.replace(path)


def store_embeddings(models: Models, folder: Path, device: str) -> None:
    """Make everything that shares the models' segmenter take its embeddings from disk."""
    stored = StoredEmbeddings(models.segmenter.embed, folder, device)
    setattr(models.segmenter, "embed", stored)  # noqa: B010 - the tracker holds this very segmenter
