"""Frames and masks in the folders of the video object segmentation data sets."""

import json
import re
from pathlib import Path

import cv2

from track_anything.export.folders.frame_folder import FRAME_PNG, Frame, FrameFolder
from track_anything.export.order import Order
from track_anything.masks import write_label_map
from track_anything.types import FrameIndex, ObjectId

_JPEG_QUALITY = 95
_FRAME_JPEG = r"\d{5,}\.jpg"


class DatasetLayout(FrameFolder):
    """An ``Exporter`` of a data set of one video: ``JPEGImages`` and ``Annotations``, found by frame number.

    Args:
        order: what is exported; its folder's name becomes that of the video.
        images: folder of the frames inside the data set.
        annotations: folder of the label maps.
    """

    own_files = rf"(JPEGImages|Annotations)/.+/({FRAME_PNG}|{_FRAME_JPEG})|meta\.json|ImageSets/2017/val\.txt"

    def __init__(self, order: Order, images: str, annotations: str) -> None:
        super().__init__(order.path, overwrite=order.overwrite)
        self._order = order
        # no dots at the ends: `.` and `..` are folders already, Windows drops the last, the first one hides
        self._video = re.sub(r"[^\w.-]+", "_", order.source.stem).strip(".") or "video"
        self._images = Path(images, self._video)
        self._annotations = Path(annotations, self._video)

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        for place in (self._images, self._annotations):
            (folder / place).mkdir(parents=True, exist_ok=True)
        bgr = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
        _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        (folder / self._images / f"{frame.index:05d}.jpg").write_bytes(encoded.tobytes())
        write_label_map(folder / self._annotations / f"{frame.index:05d}.png", frame.label_map)


class DavisLayout(DatasetLayout):
    """DAVIS 2017: ``JPEGImages/Full-Resolution/VIDEO/00000.jpg`` and so on, and the list of videos."""

    def __init__(self, order: Order) -> None:
        super().__init__(order, "JPEGImages/Full-Resolution", "Annotations/Full-Resolution")

    def _finish(self) -> None:
        sets = self._staging.path / "ImageSets" / "2017"
        sets.mkdir(parents=True)
        (sets / "val.txt").write_text(f"{self._video}\n", "utf-8")


class YouTubeVosLayout(DatasetLayout):
    """YouTube-VOS: ``JPEGImages/VIDEO/00000.jpg`` and so on, and ``meta.json`` with the frames per object."""

    def __init__(self, order: Order) -> None:
        super().__init__(order, "JPEGImages", "Annotations")
        self._seen: dict[ObjectId, list[FrameIndex]] = {object_id: [] for object_id in order.objects}

    def _write_frame(self, folder: Path, frame: Frame) -> None:
        super()._write_frame(folder, frame)
        for object_id, frames in self._seen.items():
            if self._order.masks.mask(frame.index, object_id).any():
                frames.append(frame.index)

    def _finish(self) -> None:
        objects = {
            str(object_id): {"category": name, "frames": [f"{frame:05d}" for frame in self._seen[object_id]]}
            for object_id, name in self._order.objects.items()
        }
        meta = {"videos": {self._video: {"objects": objects}}}
        (self._staging.path / "meta.json").write_text(
            json.dumps(meta, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
