"""Embeddings kept on disk, so that accuracy can be measured again without a single encoder pass."""

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from sam.embedding import SamEmbedding
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter
from track_anything.embeddings import CachedSegmenter
from track_anything.models import Models
from track_anything.types import Image


class StoredEmbeddings:
    """A SAM segmenter that keeps every embedding as a float16 file named by the content of its image.

    Features are rounded to float16 when first computed too, so that the first run and the later ones agree.

    Args:
        segmenter: the segmenter that does the work.
        folder: where the files go; one folder per set of weights.
        device: where the segmenter wants its embeddings.
    """

    def __init__(self, segmenter: Segmenter[SamEmbedding], folder: Path, device: str = "cpu") -> None:
        self._segmenter = segmenter
        self._folder = folder
        self._device = device
        folder.mkdir(parents=True, exist_ok=True)

    def embed(self, image: Image) -> SamEmbedding:
        """The embedding of an (H, W, 3) image, from disk if it was ever computed."""
        digest = hashlib.blake2b(image.tobytes(), digest_size=16, person=b"embedding").hexdigest()
        height, width = image.shape[:2]
        path = self._folder / f"{width}x{height}-{digest}.npy"
        if not path.is_file():
            computed = self._segmenter.embed(image).features.to("cpu", torch.float16).numpy()
            temporary = path.with_suffix(".part")
            with temporary.open("wb") as file:
                np.save(file, computed)
            temporary.replace(path)
        features = torch.from_numpy(np.load(path).astype(np.float32))  # (1, 256, 64, 64)
        return SamEmbedding(features.to(self._device), (height, width))

    def predict(self, embedding: SamEmbedding, prompt: Prompt) -> Candidates:
        """Answer a prompt on an embedded image."""
        return self._segmenter.predict(embedding, prompt)


def with_stored_embeddings(models: Models, tracker: str, folder: Path, device: str) -> Models:
    """The same models, with embeddings kept on disk.

    Args:
        models: from ``load_models``.
        tracker: its name; the training-free one reads embeddings too.
        folder: see ``StoredEmbeddings``.
        device: see ``StoredEmbeddings``.
    """
    from tracker.feature_memory import FeatureMemoryPropagator

    segmenter = CachedSegmenter(StoredEmbeddings(models.segmenter, folder, device))
    if tracker != "feature-memory":
        return replace(models, segmenter=segmenter)
    new_propagator = partial(FeatureMemoryPropagator, lambda image: segmenter.embed(image).grid)
    return replace(models, segmenter=segmenter, new_propagator=new_propagator)
