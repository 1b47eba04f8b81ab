"""Which of three answers to a lone click is taken: of about equal ones the larger, never a much worse one."""

import numpy as np
import pytest

from sam.segmenter import Candidates
from track_anything.prompting import likeliest

# Predicted IoU and share of the frame of MobileSAM's answers to a click on a skirt, a horse's saddle, a cat
SKIRT = ((0.961, 0.017), (0.924, 0.022), (0.943, 0.070))
SADDLE = ((0.917, 0.004), (0.885, 0.009), (0.891, 0.015))
CAT = ((0.881, 0.03), (0.975, 0.07), (0.987, 0.075))
BALL = ((0.98, 0.01), (0.86, 0.02), (0.72, 0.4))


@pytest.mark.parametrize(("answers", "expected"), [(SKIRT, 2), (SADDLE, 2), (CAT, 2), (BALL, 0)])
def test_a_whole_is_taken_over_a_part_that_is_predicted_as_well(
    answers: tuple[tuple[float, float], ...], expected: int
) -> None:
    masks = np.zeros((3, 100, 100), np.bool_)
    for mask, (_, share) in zip(masks, answers, strict=True):
        mask.reshape(-1)[: round(share * mask.size)] = True
    scores = np.array([score for score, _ in answers], np.float32)
    found = Candidates(masks, scores, np.ones(3, np.float32), np.zeros((3, 256, 256), np.float32))
    assert likeliest(found) == expected


def test_an_answer_without_a_pixel_is_no_whole() -> None:
    masks = np.zeros((3, 10, 10), np.bool_)
    masks[0, :4] = True
    scores = np.array([0.9, 0.95, 0.95], np.float32)
    found = Candidates(masks, scores, np.ones(3, np.float32), np.zeros((3, 256, 256), np.float32))
    assert likeliest(found) == 0
