"""Embeddings on disk: computed once per image, the same the first time and every time after."""

import numpy as np
import pytest
import torch

from benchmarks.embeddings import StoredEmbeddings
from sam.embedding import SamEmbedding
from sam.prompt import Prompt
from sam.segmenter import Candidates


class RandomSegmenter:
    def __init__(self) -> None:
        self.encoder_passes = 0

    def embed(self, image: np.ndarray) -> SamEmbedding:
        self.encoder_passes += 1
        return SamEmbedding(torch.rand(1, 256, 64, 64), image.shape[:2])

    def predict(self, embedding: SamEmbedding, prompt: Prompt) -> Candidates:
        size = embedding.source_size
        return Candidates(np.zeros((1, *size), np.bool_), np.ones(1), np.ones(1), np.zeros((1, 256, 256)))


@pytest.fixture
def image() -> np.ndarray:
    return np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def test_an_image_is_encoded_once_even_by_another_process(tmp_path, image):
    first, second = RandomSegmenter(), RandomSegmenter()
    computed = StoredEmbeddings(first, tmp_path / "kept").embed(image)
    read = StoredEmbeddings(second, tmp_path / "kept").embed(image)
    assert (first.encoder_passes, second.encoder_passes) == (1, 0)
    assert torch.equal(computed.features, read.features)
    assert read.features.dtype == torch.float32
    assert read.source_size == computed.source_size == (4, 6)
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".npy"]


def test_another_image_or_another_shape_is_another_embedding(tmp_path, image):
    segmenter = RandomSegmenter()
    stored = StoredEmbeddings(segmenter, tmp_path)
    for other in (image, image + 1, image.reshape(6, 4, 3)):
        assert stored.embed(other).source_size == other.shape[:2]
    assert segmenter.encoder_passes == 3


def test_prompts_are_answered_by_the_segmenter_itself(tmp_path, image):
    stored = StoredEmbeddings(RandomSegmenter(), tmp_path)
    assert stored.predict(stored.embed(image), Prompt.click(1, 1)).masks.shape == (1, 4, 6)
