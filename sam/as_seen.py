"""A large image as the network sees it; needs no network."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.canvas import fit_canvas


def as_seen(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An (H, W, 3) image made smaller or larger until its longer side has the pixels of the canvas."""
    rows, columns = fit_canvas(image.shape[0], image.shape[1])
    return np.asarray(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
