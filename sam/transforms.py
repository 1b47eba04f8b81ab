"""Between the source image and the square canvas that the encoder sees.

The source is scaled so that its longer side fills the canvas; the rest, at the right or at the bottom, is
padding (Kirillov et al., ICCV 2023, appendix A "Image encoder").
"""

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from sam.errors import ImageError
from sam.modeling.common import CANVAS_SIZE
from sam.prompt import LOGITS_SIZE

_MEAN = (123.675, 116.28, 103.53)  # of ImageNet, RGB, 0 to 255
_STD = (58.395, 57.12, 57.375)
_LOGIT_LIMIT = 10.0  # as sure as the decoder itself gets


def fit_canvas(height: int, width: int) -> tuple[int, int]:
    """Rows and columns that an image of (height, width) takes on the canvas; at least one each."""
    scale = CANVAS_SIZE / max(height, width)
    return max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))


def image_to_canvas(image: NDArray[np.uint8]) -> Tensor:
    """Resize, normalise and pad an image.

    The resize is Pillow's antialiased bilinear one, with which the published networks were trained.

    Args:
        image: (H, W, 3) uint8 RGB of any size.

    Returns:
        (1, 3, 1024, 1024) float32, channels last in memory; the padding is 0.

    Raises:
        ImageError: the array is no such image.
    """
    _check_image(image)
    height, width = fit_canvas(*image.shape[:2])
    resized = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.array(resized))  # (h, w, 3) uint8
    canvas = torch.zeros(1, CANVAS_SIZE, CANVAS_SIZE, 3)
    canvas[0, :height, :width] = (pixels - torch.tensor(_MEAN)) / torch.tensor(_STD)
    return canvas.permute(0, 3, 1, 2)


def points_to_canvas(points: NDArray[np.float32], source_size: tuple[int, int]) -> NDArray[np.float32]:
    """Map points from the source image to the canvas.

    Args:
        points: (..., 2) ``(x, y)`` in source pixels.
        source_size: (H, W) of the source.

    Returns:
        (..., 2) float32 ``(x, y)`` in canvas pixels.
    """
    height, width = source_size
    rows, columns = fit_canvas(height, width)
    scaled = points.astype(np.float64) * (columns / width, rows / height)
    return scaled.astype(np.float32)


def logits_to_source(logits: Tensor, source_size: tuple[int, int]) -> Tensor:
    """Bring the decoder's logits to the size of the source.

    Args:
        logits: (B, M, 256, 256) on the padded canvas.
        source_size: (H, W) of the source.

    Returns:
        (B, M, H, W); positive inside the mask.
    """
    rows, columns = fit_canvas(*source_size)
    canvas = F.interpolate(logits, (CANVAS_SIZE, CANVAS_SIZE), mode="bilinear", align_corners=False)
    return F.interpolate(canvas[..., :rows, :columns], source_size, mode="bilinear", align_corners=False)


def logits_from_mask(mask: NDArray[np.bool_] | NDArray[np.floating]) -> NDArray[np.float32]:
    """Make a mask prompt from a mask or from soft probabilities.

    Args:
        mask: (H, W) bool, or the probability of the object in [0, 1], at source size.

    Returns:
        (256, 256) float32 logits on the padded canvas, between -10 and 10; the padding is -10.

    Raises:
        ImageError: the array is not (H, W), is empty, or has values outside [0, 1].
    """
    if mask.ndim != 2 or mask.size == 0:
        raise ImageError(f"a mask must be a non-empty (H, W) array, not of shape {mask.shape}")
    probability = mask.astype(np.float32)
    if not (probability.min() >= 0 and probability.max() <= 1):
        raise ImageError("a soft mask must hold probabilities between 0 and 1: scale or clip it first")
    rows, columns = fit_canvas(*mask.shape)
    is_shrinking = rows < mask.shape[0]
    how = cv2.INTER_AREA if is_shrinking else cv2.INTER_LINEAR
    canvas = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.float32)
    canvas[:rows, :columns] = cv2.resize(probability, (columns, rows), interpolation=how)
    cells = cv2.resize(canvas, (LOGITS_SIZE, LOGITS_SIZE), interpolation=cv2.INTER_AREA)
    certain = 1 / (1 + np.exp(-_LOGIT_LIMIT))
    cells = np.clip(cells.astype(np.float64), 1 - certain, certain)
    logits: NDArray[np.float32] = np.log(cells / (1 - cells)).astype(np.float32)
    return logits


def _check_image(image: NDArray[np.uint8]) -> None:
    is_image = (
        isinstance(image, np.ndarray)
        and image.dtype == np.uint8
        and image.ndim == 3
        and image.shape[2] == 3
        and image.size > 0
    )
    if not is_image:
        found = (
            f"{image.dtype} of shape {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        )
        raise ImageError(f"an image must be a non-empty (H, W, 3) uint8 RGB array, not {found}")
