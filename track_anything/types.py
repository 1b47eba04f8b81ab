"""The words of the product as types. Arrays are (H, W); points are (x, y); frames count from 0."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FrameIndex: TypeAlias = int
"""Position in our own decode of the video, from 0."""

ObjectId: TypeAlias = int
"""1 to 255; 0 is the background."""

Image: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) RGB."""

DeepImage: TypeAlias = NDArray[np.uint16]
"""(H, W, 3) RGB of a source with more than 8 bits per sample: black is 0 and white is 65535."""

AnyImage: TypeAlias = NDArray[np.uint8 | np.uint16]
"""An ``Image`` or a ``DeepImage``."""

LabelMap: TypeAlias = NDArray[np.uint8]
"""(H, W) object ids, 0 = background."""

Mask: TypeAlias = NDArray[np.bool_]
"""(H, W)."""

Known: TypeAlias = Mapping[FrameIndex, Mapping[ObjectId, Mask]]
"""The masks a person gave, per frame and per object; a propagation never overwrites them."""

MAX_OBJECT_ID = 255
