"""The detector that comes with the package: YOLOX-Nano (Ge et al., 2021), run by OpenCV."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.mask_filters import suppress
from track_anything.errors import WeightsError, unknown
from track_anything.models.coco_classes import COCO_CLASSES
from track_anything.types import Image

DETECTOR_WEIGHTS = Path(__file__).parent / "weights" / "yolox_nano.onnx"

LEAST_SCORE = 0.3
"""From which score on a detection is believed, when nothing else is said."""

_SIDE = 416  # pixels of the square that the network sees
_STRIDES = (8, 16, 32)
_PADDING = 114  # grey, as in training
_SAME = 0.65  # IoU of two boxes of one class above which they are of one thing
_NAMES = tuple(COCO_CLASSES)


@dataclass(frozen=True)
class Detection:
    """Something in an image that has a name.

    Attributes:
        name: what it is.
        score: how sure that is, 0 to 1.
        box: ``(x0, y0, x1, y1)`` in pixels of the image.
    """

    name: str
    score: float
    box: tuple[float, float, float, float]


def check_classes(names: Collection[str]) -> None:
    """Raise InputError when the detector does not know one of the names."""
    for name in names:
        if name not in COCO_CLASSES:
            raise unknown("class", name, COCO_CLASSES)


class YoloxDetector:
    """Finds the things of 80 classes; takes 3.7 MB and a tenth of a second on a processor.

    Safe to use from several threads, one after the other.

    Args:
        path: another YOLOX network of 416 pixels and 80 classes as ONNX, instead of the one in the package.

    Raises:
        WeightsError: the file is not there, or holds no such network.
    """

    def __init__(self, path: Path = DETECTOR_WEIGHTS) -> None:
        if not path.is_file():
            raise WeightsError(f"{path} is not there: give the ONNX file of a YOLOX detector")
        try:
            self._network = cv2.dnn.readNetFromONNX(str(path))
        except cv2.error as error:
            raise WeightsError(f"{path} holds no network: give the ONNX file of a YOLOX detector") from error
        self._path = path
        self._in_use = Lock()

    def detect(
        self, image: Image, *, names: Collection[str] | None = None, least: float = LEAST_SCORE
    ) -> list[Detection]:
        """Find the things in an image.

        Args:
            image: (H, W, 3) RGB of any size.
            names: which classes are wanted; None = all of them.
            least: the score, 0 to 1, below which a detection is dropped.

        Returns:
            Best score first; boxes end at the borders of the image. One thing may be there under two names.

        Raises:
            InputError: a name that the detector does not know.
            WeightsError: the network is none of YOLOX for 416 pixels and 80 classes.
        """
        check_classes(names or ())
        boxes, scores = self.predictions(image)
        wanted = np.ones(len(_NAMES), np.bool_) if names is None else np.isin(_NAMES, list(names))
        places, kinds = np.nonzero((scores >= least) & wanted)  # (N,) each: a box may have several names
        boxes, best = boxes[places], scores[places, kinds]
        apart = boxes + 4 * max(image.shape) * kinds[:, None]  # those of different classes never overlap
        kept = suppress(apart, best, _SAME)
        return [_detection(_NAMES[kinds[place]], float(best[place]), boxes[place], image) for place in kept]

    def predictions(self, image: Image) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """All that the network says of an image (H, W, 3), most of which is about nothing.

        Returns:
            Boxes (N, 4) in pixels, which may reach beyond the image, and their scores by class, (N, 80).

        Raises:
            WeightsError: as ``detect``.
        """
        height, width = image.shape[:2]
        scale = min(_SIDE / height, _SIDE / width)
        columns, rows = max(1, int(width * scale)), max(1, int(height * scale))
        how = cv2.INTER_LINEAR if scale > 0.25 else cv2.INTER_AREA  # as in training, where that does no harm
        seen = np.full((_SIDE, _SIDE, 3), _PADDING, np.uint8)
        seen[:rows, :columns] = cv2.resize(image, (columns, rows), interpolation=how)[:, :, ::-1]
        blob = seen.transpose(2, 0, 1)[None].astype(np.float32)  # (1, 3, 416, 416) BGR
        with self._in_use:
            self._network.setInput(blob)
            answer = self._network.forward()  # (1, N, 85)
        centres, strides = _cells()
        if answer.shape != (1, len(centres), 5 + len(_NAMES)):
            raise WeightsError(
                f"{self._path} is another kind of network: give a YOLOX of 416 pixels and 80 classes"
            )
        answer = answer[0].astype(np.float64)
        middles = (answer[:, :2] + centres) * strides
        halves = np.exp(answer[:, 2:4]) * strides / 2
        boxes = np.concatenate((middles - halves, middles + halves), axis=1) / scale
        return boxes, (answer[:, 4:5] * answer[:, 5:]).astype(np.float32)


def _cells() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Column and row (N, 2) of each cell of the network's three grids, and its stride, (N, 1)."""
    places, strides = [], []
    for stride in _STRIDES:
        count = _SIDE // stride
        rows, columns = np.mgrid[:count, :count]
        places.append(np.stack((columns, rows), axis=-1).reshape(-1, 2))
        strides.append(np.full((count * count, 1), stride))
    return np.concatenate(places).astype(np.float64), np.concatenate(strides).astype(np.float64)


def _detection(name: str, score: float, box: NDArray[np.float64], image: Image) -> Detection:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = np.clip(box, 0, (width, height, width, height)).tolist()
    return Detection(name, score, (x0, y0, x1, y1))
