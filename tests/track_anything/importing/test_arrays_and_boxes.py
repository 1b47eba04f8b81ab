"""Arrays and annotations that are taken for what they are, or refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from track_anything.errors import InputError
from track_anything.importing import HowToRead
from track_anything.importing.coco_masks import CocoMasks
from track_anything.importing.foreign_masks import MeantFor
from track_anything.importing.mask_array import MaskArray

SIZE = (12, 20)


def moving(frame: int) -> np.ndarray:
    mask = np.zeros(SIZE, np.bool_)
    mask[3:8, frame : frame + 6] = True
    return mask


def test_pictures_stacked_along_the_last_axis_are_frames(tmp_path: Path) -> None:
    np.save(tmp_path / "masks.npy", np.stack([moving(frame) for frame in range(5)], axis=2))
    masks = MaskArray(tmp_path / "masks.npy", MeantFor(SIZE), HowToRead())
    assert len(masks.names) == 5
    for frame in range(5):
        np.testing.assert_array_equal(masks.read(frame)[1], moving(frame))


@pytest.mark.parametrize("frames_first", [False, True])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_frames_and_objects_are_told_apart_by_the_length_of_the_video(
    tmp_path: Path, count: int, frames_first: bool
) -> None:
    """(T, K, H, W), or (K, T, H, W) as trackers of single objects stack it; where T = K it is the former."""
    masks = np.stack([[moving(frame + thing) for frame in range(count)] for thing in range(3)])
    stacked = masks.swapaxes(0, 1) if frames_first else masks
    np.save(tmp_path / "masks.npy", stacked)
    read = MaskArray(tmp_path / "masks.npy", MeantFor(SIZE, count), HowToRead())
    assert len(read.names) == count
    meant = stacked if count == 3 else masks.swapaxes(0, 1)  # (T, K, H, W)
    for frame in range(count):
        for thing in range(3):
            np.testing.assert_array_equal(read.read(frame)[thing + 1], meant[frame, thing])


def test_boxes_are_no_masks(tmp_path: Path) -> None:
    content = {
        "images": [{"id": 1, "file_name": "0.png", "width": 20, "height": 12}],
        "categories": [{"id": 1, "name": "ball"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [3, 3, 6, 5]}],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"is no COCO file of masks .*boxes and no masks"):
        CocoMasks(tmp_path / "boxes.json", SIZE, HowToRead(), None)
