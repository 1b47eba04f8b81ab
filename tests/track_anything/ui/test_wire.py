"""Masks survive the way to the browser and back."""

import base64
import gzip
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.types import Image, Mask
from track_anything.ui.wire import gzipped, jpeg, packed, shrunk, unpacked

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 40)))


def text_of(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


@given(masks)
def test_a_mask_survives_the_way_to_the_browser_and_back(mask: Mask) -> None:
    there_and_back = unpacked(packed(mask), (mask.shape[0], mask.shape[1]))
    np.testing.assert_array_equal(there_and_back, mask)
    assert there_and_back.dtype == np.bool_


def test_the_first_pixel_is_in_the_highest_bit_and_rows_run_on() -> None:
    mask = np.zeros((2, 5), np.bool_)
    mask[0, 0] = mask[0, 4] = mask[1, 0] = mask[1, 4] = True
    assert zlib.decompress(base64.b64decode(packed(mask))) == bytes([0b10001100, 0b01000000])


def test_a_mask_in_another_order_of_memory_is_the_same_mask() -> None:
    mask = np.arange(12).reshape(3, 4) % 5 == 0
    assert packed(np.asfortranarray(mask)) == packed(mask)
    assert packed(mask[:, ::-1][:, ::-1]) == packed(mask)


@pytest.mark.parametrize("text", ["", "%%%", "abc", "größe", base64.b64encode(b"no zlib").decode()])
def test_what_is_no_mask_at_all_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"paint it again|reload the page"):
        unpacked(text, (4, 6))


def test_a_mask_cut_short_on_its_way_is_refused() -> None:
    mask = np.random.default_rng(1).random((64, 64)) < 0.5
    whole = base64.b64decode(packed(mask))
    for kept in (0, 2, len(whole) // 2, len(whole) - 30):
        with pytest.raises(InputError, match=r"paint it again|reload the page"):
            unpacked(base64.b64encode(whole[:kept]).decode(), (64, 64))


@pytest.mark.parametrize("size", [(4, 7), (3, 5), (40, 60), (1, 1)])
def test_a_mask_of_another_size_is_refused_and_the_size_named(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="has not the 6 x 4 pixels of the frame: reload the page"):
        unpacked(packed(np.ones(size, np.bool_)), (4, 6))


def test_a_bomb_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    inflated: list[int] = []
    inflater = zlib.decompressobj

    class Watched:
        def __init__(self) -> None:
            self._inflater = inflater()

        def decompress(self, data: bytes, max_length: int = 0) -> bytes:
            content = self._inflater.decompress(data, max_length)
            inflated.append(len(content))
            return content

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(InputError, match="6 x 4 pixels"):
        unpacked(text_of(bytes(50_000_000)), (4, 6))
    assert sum(inflated) <= 4


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=3, max_side=9)))
def test_pixels_are_squeezed_row_by_row(pixels: NDArray[np.uint8]) -> None:
    assert gzip.decompress(gzipped(pixels)) == pixels.tobytes()
    assert gzip.decompress(gzipped(pixels[::-1])) == pixels[::-1].tobytes()


def halves(height: int, width: int) -> Image:
    """Red on the left, blue on the right."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2, 0] = 255
    image[:, width // 2 :, 2] = 255
    return image


def test_a_jpeg_keeps_colours_in_their_places_and_is_smaller_at_lower_quality() -> None:
    image = halves(32, 64)
    content = jpeg(image)
    assert content[:2] == b"\xff\xd8"
    bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None
    decoded = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    assert np.abs(decoded[:, :24].astype(int) - image[:, :24]).max() < 16
    assert np.abs(decoded[:, 40:].astype(int) - image[:, 40:]).max() < 16
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    assert len(jpeg(noise, quality=30)) < len(jpeg(noise))


@pytest.mark.parametrize(
    ("size", "height", "expected"),
    [((40, 60), 20, (20, 30)), ((40, 61), 10, (10, 15)), ((100, 1), 10, (10, 1)), ((999, 2), 9, (9, 1))],
)
def test_an_image_is_shrunk_to_a_height(
    size: tuple[int, int], height: int, expected: tuple[int, int]
) -> None:
    assert shrunk(halves(*size), height).shape == (*expected, 3)


@pytest.mark.parametrize("height", [40, 41, 1000])
def test_an_image_is_never_enlarged(height: int) -> None:
    image = halves(40, 60)
    assert shrunk(image, height) is image


def test_colours_stay_when_an_image_is_shrunk() -> None:
    np.testing.assert_array_equal(shrunk(halves(40, 80), 10), halves(10, 20))
