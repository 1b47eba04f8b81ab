"""Filling by MI-GAN, a network that is not ours: an extra under the MIT licence.

Sargsyan, Navasardyan, Xu and Shi, "MI-GAN: A Simple Baseline for Image Inpainting on Mobile Devices", ICCV
2023. What is run is the pipeline that its authors export, which crops and joins by itself.
"""

from typing import Any

import numpy as np

from track_anything.models.onnx_network import open_network
from track_anything.types import Image, Mask

WEIGHTS_VARIABLE = "TRACK_ANYTHING_MIGAN"
"""The environment variable that names the ONNX file."""

_FILE = "migan_pipeline_v2.onnx (MIT)"


class Migan:
    """A ``Paint``.

    Args:
        session: runs the network: an ``onnxruntime.InferenceSession``.
    """

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - onnxruntime is not installed everywhere
        self._session = session

    def __call__(self, image: Image, hole: Mask) -> Image:
        """See ``Paint``."""
        names = [each.name for each in self._session.get_inputs()]
        planes = np.moveaxis(image, 2, 0)[None]  # (1, 3, H, W)
        is_known = np.where(hole, np.uint8(0), np.uint8(255))[None, None]  # (1, 1, H, W)
        (made,) = self._session.run(None, dict(zip(names, (planes, is_known), strict=True)))
        filled = np.moveaxis(np.asarray(made, np.uint8)[0], 0, 2)
        return np.where(hole[..., None], filled, image).astype(np.uint8)


def load_migan() -> Migan:
    """The network, on the CPU; InputError when it cannot be had."""
    return Migan(open_network("MI-GAN", _FILE, WEIGHTS_VARIABLE))
