"""Batches of training clips keep what they promise."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.tracker.training.conftest import STILLS, VIDEOS
from tracker.training.clips import UNKNOWN, ClipMaker, Origin, _labels, frames_with_skips
from tracker.training.config import StageConfig
from tracker.training.sources import find_clips

STAGE = StageConfig("any", iterations=1, frames=4, size=32, batch=3, max_objects=3, video_share=0.5)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def maker(data: Path) -> ClipMaker:
    return ClipMaker(data, (STILLS, VIDEOS), "cpu")


@pytest.mark.parametrize("seed", range(12))
def test_a_batch_keeps_its_promises(maker: ClipMaker, seed: int) -> None:
    batch = maker.batch(STAGE, generator(seed))
    assert batch.frames.shape == (3, 4, 3, 32, 32)
    assert batch.labels.shape == (3, 4, 32, 32)
    assert 1 <= batch.objects <= 3
    assert batch.frames.min() >= 0
    assert batch.frames.max() <= 1
    assert batch.labels.max() <= batch.objects
    assert torch.equal(batch.masks.sum(2), (batch.labels > 0).float())
    for clip in batch.labels:
        assert set(clip.unique().tolist()) <= {0, *clip[0].unique().tolist()}  # nobody arrives later
    again = maker.batch(STAGE, generator(seed))
    assert torch.equal(batch.frames, again.frames)
    assert torch.equal(batch.labels, again.labels)


def test_batches_have_one_object_or_several_and_stills_or_videos(maker: ClipMaker) -> None:
    counts = {maker.batch(STAGE, generator(seed)).objects for seed in range(20)}
    assert counts == {1, 2, 3}
    still, film = (replace(STAGE, video_share=share, max_objects=1) for share in (0.0, 1.0))
    assert maker.batch(still, generator()).objects == maker.batch(film, generator()).objects == 1


def test_objects_are_seen_in_their_colours(maker: ClipMaker) -> None:
    """Pixels of an object are as far from the noise around it as they were drawn."""
    batch = maker.batch(replace(STAGE, max_objects=1, batch=8, video_share=1), generator(1))
    inside, outside = batch.labels == 1, batch.labels == 0
    red, blue = batch.frames[:, :, 0], batch.frames[:, :, 2]
    assert inside.float().mean() > 0.05
    assert (red - blue)[inside].mean() > (red - blue)[outside].mean() + 0.3


def test_what_lies_above_hides_what_lies_below() -> None:
    shares = torch.zeros(1, 2, 1, 4)
    shares[0, 0, 0] = torch.tensor((1.0, 1.0, 0.4, 0.0))
    shares[0, 1, 0] = torch.tensor((0.0, 0.0, 0.6, 0.3))
    assert _labels(shares, torch.zeros(1, 1, 4)).flatten().tolist() == [1, 1, 2, 0]


def test_an_object_that_the_first_frame_does_not_show_is_none() -> None:
    shares = torch.zeros(2, 1, 1, 2)
    shares[1] = 1
    assert _labels(shares, torch.zeros(2, 1, 2)).max() == 0


def test_pixels_of_which_nothing_is_known_are_neither_object_nor_background(data: Path) -> None:
    unknown = replace(VIDEOS, void=1)  # the only object of the drawn video
    made = ClipMaker(data, (STILLS, unknown), "cpu").batch(
        replace(STAGE, video_share=1, batch=8, max_objects=1), generator()
    )
    known = ClipMaker(data, (STILLS, VIDEOS), "cpu").batch(
        replace(STAGE, video_share=1, batch=8, max_objects=1), generator()
    )
    assert (made.labels == UNKNOWN).float().mean() > 0.05
    assert not (known.labels == UNKNOWN).any()
    assert made.masks.sum() == (made.labels > 0).sum()


def test_a_twin_is_seen_and_is_no_object(data: Path) -> None:
    """With a twin in every clip, pixels of the object's colour outside of its label appear."""

    def red_background(share: float) -> float:
        stage = replace(STAGE, video_share=1, batch=16, max_objects=1, twin_share=share)
        batch = ClipMaker(data, (STILLS, VIDEOS), "cpu").batch(stage, generator(3))
        is_red = batch.frames[:, :, 0] - batch.frames[:, :, 2] > 0.4
        return float((is_red & (batch.labels == 0)).float().mean())

    assert red_background(1.0) > red_background(0.0) + 0.01


def test_a_clip_that_is_hard_is_drawn_more_often(data: Path) -> None:
    maker = ClipMaker(data, (STILLS, VIDEOS), "cpu")
    stage = replace(STAGE, video_share=0, batch=8, hardness=1.0)
    hard, easy = Origin(0, 2), Origin(0, 0)
    for _ in range(20):
        maker.learn([hard, easy], [1.0, 0.1])
    drawn = [origin.index for seed in range(12) for origin in maker.batch(stage, generator(seed)).origins]
    assert drawn.count(2) > 3 * drawn.count(0)
    even = [
        origin.index
        for seed in range(12)
        for origin in maker.batch(replace(stage, hardness=0.0), generator(seed)).origins
    ]
    assert even.count(2) < 2 * even.count(0)


@pytest.mark.parametrize("seed", range(10))
def test_skips_stay_inside_the_video_and_in_order(data: Path, seed: int) -> None:
    (video,) = find_clips(data, VIDEOS)
    chosen = frames_with_skips(video, replace(STAGE, max_skip=8), generator(seed))
    indices = [video.index(frame) for frame in chosen]
    assert len(set(indices)) == STAGE.frames
    assert indices in (sorted(indices), sorted(indices, reverse=True))


def test_a_video_shorter_than_the_clip_repeats_its_end(data: Path) -> None:
    (video,) = find_clips(data, VIDEOS)
    chosen = frames_with_skips(video[:2], replace(STAGE, frames=4), generator())
    assert len(chosen) == 4
    assert set(chosen) == set(video[:2])
