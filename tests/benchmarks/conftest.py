"""A DAVIS-shaped folder drawn by the fakes, and the fakes as models."""

import json
from pathlib import Path

import PIL.Image
import pytest

from track_anything.masks import box_of
from track_anything.masks.rle import encode_rle
from track_anything.models import CachedSegmenter, Models
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator

CLIP = MovingShapes(frame_count=6)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two sequences, "disc" and "twin", of the same moving disc; masks are 0 and 255 as in DAVIS-2016."""
    folder = tmp_path / "davis"
    for name in ("disc", "twin"):
        images, masks = folder / "JPEGImages" / name, folder / "Annotations" / name
        images.mkdir(parents=True)
        masks.mkdir(parents=True)
        for index in range(len(CLIP)):
            PIL.Image.fromarray(CLIP.frame(index)).save(images / f"{index:05d}.png")
            PIL.Image.fromarray(CLIP.label_map(index) * 255).save(masks / f"{index:05d}.png")
    return folder


@pytest.fixture
def models() -> Models:
    return Models(CachedSegmenter(ColourSegmenter()), ShiftingPropagator)


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    """A part of COCO: two pictures of the same four discs, each disc a cup."""
    folder, discs = tmp_path / "coco", MovingShapes(shapes=4, height=120, width=160)
    (folder / "images").mkdir(parents=True)
    images, annotations = [], []
    for image_id in (1, 2):
        name = f"{image_id:03d}.png"
        PIL.Image.fromarray(discs.frame(image_id)).save(folder / "images" / name)
        images.append({"id": image_id, "file_name": name, "height": 120, "width": 160})
        for object_id in range(1, 5):
            mask = discs.label_map(image_id) == object_id
            x0, y0, x1, y1 = box_of(mask) or (0, 0, 0, 0)
            annotations.append(
                {
                    "id": 10 * image_id + object_id,
                    "image_id": image_id,
                    "category_id": 47,
                    "bbox": [x0, y0, x1 - x0, y1 - y0],
                    "area": int(mask.sum()),
                    "iscrowd": 0,
                    "segmentation": {"size": [120, 160], "counts": encode_rle(mask)},
                }
            )
    content = {"images": images, "annotations": annotations, "categories": [{"id": 47, "name": "cup"}]}
    (folder / "instances.json").write_text(json.dumps(content), "utf-8")
    return folder


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A sequence of two discs of two colours."""
    clip = MovingShapes(frame_count=4, height=160, width=240, shapes=2)
    for index in range(len(clip)):
        for folder, image in (("JPEGImages", clip.frame(index)), ("Annotations", clip.label_map(index))):
            (tmp_path / folder / "discs").mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(image).save(tmp_path / folder / "discs" / f"{index:05}.png")
    return tmp_path
