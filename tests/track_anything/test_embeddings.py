import numpy as np

from sam.prompt import Prompt
from track_anything.embeddings import CachedSegmenter
from track_anything.testing import ColourSegmenter, MovingShapes

CLIP = MovingShapes(frame_count=6)


def test_a_frame_is_encoded_once_whoever_asks() -> None:
    fake = ColourSegmenter()
    segmenter = CachedSegmenter(fake)
    for prompt in (Prompt.click(*CLIP.centre(0)), Prompt.clicks([CLIP.centre(0)], [(0, 0)])):
        segmenter.predict(segmenter.embed(CLIP.frame(0).copy()), prompt)
    assert fake.encoder_passes == 1


def test_the_least_recently_used_embedding_goes_first() -> None:
    fake = ColourSegmenter()
    segmenter = CachedSegmenter(fake, capacity=2)
    for frame in (0, 1, 0, 2, 0, 1):
        segmenter.embed(CLIP.frame(frame))
    assert fake.encoder_passes == 4


def test_images_of_equal_bytes_and_other_shape_are_other_images() -> None:
    fake = ColourSegmenter()
    segmenter = CachedSegmenter(fake)
    segmenter.embed(np.zeros((4, 6, 3), np.uint8))
    segmenter.embed(np.zeros((6, 4, 3), np.uint8))
    assert fake.encoder_passes == 2
