"""A propagator beside which another one looks closer at what is small."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tracker.aggregation import to_propagated
from tracker.joint_propagator import Carrier
from tracker.memory_need import Undertaking
from tracker.memory_use import MemoryUse
from tracker.objects import objects_on
from tracker.propagator import Propagated
from tracker.snapshot import read_snapshot, write_snapshot
from tracker.zoom import Window, ZoomConfig, enlarged, laid_back, next_window

_WHOLE, _NEAR = "whole.", "near."
_WINDOW, _OBJECTS = "zoom.window", "zoom.objects"


class ZoomingPropagator:
    """Propagates masks on whole frames and closer round small objects; meets the ``Propagator`` contract.

    Where the window lies, the answer is a mean of both, and both remember it: the one that sees the whole
    frame knows the ground, the other one what a small object looks like. While objects are large, or none is
    seen in all of the frame, there is no window, and the first one is alone.

    Args:
        whole: sees every frame.
        near: sees known frames, and others while there is a window.
        config: when and how much the window enlarges, and how much what is seen in it counts.
    """

    def __init__(self, whole: Carrier, near: Carrier, config: ZoomConfig) -> None:
        self._whole = whole
        self._near = near
        self._config = config
        self._image: NDArray[np.uint8] | None
        self._stepped: NDArray[np.uint8] | None
        self._view: NDArray[np.uint8]
        self._window: Window
        self._following: Window | None
        self._mask: NDArray[np.bool_]
        self._object_ids: set[int]
        self._begin()

    def remember(
        self,
        image: NDArray[np.uint8],
        label_map: NDArray[np.uint8],
        *,
        permanent: bool = True,
        given: Collection[int] | None = None,
    ) -> None:
        """As ``MemoryPropagator.remember``; both always know the same objects.

        No mended prediction is kept of what was not looked at closer, unless an object arrives with it.

        Raises:
            TrackerError: as there.
            MemoryFullError: as there.
        """
        self._whole.remember(image, label_map, permanent=permanent, given=given)
        mask = label_map > 0
        arriving = objects_on(label_map) - self._object_ids
        is_seen = image is self._image and self._window.holds(mask)
        must_be_told = permanent or bool(arriving)
        if not is_seen and must_be_told:
            self._look(image, next_window(mask, None, self._config))
            if given is not None and self._object_ids:
                self._near.step(self._view)
        if is_seen or must_be_told:
            shown = enlarged(label_map, self._window)
            self._near.remember(self._view, shown, permanent=permanent, given=given)
            self._object_ids |= arriving
        if given is not None:  # the others are where they were seen
            mask = mask | self._mask
        self._follow(mask, next_window(mask, self._following, self._config))

    @torch.inference_mode()
    def step(self, image: NDArray[np.uint8], *, last: bool = False) -> Propagated:
        """Predict the masks of the next frame and update both memories.

        Args:
            image: (H, W, 3) uint8 RGB, of the size of the frames before.
            last: no frame follows, so the memories are left as they are.

        Raises:
            TrackerError: nothing was remembered yet, or the size differs.
        """
        seen = self._whole.step(image, last=last)
        self._stepped, window = image, self._following
        if window is not None and window != Window.whole(_size(image)):
            seen = self._looked_closer(image, seen, window, last=last)
        mask = seen.label_map > 0
        self._follow(mask, next_window(mask, window, self._config))
        return seen

    def withhold(self, object_ids: Collection[int]) -> None:
        """Keep what the last step found of some objects out of both memories."""
        self._whole.withhold(object_ids)
        if self._image is self._stepped:
            self._near.withhold(object_ids)

    def forget(self, object_id: int) -> None:
        """Drop one object and its memory; TrackerError when it is not remembered."""
        self._whole.forget(object_id)
        self._near.forget(object_id)
        self._object_ids.discard(object_id)

    def memory_need(self, ahead: Undertaking) -> int:
        """Bytes that a propagation to come takes at most: what both take."""
        return self._whole.memory_need(ahead) + self._near.memory_need(ahead)

    def memory_use(self) -> MemoryUse:
        """How full the memory of whole frames is; the bytes are those of both."""
        use = self._whole.memory_use()
        return replace(use, bytes=use.bytes + self._near.memory_use().bytes)

    def reset(self) -> None:
        """Drop every object and all memory."""
        self._whole.reset()
        self._near.reset()
        self._begin()

    def save(self, path: Path) -> None:
        """Write both memories to one file of numpy arrays; a ``remember`` after ``load`` is a new frame."""
        window = self._following
        arrays = {_WHOLE + name: array for name, array in self._whole.state().items()}
        arrays |= {_NEAR + name: array for name, array in self._near.state().items()}
        place = () if window is None else (window.top, window.left, window.height, window.width)
        arrays |= {_WINDOW: np.array(place, np.int64), _OBJECTS: np.array(sorted(self._object_ids), np.int64)}
        write_snapshot(path, self.made_by, arrays)

    def load(self, path: Path) -> None:
        """Replace both memories by saved ones; the next step continues exactly where they left off.

        Raises:
            TrackerError: the file cannot be read, or was made by other propagators or another zoom.
        """
        arrays = read_snapshot(path, self.made_by)
        self._begin()
        for prefix, carrier in ((_WHOLE, self._whole), (_NEAR, self._near)):
            own = {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}
            carrier.load_state(own)
        place = arrays[_WINDOW].tolist()
        self._following = Window(*place) if place else None
        self._object_ids = {*arrays[_OBJECTS].tolist()}

    def _looked_closer(
        self, image: NDArray[np.uint8], seen: Propagated, window: Window, *, last: bool
    ) -> Propagated:
        """What is seen on a frame when the window is looked at, too."""
        self._look(image, window)
        closer = self._near.step(self._view, last=last)
        share = self._config.share * (window.zoom(_size(image)) - 1)
        probabilities = seen.probabilities.copy()  # (K + 1, H, W)
        inside = (slice(None), *window.inside)
        part = probabilities[inside] + share * laid_back(closer.probabilities, window)
        probabilities[inside] = part / (1 + share)
        both = torch.from_numpy(probabilities)
        self._whole.revise(both[1:])
        near = F.interpolate(both[inside][None, 1:], _size(image), mode="bilinear", align_corners=False)
        self._near.revise(near[0])
        found = to_propagated(both, seen.object_ids, torch.from_numpy(seen.familiarity))
        return replace(found, is_embedded=seen.is_embedded)

    def _look(self, image: NDArray[np.uint8], window: Window) -> None:
        """Look at a frame through a window; through that of the whole frame it is the frame itself."""
        self._image, self._window = image, window
        self._view = image if window == Window.whole(_size(image)) else enlarged(image, window)

    def _follow(self, mask: NDArray[np.bool_], window: Window) -> None:
        """The next frame is looked at where the objects, (H, W), ended up on this one."""
        self._mask, self._following = mask, window

    @property
    def made_by(self) -> str:
        """What a saved memory fits."""
        return f"zooming {self._config} {self._whole.made_by}, {self._near.made_by}"

    def _begin(self) -> None:
        """Before the first frame; what was looked at closer last is told by the array."""
        self._image = self._stepped = self._following = None
        self._mask = np.zeros((0, 0), np.bool_)
        self._object_ids = set()


def _size(image: NDArray[np.uint8]) -> tuple[int, int]:
    return image.shape[0], image.shape[1]
