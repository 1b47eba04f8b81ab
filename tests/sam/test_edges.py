"""Edges of drawn pictures lie where their things end."""

import cv2
import numpy as np
import pytest

from sam.edges import Edges, mask_edge, thinned
from sam.errors import SamError
from track_anything.testing import ColourSegmenter, MovingShapes


def rim(mask: np.ndarray) -> np.ndarray:
    square = np.ones((3, 3), np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, square) > 0


def test_the_edges_of_a_disc_are_its_outline() -> None:
    clip = MovingShapes(height=120, width=160)
    strength = Edges(points_per_side=8).find(ColourSegmenter(), clip.frame(0))
    disc = clip.label_map(0) == 1
    near = cv2.dilate(rim(disc).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert strength.shape == disc.shape
    assert strength.max() == pytest.approx(1)
    within = cv2.dilate((strength > 0.2).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (within & rim(disc)).sum() > 0.9 * rim(disc).sum(), "the outline is found"
    inside = cv2.erode(disc.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert not strength[inside].any(), "and nothing inside"
    assert (strength[near] > 0).any()


def test_a_large_image_is_looked_at_small_and_its_edges_told_at_its_size() -> None:
    clip = MovingShapes(height=800, width=1200)
    seen: list[tuple[int, ...]] = []

    class Noting(ColourSegmenter):
        def embed(self, image: np.ndarray) -> np.ndarray:
            seen.append(image.shape)
            return image

    strength = Edges(points_per_side=4).find(Noting(), clip.frame(0))
    outline = rim(clip.label_map(0) == 1)
    within = cv2.dilate((strength > 0.2).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (seen, strength.shape) == ([(683, 1024, 3)], (800, 1200))
    assert (within & outline).sum() > 0.9 * outline.sum()


def test_where_an_image_ends_is_no_edge() -> None:
    logits = np.full((40, 60), -8, np.float32)
    logits[:, :30] = 8
    edge = mask_edge(logits)
    assert edge[:, 29:31].min() > 1
    assert edge[:, :26].max() == 0
    assert edge[:, 34:].max() == 0


def test_a_wide_edge_becomes_one_pixel_wide() -> None:
    strength = cv2.GaussianBlur(np.eye(60, dtype=np.float32), (0, 0), 3)
    thin = thinned(strength)
    inner = thin[10:-10, 10:-10]
    assert 0 < np.count_nonzero(inner) <= 2 * 40
    assert np.count_nonzero(np.diagonal(inner)) == 40


def test_progress_is_told_and_nothing_found_is_no_edge() -> None:
    told: list[tuple[int, int]] = []
    flat = np.full((30, 40, 3), 100, np.uint8)
    settings = Edges(points_per_side=4, points_per_batch=8)
    strength = settings.find(ColourSegmenter(), flat, progress=lambda *step: told.append(step))
    assert (told, strength.max()) == ([(1, 2), (2, 2)], 0)


@pytest.mark.parametrize("settings", [{"points_per_side": 0}, {"max_overlap": 2}, {"points_per_batch": 0}])
def test_numbers_outside_their_limits_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(SamError, match=f"{next(iter(settings))} cannot be"):
        Edges(**settings)
