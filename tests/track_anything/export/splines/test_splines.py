"""Splines lie along masks, keep their points from frame to frame, and say how well they fit."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.track_anything.export.scenes import Scene
from tests.track_anything.export.spline_reading import read_splines
from track_anything.export import EXPORTERS
from track_anything.export.splines import Shapes, between, drawn, filled
from track_anything.export.splines.outline import outlines_of
from track_anything.masks import iou
from track_anything.types import Mask

SIZE = (120, 160)


def disc(x: float, y: float, radius: float) -> Mask:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 < radius**2)


def ring(x: float, y: float, radius: float) -> Mask:
    """A ring round a disc."""
    return np.asarray(disc(x, y, radius) & ~disc(x, y, 0.7 * radius) | disc(x, y, 0.3 * radius))


def followed(masks: Sequence[Mask]) -> Shapes:
    shapes = Shapes()
    for frame, mask in enumerate(masks):
        shapes.add(frame, 1, mask)
    return shapes


def spans(shapes: Shapes) -> list[tuple[int, int, int]]:
    return sorted((shape.depth, shape.first, shape.stop) for shape in shapes.all)


@given(
    cells=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 15)), max_size=60),
    holes=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 15)), max_size=20),
)
def test_outlines_enclose_their_mask(cells: list[tuple[int, int]], holes: list[tuple[int, int]]) -> None:
    """Blocks of 8 pixels in any arrangement; corners are rounded off, by a third of a pixel."""
    coarse = np.zeros((12, 16), bool)
    coarse[tuple(np.array(cells, int).reshape(-1, 2).T)] = True
    coarse[tuple(np.array(holes, int).reshape(-1, 2).T)] = False
    mask = np.kron(coarse, np.ones((8, 8))).astype(bool)
    found = filled([outline.points for outline in outlines_of(mask)], mask.shape)
    assert np.count_nonzero(found != mask) <= 3 * np.count_nonzero(coarse) + 3 * len(holes)
    inside = cv2.erode(mask.astype(np.uint8), np.ones((5, 5)), borderValue=0) > 0
    outside = cv2.erode((~mask).astype(np.uint8), np.ones((5, 5)), borderValue=1) > 0
    assert found[inside].all()
    assert not found[outside].any()


@given(
    line=st.lists(
        st.tuples(st.floats(-5, 25, width=32), st.floats(-5, 20, width=32)),
        min_size=3,
        max_size=8,
        unique=True,
    )
)
def test_pixels_whose_centres_lie_inside_are_filled(line: list[tuple[float, float]]) -> None:
    found = filled([np.array(line)], (16, 20))
    for row, column in np.ndindex(16, 20):
        x, y, is_inside = column + 0.5, row + 0.5, False
        for (x0, y0), (x1, y1) in zip(line, line[1:] + line[:1], strict=True):
            if (y0 <= y) != (y1 <= y):
                cross = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                if abs(cross - x) < 1e-6:
                    break  # on the line it may be either
                is_inside ^= cross < x
        else:
            assert found[row, column] == is_inside


@pytest.mark.parametrize("masks", [
    [disc(40 + 3 * f, 60, 25) for f in range(12)],
    [disc(60, 60, 10 + 3 * f) for f in range(10)],
    [ring(80, 60, 45 + f / 3) for f in range(6)],
], ids=["moving", "growing", "ring with a disc"])  # fmt: skip
def test_a_shape_goes_on_with_as_many_points(masks: Sequence[Mask]) -> None:
    shapes = followed(masks)
    pieces = len(outlines_of(masks[0]))
    assert spans(shapes) == [(depth, 0, len(masks)) for depth in range(pieces)]
    keys = [shape.keys() for shape in shapes.all]
    for frame, mask in enumerate(masks):
        assert iou(filled([drawn(between(each, frame)) for each in keys], SIZE), mask) > 0.97
    for shape, each in zip(shapes.all, keys, strict=True):
        assert {spline.shape for spline in each.values()} == {(shape.count, 3, 2)}


def test_points_follow_what_they_lie_on() -> None:
    """A rectangle that moves by fractions of its width: its points move by as much."""
    masks = []
    for frame in range(8):
        mask = np.zeros(SIZE, bool)
        mask[30 + 2 * frame : 70 + 2 * frame, 20 + 7 * frame : 90 + 7 * frame] = True
        masks.append(mask)
    (shape,) = followed(masks).all
    keys = shape.keys()
    assert set(keys) == {0, 7}
    moved = keys[7][:, 1] - keys[0][:, 1]
    np.testing.assert_allclose(moved, np.tile([49, 14], (len(moved), 1)), atol=0.05)


def test_what_does_not_change_has_two_keys() -> None:
    (shape,) = followed([disc(60, 60, 30)] * 50).all
    assert list(shape.keys()) == [0, 49]


def test_a_shape_ends_where_its_piece_does() -> None:
    """One disc goes; for three frames there are two; one has a hole for two frames; for one there is none."""
    one, two = disc(40, 60, 30), disc(120, 60, 25)
    nothing = np.zeros(SIZE, bool)
    masks = [one, one | two, one | two, one | two & ~disc(120, 60, 10), one | two & ~disc(120, 60, 10), one]
    shapes = followed([*masks, nothing, one])
    assert spans(shapes) == [(0, 0, 6), (0, 1, 5), (0, 7, 8), (1, 3, 5)]


def test_a_shape_begins_anew_where_it_takes_more_points() -> None:
    star = np.zeros(SIZE, np.uint8)
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    reach = np.where(np.arange(24) % 2, 55, 25)
    corners = np.stack([80 + reach * np.cos(turns), 60 + reach * np.sin(turns)], axis=1)
    cv2.fillPoly(star, [corners.astype(np.int32)], 1)
    first, second = followed([disc(80, 60, 45)] * 2 + [star > 0] * 2).all
    assert (first.first, first.stop, second.first, second.stop) == (0, 2, 2, 4)
    assert second.count > 2 * first.count


def test_specks_are_left_out() -> None:
    mask = disc(60, 60, 30)
    mask[5, 5] = mask[100:102, 140:142] = True
    mask[60, 60] = False
    (outline,) = outlines_of(mask)
    assert outline.depth == 0
    assert outlines_of(np.zeros(SIZE, bool)) == []


def made(folder: Path, mask_of: Callable[[int], Mask], count: int) -> tuple[Path, dict[str, object], str]:
    """The file, what the manifest says of it, and its note."""
    scene = Scene({1: 'röte "Kugel"', 7: "ghost"}, absent=frozenset({7}), size=SIZE, frame_count=count + 3)

    class Masks(Scene):
        def mask(self, frame: int, object_id: int) -> Mask:
            return mask_of(frame) if object_id == 1 else np.zeros(SIZE, bool)

    source = Masks(scene.names, scene.absent, SIZE, scene.frame_count)
    order = replace(scene.order(folder / "out.json"), masks=source, frames=range(3, 3 + count))
    with EXPORTERS.build("splines", order) as exporter:
        for frame in order.frames or ():
            exporter.write(frame, scene.image(frame), scene.label_map(frame))
    (note,) = exporter.notes
    return order.path, dict(exporter.facts), note


def test_the_file_tells_masks_and_the_manifest_how_well(tmp_path: Path) -> None:
    """Read back by another reader: the loss that was told is that of the file, keys or not."""

    def mask_of(frame: int) -> Mask:
        return ring(70 + min(frame, 5), 60, 40) if frame != 9 else np.zeros(SIZE, bool)

    path, facts, note = made(tmp_path, mask_of, 8)
    told = json.loads(path.read_text("utf-8"))
    assert told["objects"] == {"1": 'röte "Kugel"', "7": "ghost"}
    assert told["frames"] == [3, 11]
    assert facts["shapes"] == len(told["shapes"]) == 6  # three, once more after frame 9
    assert any(len(shape["keys"]) < shape["stop"] - shape["first"] for shape in told["shapes"])
    likeness = facts["iou"]
    assert isinstance(likeness, dict)
    assert likeness["7"] == [None] * 8
    for place, frame in enumerate(range(3, 11)):
        mask, found = mask_of(frame), read_splines(path, frame, 1)
        if frame == 9:
            assert likeness["1"][place] is None
            assert not found.any()
            continue
        assert likeness["1"][place] > 0.95
        assert abs(iou(found, mask) - likeness["1"][place]) < 0.01
    known = [each for each in likeness["1"] if each is not None]
    worst = 3 + likeness["1"].index(min(known))
    assert f"IoU with the masks of {np.mean(known):.3f} on average" in note
    assert f"of {min(known):.3f} at worst, of 'röte \"Kugel\"' on frame {worst}" in note


def test_masks_that_no_spline_can_draw_are_told(tmp_path: Path) -> None:
    dust = np.zeros(SIZE, bool)
    dust[::4, ::4] = True
    path, facts, note = made(tmp_path, lambda _: dust, 2)
    assert json.loads(path.read_text("utf-8"))["shapes"] == []
    assert facts["iou"] == {"1": [0.0, 0.0], "7": [None, None]}
    assert "of 0.000 on average" in note
