"""The boxes of other programs: a COCO file of detections, or of annotations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from track_anything.errors import InputError
from track_anything.models.coco_classes import COCO_CLASSES
from track_anything.models.detector import Detection
from track_anything.types import FrameIndex

_LAST_NUMBER = re.compile(r"(\d{1,11})\D*$")
_Number = Annotated[float, Field(allow_inf_nan=False, gt=-1e7, lt=1e7)]
_Size = Annotated[float, Field(allow_inf_nan=False, ge=0, lt=1e7)]
ImageKey = int | str


class _Row(BaseModel):
    """A detection, or an annotation, which has no score."""

    image_id: ImageKey
    category_id: int = 0
    bbox: tuple[_Number, _Number, _Size, _Size]  # x, y, width, height
    score: _Number = 1.0
    iscrowd: int = 0


class _Image(BaseModel):
    id: ImageKey
    file_name: str


class _Category(BaseModel):
    id: int
    name: str


class _Annotations(BaseModel):
    images: list[_Image]
    annotations: list[_Row]
    categories: list[_Category] = []


_FORM = TypeAdapter[list[_Row] | _Annotations](list[_Row] | _Annotations)


@dataclass(frozen=True)
class DetectionsFile:
    """Boxes by picture.

    Attributes:
        path: of the file.
        rows: picture's id to its detections, best score first.
        ids: file name to id, where the file tells; else a picture's id is its name, or the number in it.
        categories: name to category id.
    """

    path: Path
    rows: Mapping[ImageKey, Sequence[Detection]]
    ids: Mapping[str, ImageKey] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, least: float = 0.0) -> "DetectionsFile":
        """Read a list of COCO detections, or COCO annotations with their images; crowds are left out.

        Args:
            path: of the file.
            least: the score below which a detection is left out.

        Raises:
            InputError: it cannot be read, or is neither.
        """
        try:
            content = _FORM.validate_json(path.read_bytes())
        except OSError as error:
            raise InputError(f"{path} cannot be read ({error.strerror}): give a COCO file") from error
        except ValidationError as error:
            raise InputError(
                f"{path} holds no COCO detections: give a list of image_id, category_id, bbox and score"
            ) from error
        if isinstance(content, list):
            content = _Annotations(images=[], annotations=content)
        categories = {each.name: each.id for each in content.categories} or dict(COCO_CLASSES)
        names = {number: name for name, number in categories.items()}
        rows: dict[ImageKey, list[Detection]] = {}
        for row in content.annotations:
            x, y, width, height = row.bbox
            if row.score >= least and width > 0 and height > 0 and not row.iscrowd:
                name = names.get(row.category_id, f"category {row.category_id}")
                made = Detection(name, row.score, (x, y, x + width, y + height))
                rows.setdefault(row.image_id, []).append(made)
                categories.setdefault(name, row.category_id)
        for detections in rows.values():
            detections.sort(key=lambda each: -each.score)
        ids = {each.file_name: each.id for each in content.images}
        return cls(path, rows, ids, categories)

    def id_of(self, name: str) -> ImageKey:
        """The id of a picture by the name of its file."""
        if name in self.ids:
            return self.ids[name]
        stem = Path(name).stem
        keys: list[ImageKey] = [name, stem, *([int(stem)] if stem.isdecimal() else [])]
        return next((key for key in keys if key in self.rows), keys[-1])

    def of(self, name: str, size: tuple[int, int]) -> list[Detection]:
        """The detections on a picture of (H, W), by the name of its file; those beside it are left out."""
        return self._inside(self.id_of(name), size)

    def on_frame(
        self, frame: FrameIndex, names: Sequence[str], count: int, size: tuple[int, int]
    ) -> list[Detection]:
        """The detections on a frame of a video, best score first.

        A video of pictures goes by their names. Where there are none, or none is in the file, the last number
        in a picture's name, or its id, is a frame, counted from 0; from 1 where 1 and the last are there so.

        Args:
            frame: which one.
            names: of the pictures that the video is made of, in order; empty for a video file.
            count: frames of the video.
            size: (H, W) of them.

        Raises:
            InputError: there is no box for this frame.
        """
        keys = self._keys_by_name(names) or self._keys_by_number(count)
        found = [each for key in keys.get(frame, []) for each in self._inside(key, size)]
        if not found:
            raise InputError(f"{self.path.name} has no boxes for frame {frame}: {_where(sorted(keys))}")
        return sorted(found, key=lambda each: -each.score)

    def _inside(self, key: ImageKey, size: tuple[int, int]) -> list[Detection]:
        """Those on a picture of (H, W), but those beside it."""
        height, width = size
        return [
            each
            for each in self.rows.get(key, ())
            if each.box[0] < width and each.box[1] < height and each.box[2] > 0 and each.box[3] > 0
        ]

    def _keys_by_name(self, names: Sequence[str]) -> dict[FrameIndex, list[ImageKey]]:
        """Pictures with boxes by the place of their names."""
        keys = {frame: self.id_of(name) for frame, name in enumerate(names)}
        return {frame: [key] for frame, key in keys.items() if key in self.rows}

    def _keys_by_number(self, count: int) -> dict[FrameIndex, list[ImageKey]]:
        """Pictures with boxes by the frame of a video of so many that they are."""
        numbers = sorted(self._numbers.values())
        first = 1 if numbers and (numbers[0], numbers[-1]) == (1, count) else 0
        found: dict[FrameIndex, list[ImageKey]] = {}
        for key, number in self._numbers.items():
            if 0 <= number - first < count:
                found.setdefault(number - first, []).append(key)
        return found

    @cached_property
    def _numbers(self) -> dict[ImageKey, int]:
        """The number of each picture that has boxes."""
        names = {key: name for name, key in self.ids.items()}
        told = {key: _LAST_NUMBER.search(Path(names.get(key, str(key))).stem) for key in self.rows}
        return {key: int(match[1]) for key, match in told.items() if match}


def _where(frames: Sequence[FrameIndex]) -> str:
    """What to do instead of looking on a frame without boxes."""
    if not frames:
        return "its pictures are not frames of this video: give image ids that are frame numbers, from 0"
    if len(frames) == 1:
        return f"look on frame {frames[0]}"
    return f"look on one of its {len(frames)} frames from {frames[0]} to {frames[-1]}"
