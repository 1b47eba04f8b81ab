"""Between the source image and the square canvas that the encoder sees.

The source is scaled so that its longer side fills the canvas; the rest, at the right or at the bottom, is
padding (Kirillov et al., ICCV 2023, appendix A "Image encoder").
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from sam.canvas import CANVAS_SIZE, fit_canvas
from sam.errors import ImageError

_MEAN = (123.675, 116.28, 103.53)  # of ImageNet, RGB, 0 to 255
_STD = (58.395, 57.12, 57.375)


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
