"""What may be an object, the likeliest first."""

import numpy as np
import pytest

from sam.errors import SamError
from sam.proposals import Proposals
from track_anything.testing import ColourSegmenter, MovingShapes


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


def test_a_large_image_is_looked_at_small_and_answered_large() -> None:
    clip = MovingShapes(height=800, width=1100)
    truth = clip.label_map(0) == 1
    found = list(Proposals(points_per_side=4).find(ColourSegmenter(), clip.frame(0)))
    best = max(found, key=lambda each: (each.mask & truth).sum() / (each.mask | truth).sum())
    assert best.mask.shape == (800, 1100)
    assert (best.mask & truth).sum() > 0.98 * (best.mask | truth).sum()
    x, y = best.point
    assert truth[round(y), round(x)], "the click is told in pixels of the image"


@pytest.mark.parametrize("settings", [{"points_per_side": 0}, {"most": 0}])
def test_numbers_below_one_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(SamError, match="give at least 1"):
        Proposals(**settings)
