"""What may be an object, the likeliest first."""

import numpy as np
import pytest

from sam.errors import SamError
from sam.prompt import Prompt
from sam.proposals import Proposals, asked_again
from sam.segmenter import Candidates
from track_anything.testing import ColourSegmenter, MovingShapes
from track_anything.types import Image


def test_every_disc_is_proposed_with_the_best_first() -> None:
    clip = MovingShapes(height=120, width=160, shapes=3)
    found = list(Proposals(points_per_side=12).find(ColourSegmenter(), clip.frame(0)))
    ranks = [each.predicted_iou + each.stability for each in found]
    assert ranks == sorted(ranks, reverse=True)
    for object_id in (1, 2, 3):
        truth = clip.label_map(0) == object_id
        assert any(np.array_equal(each.mask, truth) for each in found)


def test_no_more_than_wanted_are_handed_out() -> None:
    clip = MovingShapes(height=120, width=160, shapes=3)
    assert len(list(Proposals(points_per_side=12, most=2).find(ColourSegmenter(), clip.frame(0)))) == 2


class Wavering(ColourSegmenter):
    """Sees half of a disc at first; asked again with a box, all of it, and is surer or less sure of that."""

    def __init__(self, stability: float) -> None:
        super().__init__()
        self.stability = np.array([stability], np.float32)

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        answer = super().predict(embedding, prompt if prompt.box is None else Prompt(box=prompt.box))
        chosen = slice(answer.best, answer.best + 1)
        masks, stability = answer.masks[chosen].copy(), self.stability
        if prompt.box is None:
            rows = np.flatnonzero(masks[0].any(axis=1))
            masks[0, : (rows[0] + rows[-1]) // 2] = False
            stability = np.array([0.8], np.float32)
        return Candidates(masks, np.array([0.9], np.float32), stability, answer.logits[chosen])


@pytest.mark.slow
@pytest.mark.parametrize(("stability", "is_whole"), [(0.9, True), (0.7, False)])
def test_a_second_pass_counts_where_it_is_steadier(stability: float, is_whole: bool) -> None:
    clip = MovingShapes(height=120, width=160)
    disc = clip.label_map(0) == 1
    segmenter = Wavering(stability)

    def near(passes: int) -> float:
        found = Proposals(points_per_side=8, passes=passes).find(segmenter, clip.frame(0))
        return max((each.mask & disc).sum() / (each.mask | disc).sum() for each in found)

    assert near(1) < 0.7
    assert (near(2) == 1) == is_whole
    assert near(2) >= near(1)


def test_the_first_pass_stays_as_it_is_and_the_second_follows_each_thing_once() -> None:
    clip = MovingShapes(height=120, width=160)
    segmenter = Wavering(0.9)
    image = clip.frame(0)
    halves = Proposals(points_per_side=8).first_pass(segmenter, image, image)
    again = asked_again(segmenter, image, [*halves, *halves], (120, 160), 1000)
    assert again[: 2 * len(halves)] == [*halves, *halves]
    new = [each.box for each in again[2 * len(halves) :]]
    assert new
    assert len(new) == len(set(new))
    assert asked_again(segmenter, image, halves, (120, 160), len(halves)) == halves, (
        "there is no room for more"
    )


def test_a_second_look_that_says_the_same_adds_nothing() -> None:
    clip = MovingShapes(height=120, width=160)
    image = clip.frame(0)
    first = Proposals(points_per_side=8).first_pass(ColourSegmenter(), image, image)
    assert asked_again(ColourSegmenter(), image, first, (120, 160), 1000) == first


def test_a_large_image_is_looked_at_small_and_answered_large() -> None:
    clip = MovingShapes(height=800, width=1100)
    truth = clip.label_map(0) == 1
    found = list(Proposals(points_per_side=4).find(ColourSegmenter(), clip.frame(0)))
    best = max(found, key=lambda each: (each.mask & truth).sum() / (each.mask | truth).sum())
    assert best.mask.shape == (800, 1100)
    assert (best.mask & truth).sum() > 0.98 * (best.mask | truth).sum()
    x, y = best.point
    assert truth[round(y), round(x)], "the click is told in pixels of the image"


@pytest.mark.parametrize("settings", [{"points_per_side": 0}, {"most": 0}, {"passes": 0}])
def test_numbers_below_one_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(SamError, match="give at least 1"):
        Proposals(**settings)
