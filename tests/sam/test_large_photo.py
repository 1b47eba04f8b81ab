"""A photo of 12 megapixels takes no more memory for more clicks or boxes."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from sam.box_masks import masks_in_boxes
from sam.crop import Crop
from sam.edges import Edges
from sam.point_segmenter import predict_points
from sam.prompt import Prompt
from sam.proposals import Proposals
from sam.segmenter import Candidates

SIZE = (3000, 4000)
PHOTO = np.zeros((*SIZE, 3), np.uint8)


class Squares:
    """Answers each prompt with a square, at the size of the image it was shown."""

    def embed(self, image: np.ndarray) -> tuple[int, int]:
        return image.shape[0], image.shape[1]

    def predict(self, embedding: tuple[int, int], prompt: Prompt) -> Candidates:
        x, y = prompt.points[0] if len(prompt.points) else prompt.box[:2]
        mask = np.zeros((1, *embedding), np.bool_)
        side = embedding[1] // 20
        mask[0, int(y) : int(y) + side, int(x) : int(x) + side] = True
        logits = np.full((1, 256, 256), -5, np.float32)
        row, column = (int(value * 256 / embedding[1]) for value in (y, x))
        logits[0, row : row + 12, column : column + 12] = 5
        return Candidates(mask, np.full(1, 0.95, np.float32), np.ones(1, np.float32), logits)


def peak(do: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        do()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_more_clicks_and_boxes_take_no_more_memory() -> None:
    mask = SIZE[0] * SIZE[1]

    def clicked(side: int) -> int:
        points = Crop(0, (0, 0, SIZE[1], SIZE[0])).grid(side)
        return sum(
            int(each.masks.sum()) for each in predict_points(Squares(), SIZE, points, min_predicted_iou=0)
        )

    few = peak(lambda: clicked(2))
    assert peak(lambda: clicked(6)) < few + mask
    few = peak(lambda: Edges(2).find(Squares(), PHOTO))
    assert peak(lambda: Edges(6).find(Squares(), PHOTO)) < few + mask
    few = peak(lambda: sum(each.area for each in Proposals(2).find(Squares(), PHOTO)))
    assert peak(lambda: sum(each.area for each in Proposals(6).find(Squares(), PHOTO))) < few + mask
    boxes = np.array([[x, 100, x + 200, 300] for x in range(100, 2100, 200)], np.float32)

    def areas(count: int) -> list[int]:
        return [int(each.masks.sum()) for each in masks_in_boxes(Squares(), SIZE, boxes[:count])]

    few = peak(lambda: areas(2))
    assert peak(lambda: areas(10)) < few + mask
