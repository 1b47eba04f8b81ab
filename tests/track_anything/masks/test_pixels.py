"""What pixels of masks mean, told from a few pictures."""

import numpy as np
import PIL.Image

from track_anything.masks.pixels import Pixels, rule_for

COLOURS = np.array([(0, 0, 0), (220, 20, 60), (0, 120, 250)], np.uint8)
IDS = np.zeros((40, 60), np.uint8)
IDS[5:30, 5:25], IDS[12:36, 35:55] = 1, 2


def ids_found(pictures: list[Pixels]) -> list[dict[int, np.ndarray]]:
    rule = rule_for(pictures)
    return [rule.masks(picture) for picture in pictures]


def with_palette(places: np.ndarray, *colours: tuple[int, int, int]) -> Pixels:
    image = PIL.Image.fromarray(places)
    image.putpalette([channel for colour in colours for channel in colour])
    return Pixels.of(image)


def test_blends_along_smooth_edges_are_no_objects():
    shares = np.repeat(np.repeat(np.eye(3)[IDS], 4, axis=0), 4, axis=1)  # (160, 240, 3)
    kernel = np.ones(9) / 9
    for axis in (0, 1):
        shares = np.apply_along_axis(np.convolve, axis, shares, kernel, "same")
    shares = shares.reshape(40, 4, 60, 4, 3).mean(axis=(1, 3))
    picture = Pixels(np.rint(shares @ COLOURS.astype(float)).astype(np.uint8))
    rule = rule_for([picture])
    assert sorted(rule.colours.values()) == [(0, 120, 250), (220, 20, 60)]


def test_a_thin_object_whose_colour_lies_between_others_is_one():
    thin = IDS.copy()
    thin[2, 3:50] = 3
    colours = np.array([(0, 0, 0), (128, 0, 0), (0, 128, 0), (64, 0, 0)], np.uint8)  # as DAVIS has them
    assert set(rule_for([Pixels(colours[thin])]).colours.values()) == {(128, 0, 0), (0, 128, 0), (64, 0, 0)}


def test_a_palette_of_its_own_for_each_picture_tells_objects_by_colour():
    red, blue, black = (220, 20, 60), (0, 120, 250), (0, 0, 0)
    exchanged = np.array([0, 2, 1], np.uint8)[IDS]
    first, second = ids_found(
        [with_palette(IDS, black, red, blue), with_palette(exchanged, black, blue, red)]
    )
    assert len(first) == len(second) == 2
    for number, mask in first.items():
        np.testing.assert_array_equal(second[number], mask)


def test_a_palette_that_grows_with_the_objects_and_has_no_void_still_tells_ids():
    red, green, black = (128, 0, 0), (0, 128, 0), (0, 0, 0)
    with_void = np.where(IDS == 2, 255, IDS).astype(np.uint8)
    pictures = [with_palette(with_void, black, red), with_palette(IDS, black, red, green)]
    assert rule_for(pictures).reading == "labels"
    assert [sorted(found) for found in ids_found(pictures)] == [[1], [1, 2]]


def test_what_kitti_does_not_care_about_is_nobodys():
    ids = np.array([0, 1005, 2001], np.uint16)[IDS]
    ids[:3] = 10_000
    assert sorted(ids_found([Pixels(ids)])[0]) == [1005, 2001]
    ids[38:] = 12  # not of KITTI, so 10000 is an id as any other
    assert 10_000 in ids_found([Pixels(ids)])[0]
