"""Masks as one JSON file in the form of the COCO data set, with run lengths and scores."""

import json
from typing import Any

from track_anything.export.order import Order
from track_anything.export.texts.text_file import TextFile
from track_anything.masks import box_of
from track_anything.masks.rle import encode_rle
from track_anything.types import FrameIndex
from track_anything.video import image_names

_SCHEMA = 1


class CocoJson(TextFile):
    """An ``Exporter`` of a COCO file: frames are images, objects categories, masks annotations.

    The ids of images are frame indices plus 1, those of categories are object ids. Images of a folder keep
    their names, frames of a video are called ``00000.jpg`` and so on. ``score`` is the mask's
    confidence; empty masks have no annotation. Masks that overlap stay whole.

    Args:
        order: what is exported; its path ends with ``.json``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".json")
        self._images: list[dict[str, Any]] = []
        self._annotations = 0
        names = image_names(order.source)
        self._names = names if len(names) == order.info.frame_count else ()

    def _opening(self) -> str:
        info = {"description": self._order.source.name, "version": f"{_SCHEMA}"}
        categories = [{"id": object_id, "name": name} for object_id, name in self._order.objects.items()]
        return f'{{"info": {_json(info)},\n"categories": {_json(categories)},\n"annotations": [\n'

    def _of_frame(self, index: FrameIndex) -> str:
        info = self._order.info
        name = self._names[index] if self._names else f"{index:05d}.jpg"
        seconds = float(info.seconds(index))
        self._images.append(
            {
                "id": index + 1,
                "file_name": name,
                "width": info.width,
                "height": info.height,
                "seconds": seconds,
            }
        )
        lines = []
        for object_id in self._order.objects:
            mask = self._order.masks.mask(index, object_id)
            box = box_of(mask)
            if box is None:
                continue
            separator = ",\n" if self._annotations else ""
            self._annotations += 1
            annotation = {
                "id": self._annotations,
                "image_id": index + 1,
                "category_id": object_id,
                "segmentation": {"size": list(mask.shape), "counts": encode_rle(mask)},
                "area": int(mask.sum()),
                "bbox": [box[0], box[1], box[2] - box[0], box[3] - box[1]],
                "iscrowd": 0,
                "score": self._order.masks.standing(index, object_id).confidence,
            }
            lines.append(separator + _json(annotation))
        return "".join(lines)

    def _closing(self) -> str:
        return f'\n],\n"images": {_json(self._images)}}}\n'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
