"""16 bits and 8 bits, one into the other."""

import numpy as np

from track_anything.video.bit_depth import to_8_bits


def test_16_bits_go_to_the_nearest_of_8():
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    np.testing.assert_array_equal(to_8_bits(levels), np.rint(levels / 257))
    assert to_8_bits(levels).dtype == np.uint8


def test_8_bits_stay_the_array_that_they_are():
    image = np.zeros((4, 5, 3), np.uint8)
    assert to_8_bits(image) is image
