"""The shipped fakes meet the contracts that networks meet."""

from pathlib import Path

import numpy as np
import pytest

from sam.prompt import Prompt
from tests.sam.segmenter_contract import CONTRACT
from tests.sam.segmenter_contract import Check as SegmenterCheck
from tests.tracker.propagator_contract import CHECKS
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
def test_the_colour_segmenter_meets_the_contract(check: SegmenterCheck) -> None:
    clip = MovingShapes(height=60, width=90)
    check(ColourSegmenter(), clip.frame(0))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_shifting_propagator_meets_the_contract(check: object, tmp_path: Path) -> None:
    check(ShiftingPropagator, tmp_path)  # type: ignore[operator]


@pytest.mark.parametrize("shapes", [1, 2, 4])
def test_shapes_never_touch_and_never_leave_the_picture(shapes: int) -> None:
    clip = MovingShapes(frame_count=200, height=80, width=60, shapes=shapes)
    sizes = {tuple(np.bincount(clip.label_map(frame).ravel(), minlength=shapes + 1)) for frame in range(200)}
    assert len(sizes) == 1
    for frame in (0, 57, 199):
        x, y = clip.centre(frame, shapes)
        assert clip.label_map(frame)[y, x] == shapes
    assert len(list(clip.frames(3, 9))) == 6
    assert not np.array_equal(clip.frame(0), clip.frame(1))


def test_the_colour_segmenter_takes_boxes_and_logits() -> None:
    clip = MovingShapes(height=60, width=90)
    segmenter, truth = ColourSegmenter(), clip.label_map(0) == 1
    x, y = clip.centre(0)
    boxed = segmenter.predict(clip.frame(0), Prompt(box=np.array([x - 9, y - 9, x + 9, y + 9], np.float32)))
    np.testing.assert_array_equal(boxed.masks[0], truth)
    again = segmenter.predict(clip.frame(0), Prompt(logits=boxed.logits[0]))
    np.testing.assert_array_equal(again.masks[0], truth)
    nothing = segmenter.predict(clip.frame(0), Prompt(logits=np.full((256, 256), -5, np.float32)))
    assert not nothing.masks.any()
