"""Embeddings on disk: computed once per image, the same the first time and every time after."""

import numpy as np
import pytest
import torch

from benchmarks.embeddings import StoredEmbeddings, store_embeddings
from sam.embedding import SamEmbedding
from track_anything.embeddings import CachedSegmenter
from track_anything.models import Models
from track_anything.testing import ShiftingPropagator


class RandomSegmenter:
    def __init__(self) -> None:
        self.encoder_passes = 0

    def embed(self, image: np.ndarray) -> SamEmbedding:
        self.encoder_passes += 1
        return SamEmbedding(torch.rand(1, 256, 64, 64), image.shape[:2])


@pytest.fixture
def image() -> np.ndarray:
    return np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def test_an_image_is_encoded_once_even_by_another_process(tmp_path, image):
    first, second = RandomSegmenter(), RandomSegmenter()
    computed = StoredEmbeddings(first.embed, tmp_path / "kept")(image)
    read = StoredEmbeddings(second.embed, tmp_path / "kept")(image)
    assert (first.encoder_passes, second.encoder_passes) == (1, 0)
    assert torch.equal(computed.features, read.features)
    assert read.features.dtype == torch.float32
    assert read.source_size == computed.source_size == (4, 6)
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".npy"]


def test_another_image_or_another_shape_is_another_embedding(tmp_path, image):
    segmenter = RandomSegmenter()
    stored = StoredEmbeddings(segmenter.embed, tmp_path)
    for other in (image, image + 1, image.reshape(6, 4, 3)):
        assert stored(other).source_size == other.shape[:2]
    assert segmenter.encoder_passes == 3


def test_whoever_shares_the_segmenter_of_the_models_is_served_from_disk(tmp_path, image):
    network = RandomSegmenter()
    shared = CachedSegmenter(network, capacity=1)
    store_embeddings(Models(shared, ShiftingPropagator), tmp_path, "cpu")
    for _ in range(2):
        shared.embed(image)
        shared.embed(image + 1)  # pushes the other one out of the memory of the segmenter
    assert network.encoder_passes == 2
    assert len(list(tmp_path.iterdir())) == 2
