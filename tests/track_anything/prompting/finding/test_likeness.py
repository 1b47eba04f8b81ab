"""What looks like an example, on drawn features and drawn discs."""

import numpy as np
import pytest

from track_anything.prompting.finding.alike import Example, alike, evidence_of, example_of
from track_anything.prompting.finding.likeness import Appearance, features_of, peaks, prototypes
from track_anything.prompting.finding.scoring import scores_of
from track_anything.prompting.finding.sightings import Sightings
from track_anything.testing import ColourSegmenter, MovingShapes

CLIP = MovingShapes(height=160, width=240, shapes=3)


def drawn(*columns: tuple[int, int]) -> np.ndarray:
    """Features (3, 8, 12): a square of 4 cells for each column and kind on a ground of its own."""
    features = np.zeros((3, 8, 12), np.float32)
    features[2] = 1
    for column, kind in columns:
        features[:, 2:6, column : column + 3] = 0
        features[kind, 2:6, column : column + 3] = 1
    return features


def square(column: int, cells: int = 3) -> np.ndarray:
    mask = np.zeros((80, 120), np.bool_)
    mask[20:60, 10 * column : 10 * (column + cells)] = True
    return mask


def test_the_same_thing_elsewhere_is_more_alike_than_another() -> None:
    appearance = Appearance(drawn((0, 0), (4, 0), (8, 1)))
    example = appearance.looks_of(square(0))
    same, other = appearance.likeness(square(4), example), appearance.likeness(square(8), example)
    for name in ("inside", "covered", "contrast", "mean"):
        assert getattr(same, name) > getattr(other, name) + 0.5, name
    assert same.size == pytest.approx(0)
    assert appearance.likeness(square(4, 1), example).size == pytest.approx(-np.log(3))


def test_something_of_two_parts_is_not_its_mean() -> None:
    """Half of one kind and half of the other: a thing of one half alone covers less of it."""
    features = drawn((0, 0), (4, 0), (8, 0))
    features[:, 4:6, 0:3] = features[:, 4:6, 4:7] = np.array([0, 1, 0]).reshape(3, 1, 1)
    appearance = Appearance(features)
    example = appearance.looks_of(square(0))
    assert len(example.inside) >= 2
    whole, half = appearance.likeness(square(4), example), appearance.likeness(square(8), example)
    assert whole.inside == pytest.approx(half.inside, abs=0.05)
    assert whole.covered > half.covered + 0.2


def test_an_object_smaller_than_a_cell_has_looks() -> None:
    mask = np.zeros((80, 120), np.bool_)
    mask[33, 44] = True
    looks = Appearance(drawn((4, 0))).looks_of(mask)
    assert (len(looks.inside), len(looks.rim)) == (1, 1)


def test_prototypes_are_directions_and_the_same_each_time() -> None:
    cells = np.random.default_rng(0).standard_normal((5, 40)).astype(np.float32)
    cells /= np.linalg.norm(cells, axis=0)
    first = prototypes(cells, 6)
    np.testing.assert_array_equal(first, prototypes(cells, 6))
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    assert (len(first), len(prototypes(cells[:, :4], 6))) == (6, 1)


def test_peaks_are_where_no_neighbour_is_higher() -> None:
    values = np.zeros((5, 9), np.float32)
    values[1, 2], values[1, 3], values[3, 7] = 5, 4, 6
    assert peaks(values, 2).tolist() == [[3, 7], [1, 2]]


def test_a_picture_is_its_own_features_where_an_embedding_is_no_more() -> None:
    assert features_of(CLIP.frame(0)).shape == (3, 20, 30)


def test_refused_looks_take_others_down_and_a_shared_class_lifts() -> None:
    image = CLIP.frame(0)
    segmenter, appearance = ColourSegmenter(), Appearance(features_of(image))
    masks = {object_id: CLIP.label_map(0) == object_id for object_id in (1, 2, 3)}
    boxes = []
    for mask in masks.values():
        rows, columns = np.nonzero(mask)
        boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    classes = np.zeros((3, 80), np.float32)
    classes[:, 5] = 0.9, 0.8, 0.1
    seen = Sightings(np.array(boxes, np.float64), classes)
    example = example_of(appearance, masks[1], seen)
    assert example.classes[5] == pytest.approx(0.9)

    def scores(refused: list[Example], sightings: Sightings) -> dict[int, float]:
        found = list(alike(segmenter, image, image, appearance, [example], refused, sightings))
        told = scores_of(evidence_of(found), np.array([each.refused for each in found]))
        return {
            object_id: max(
                (
                    score
                    for each, score in zip(found, told.tolist(), strict=True)
                    if np.array_equal(each.mask, mask)
                ),
                default=0,
            )
            for object_id, mask in masks.items()
        }

    plain, boxed = scores([], Sightings.none()), scores([], seen)
    assert plain[1] > plain[2]
    assert boxed[2] > boxed[3], "of one class, and of another"
    refused = scores([example_of(appearance, masks[2], Sightings.none())], seen)
    assert refused[2] < boxed[2] / 2
    assert refused[1] == pytest.approx(boxed[1])


def test_a_class_by_which_the_example_is_hardly_recognised_counts_for_nothing() -> None:
    image = CLIP.frame(0)
    segmenter, appearance = ColourSegmenter(), Appearance(features_of(image))
    masks = {object_id: CLIP.label_map(0) == object_id for object_id in (1, 2, 3)}
    boxes = [
        (*np.argwhere(mask).min(axis=0)[::-1], *np.argwhere(mask).max(axis=0)[::-1] + 1)
        for mask in masks.values()
    ]
    classes = np.zeros((3, 80), np.float32)
    classes[:, 29] = 0.01, 0.02, 0.7  # a frisbee, if anything; the third one surely
    seen = Sightings(np.array(boxes, np.float64), classes)
    example = example_of(appearance, masks[1], seen)
    assert not example.class_shares.any()
    found = alike(segmenter, image, image, appearance, [example], sightings=seen)
    assert all(each.class_score == 0 for each in found)
