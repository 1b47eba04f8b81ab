"""Where to look closer: windows on drawn masks, and a propagator that uses them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.tracker.stand_in import tiny_network
from tracker.memory_config import MemoryConfig
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator
from tracker.zoom import Window, ZoomConfig, enlarged, laid_back, next_window
from tracker.zooming_propagator import ZoomingPropagator

SIZE = (96, 160)
CONFIG = ZoomConfig(room=4.0, most=4.0, least=1.3, calm=1.25, widening=1.5)


def block(top: int, left: int, height: int, width: int) -> NDArray[np.bool_]:
    mask = np.zeros(SIZE, np.bool_)
    mask[top : top + height, left : left + width] = True
    return mask


@given(st.integers(0, 95), st.integers(0, 159), st.integers(1, 96), st.integers(1, 160))
def test_a_window_holds_the_object_in_the_frame_and_has_its_shape(
    top: int, left: int, height: int, width: int
) -> None:
    mask = block(top, left, height, width)
    window = next_window(mask, None, CONFIG)
    assert window.holds(mask)
    assert 0 <= window.top <= SIZE[0] - window.height
    assert 0 <= window.left <= SIZE[1] - window.width
    assert window.width / window.height == pytest.approx(SIZE[1] / SIZE[0], rel=0.05)
    assert 1 <= window.zoom(SIZE) <= CONFIG.most * 1.05


def test_large_objects_are_seen_in_the_whole_frame() -> None:
    assert next_window(block(20, 30, 40, 40), None, CONFIG) == Window.whole(SIZE)
    assert next_window(block(20, 30, 8, 8), None, CONFIG) != Window.whole(SIZE)


def test_a_window_follows_and_keeps_its_size_while_that_is_about_right() -> None:
    first = next_window(block(40, 60, 10, 10), None, CONFIG)
    second = next_window(block(40, 66, 11, 11), first, CONFIG)
    assert (second.height, second.width) == (first.height, first.width)
    assert second.left > first.left
    third = next_window(block(40, 66, 16, 16), second, CONFIG)
    assert third.height > second.height


def test_a_window_grows_to_the_whole_frame_while_nothing_is_seen() -> None:
    window = next_window(block(40, 60, 6, 6), None, CONFIG)
    heights = []
    for _ in range(5):
        window = next_window(block(0, 0, 0, 0), window, CONFIG)
        heights.append(window.height)
    assert heights == sorted(heights)
    assert window == Window.whole(SIZE)
    assert next_window(block(0, 0, 0, 0), None, CONFIG) == Window.whole(SIZE)


def test_what_is_enlarged_lies_back_where_it_was() -> None:
    mask = block(40, 60, 10, 12)
    window = next_window(mask, None, CONFIG)
    larger = enlarged(mask.astype(np.uint8), window)
    assert larger.shape == SIZE
    assert np.count_nonzero(larger) > 3 * np.count_nonzero(mask)
    back = laid_back(larger[None].astype(np.float32), window)[0] > 0.5
    np.testing.assert_array_equal(back, mask[window.inside])


def test_an_image_keeps_its_channels() -> None:
    image = np.zeros((*SIZE, 3), np.uint8)
    image[..., 1] = 200
    larger = enlarged(image, Window(10, 10, 24, 40))
    assert larger.shape == image.shape
    assert (larger[..., 1] == 200).all()


class Counting(XMemPropagator):
    """Counts the frames that it steps."""

    steps = 0

    def step(self, image: NDArray[np.uint8], *, last: bool = False):  # type: ignore[no-untyped-def]
        self.steps += 1
        return super().step(image, last=last)


def zooming() -> tuple[ZoomingPropagator, Counting]:
    config = XMemConfig(mem_every=2, internal_size=None, memory=MemoryConfig(top_k=8))
    near = Counting(tiny_network(), config)
    return ZoomingPropagator(XMemPropagator(tiny_network(), config), near, CONFIG), near


def picture(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    image = np.full((*SIZE, 3), 90, np.uint8)
    image[mask] = (230, 40, 40)
    return image


@pytest.mark.parametrize(("side", "looks_closer"), [(8, True), (60, False)])
def test_only_small_objects_are_looked_at_closer(side: int, looks_closer: bool) -> None:
    propagator, near = zooming()
    mask = block(20, 40, side, side)
    propagator.remember(picture(mask), mask.astype(np.uint8))
    found = propagator.step(picture(mask))
    assert near.steps == looks_closer
    assert found.probabilities.sum(axis=0) == pytest.approx(1, abs=1e-5)


def test_a_known_frame_that_the_window_does_not_hold_is_looked_at_anew() -> None:
    propagator, near = zooming()
    small, elsewhere = block(20, 20, 8, 8), block(70, 130, 8, 8)
    propagator.remember(picture(small), small.astype(np.uint8))
    image = picture(elsewhere)
    propagator.step(image)
    before = near.memory_use().bytes
    propagator.remember(image, elsewhere.astype(np.uint8))
    assert near.memory_use().bytes > before
    propagator.step(picture(elsewhere))


@pytest.mark.parametrize("side", [8, 50])
def test_an_object_that_arrives_with_a_frame_that_ages_is_known_to_both(side: int) -> None:
    propagator, near = zooming()
    first, second = block(10, 10, 8, 8), block(40, 100, side, side)
    propagator.remember(picture(first), first.astype(np.uint8))
    image = picture(first | second)
    propagator.step(image)
    propagator.remember(image, (first + 2 * second).astype(np.uint8), permanent=False)
    assert list(near.bank.object_ids) == [1, 2]
    found = propagator.step(picture(first | second))
    assert list(found.object_ids) == [1, 2]
    propagator.forget(2)
    assert list(propagator.step(picture(first)).object_ids) == [1]
