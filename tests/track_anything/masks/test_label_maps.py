"""Label maps and their files with the palette of DAVIS."""

from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from track_anything.errors import InputError
from track_anything.masks import (
    DAVIS_PALETTE,
    box_of,
    encode_label_map,
    iou,
    read_label_map,
    read_mask,
    write_label_map,
)

_label_maps = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40))
_masks = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=20))


def test_palette_is_that_of_davis():
    assert DAVIS_PALETTE.shape == (256, 3)
    assert DAVIS_PALETTE.dtype == np.uint8
    assert DAVIS_PALETTE[:9].tolist() == [
        [0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 0, 128],
        [128, 0, 128], [0, 128, 128], [128, 128, 128], [64, 0, 0],
    ]  # fmt: skip
    assert DAVIS_PALETTE[255].tolist() == [224, 224, 192]
    assert len({tuple(colour) for colour in DAVIS_PALETTE.tolist()}) == 256
    with pytest.raises(ValueError, match="read-only"):
        DAVIS_PALETTE[0] = 1


@settings(max_examples=40, deadline=None)
@given(label_map=_label_maps)
def test_a_label_map_survives_the_file(label_map, tmp_path_factory):
    path = tmp_path_factory.mktemp("label_map") / "00000.png"
    write_label_map(path, label_map)
    assert np.array_equal(read_label_map(path), label_map)
    assert path.read_bytes() == encode_label_map(label_map)


def test_the_file_is_indexed_with_the_davis_palette(tmp_path):
    write_label_map(tmp_path / "0.png", np.full((3, 5), 7, np.uint8))
    with PIL.Image.open(tmp_path / "0.png") as image:
        assert image.mode == "P"
        assert image.size == (5, 3)
        assert image.convert("RGB").getpixel((0, 0)) == tuple(DAVIS_PALETTE[7].tolist())


def test_a_label_map_need_not_be_contiguous(tmp_path):
    label_map = np.arange(48, dtype=np.uint8).reshape(6, 8)[:, ::2]
    write_label_map(tmp_path / "0.png", label_map)
    assert np.array_equal(read_label_map(tmp_path / "0.png"), label_map)


def test_a_greyscale_label_map_is_read_as_ids(tmp_path):
    label_map = np.arange(12, dtype=np.uint8).reshape(3, 4)
    PIL.Image.fromarray(label_map).save(tmp_path / "grey.png")
    assert np.array_equal(read_label_map(tmp_path / "grey.png"), label_map)


def test_a_one_bit_label_map_is_read_as_ids(tmp_path):
    PIL.Image.fromarray(np.eye(9, dtype=bool)).save(tmp_path / "bits.png")
    assert np.array_equal(read_label_map(tmp_path / "bits.png"), np.eye(9, dtype=np.uint8))


def test_a_colour_image_is_no_label_map(tmp_path):
    PIL.Image.new("RGB", (4, 4)).save(tmp_path / "colour.png")
    with pytest.raises(InputError, match=r"colour\.png holds RGB pixels.*indexed"):
        read_label_map(tmp_path / "colour.png")


def _truncate(path: Path) -> None:
    write_label_map(path, np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8))
    path.write_bytes(path.read_bytes()[:1000])


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"no image"), _truncate, Path.mkdir])
def test_an_unreadable_label_map_is_an_input_error(tmp_path, damage):
    path = tmp_path / "damaged.png"
    damage(path)
    with pytest.raises(InputError, match=r"label map .*damaged\.png cannot be read"):
        read_label_map(path)


def test_a_missing_label_map_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.png does not exist: check the path"):
        read_label_map(tmp_path / "nowhere.png")


@pytest.mark.parametrize(
    ("mode", "off", "on"),
    [
        ("L", 0, 255),
        ("L", 0, 1),
        ("1", 0, 1),
        ("RGB", (0, 0, 0), (0, 0, 3)),
        ("RGBA", (0, 0, 0, 255), (255, 255, 255, 255)),
        ("RGBA", (255, 255, 255, 0), (255, 255, 255, 9)),
        ("LA", (0, 255), (4, 255)),
        ("I;16", 0, 256),
    ],
)
def test_every_kind_of_image_is_read_as_a_mask(tmp_path, mode, off, on):
    image = PIL.Image.new(mode, (5, 3), off)
    image.putpixel((4, 1), on)
    image.save(tmp_path / "mask.png")
    expected = np.zeros((3, 5), bool)
    expected[1, 4] = True
    assert np.array_equal(read_mask(tmp_path / "mask.png", (3, 5)), expected)


def test_of_an_indexed_mask_the_index_counts(tmp_path):
    image = PIL.Image.fromarray(np.array([[0, 1]], np.uint8))
    image.putpalette([255, 255, 255, 0, 0, 0])  # the background is white here and the object black
    image.save(tmp_path / "mask.png")
    assert read_mask(tmp_path / "mask.png", (1, 2)).tolist() == [[False, True]]


def test_the_noise_of_a_jpeg_and_the_grey_of_an_edge_are_no_object(tmp_path):
    mask = np.zeros((64, 96), bool)
    mask[20:40, 30:60] = True
    grey = cv2.GaussianBlur(np.where(mask, 255, 0).astype(np.uint8), (0, 0), 2)
    for name in ("mask.jpg", "mask.png"):
        PIL.Image.fromarray(grey).save(tmp_path / name)
        assert iou(read_mask(tmp_path / name, (64, 96)), mask) > 0.95


def test_a_photograph_is_no_mask(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 3), np.uint8)
    PIL.Image.fromarray(noise).resize((160, 120), PIL.Image.Resampling.NEAREST).save(tmp_path / "photo.png")
    with pytest.raises(InputError, match="pictures and no masks"):
        read_mask(tmp_path / "photo.png", (120, 160))


def test_a_mask_of_another_size_is_refused(tmp_path):
    PIL.Image.new("L", (5, 3)).save(tmp_path / "mask.png")
    with pytest.raises(InputError, match=r"mask\.png is 5 x 3 pixels but the frame is 3 x 5"):
        read_mask(tmp_path / "mask.png", (5, 3))


def test_iou():
    mask = np.array([[1, 1, 0, 0]], bool)
    other = np.array([[0, 1, 1, 0]], bool)
    empty = np.zeros_like(mask)
    assert iou(mask, other) == pytest.approx(1 / 3)
    assert iou(mask, mask) == 1
    assert iou(mask, empty) == 0
    assert iou(empty, empty) == 1


@settings(max_examples=60, deadline=None)
@given(mask=_masks)
def test_the_box_is_the_smallest_that_holds_the_mask(mask):
    box = box_of(mask)
    if not mask.any():
        assert box is None
        return
    x0, y0, x1, y1 = box
    inside = mask[y0:y1, x0:x1]
    assert inside.sum() == mask.sum()
    assert inside[0].any()
    assert inside[-1].any()
    assert inside[:, 0].any()
    assert inside[:, -1].any()
