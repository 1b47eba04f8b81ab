"""Mattes of people by Robust Video Matting, a network that is not ours: an extra.

Lin, Yang, Saleemi and Sengupta, "Robust High-Resolution Video Matting with Temporal Guidance", WACV 2022.
Code and weights are under GPL-3.0: they are neither shipped nor fetched, and who uses them must agree to it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from track_anything.matting.matte import Matte
from track_anything.matting.trimap import FOREGROUND, UNKNOWN, Trimap, check_trimap
from track_anything.models.onnx_network import open_network
from track_anything.types import Image

WEIGHTS_VARIABLE = "TRACK_ANYTHING_RVM"
"""The environment variable that names the ONNX file."""

_FILE = "rvm_mobilenetv3_fp32.onnx (GPL-3.0)"
_STATES = ("r1", "r2", "r3", "r4")
_COARSE_SIDE = 512  # pixels: the paper looks at the whole picture at about this size


class RvmMatter:
    """A ``Matter`` that remembers frames by the network's recurrent states. It knows people alone.

    Args:
        session: runs the network: an ``onnxruntime.InferenceSession``.
    """

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - onnxruntime is not installed everywhere
        self._session = session
        self._size: tuple[int, ...] = ()
        self._states = _fresh_states()

    def step(self, image: Image, trimap: Trimap, prior: Matte | None = None) -> Matte:  # noqa: ARG002
        """See ``Matter``."""
        check_trimap(image, trimap)
        if trimap.shape != self._size:
            self.reset()
            self._size = trimap.shape
        source = np.moveaxis(image.astype(np.float32) / 255, 2, 0)[None]  # (1, 3, H, W)
        ratio = np.array([min(1.0, _COARSE_SIDE / max(trimap.shape))], np.float32)
        inputs = {"src": source, "downsample_ratio": ratio, **self._states}
        alpha, *states = self._session.run(["pha", *(f"{name}o" for name in _STATES)], inputs)
        self._states = {f"{name}i": state for name, state in zip(_STATES, states, strict=True)}
        found = np.clip(np.asarray(alpha, np.float32)[0, 0], 0, 1)  # (H, W)
        return np.asarray(np.where(trimap == UNKNOWN, found, trimap == FOREGROUND), np.float32)

    def reset(self) -> None:
        """See ``Matter``."""
        self._states = _fresh_states()


def _fresh_states() -> dict[str, NDArray[np.float32]]:
    """What the network takes where it has seen nothing."""
    return {f"{name}i": np.zeros((1, 1, 1, 1), np.float32) for name in _STATES}


def load_rvm() -> RvmMatter:
    """The network, on the CPU; InputError when it cannot be had."""
    return RvmMatter(open_network("RVM", _FILE, WEIGHTS_VARIABLE))
