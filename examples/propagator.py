"""A propagator of your own: one that leaves every mask where it was, and meets the contract all the same.

python examples/propagator.py clip.mp4 project 320,180
"""

import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from track_anything import Session, load_models
from track_anything.models import Models
from tracker import Propagated, TrackerError

Image = NDArray[np.uint8]


class StillPropagator:
    """Says of every frame what it was told last."""

    def __init__(self) -> None:
        self._label_map: NDArray[np.uint8] | None = None

    def remember(self, image: Image, label_map: NDArray[np.uint8], *, permanent: bool = True) -> None:
        """Keep the masks of a frame."""
        del permanent  # one mask per object is all the memory there is
        if image.shape[:2] != label_map.shape:
            raise TrackerError(
                f"the image is {image.shape[:2]} and the label map {label_map.shape}: resize one"
            )
        self._label_map = label_map.copy()

    def step(self, image: Image) -> Propagated:
        """The masks that were kept, with full confidence."""
        del image  # not looked at
        if self._label_map is None:
            raise TrackerError("nothing is remembered: call remember with a frame and its masks first")
        ids = tuple(int(number) for number in np.unique(self._label_map) if number)
        channels = [(self._label_map == number) for number in (0, *ids)]
        return Propagated(
            label_map=self._label_map.copy(),
            probabilities=np.stack(channels).astype(np.float32),  # (K + 1, H, W)
            object_ids=ids,
            confidence=dict.fromkeys(ids, 1.0),
            familiarity=np.ones(self._label_map.shape, np.float32),
        )

    def withhold(self, object_ids: Collection[int]) -> None:
        """Nothing that was found is remembered anyway."""

    def forget(self, object_id: int) -> None:
        """Drop one object."""
        if self._label_map is None or not (self._label_map == object_id).any():
            raise TrackerError(f"object {object_id} is not remembered: give it first")
        self._label_map[self._label_map == object_id] = 0

    def reset(self) -> None:
        """Drop everything."""
        self._label_map = None

    def save(self, path: Path) -> None:
        """Write what is kept."""
        with path.open("wb") as file:
            np.save(file, self._label_map if self._label_map is not None else np.zeros((0, 0), np.uint8))

    def load(self, path: Path) -> None:
        """Go on with what was written."""
        label_map = np.load(path)
        self._label_map = label_map if label_map.size else None


def main(clip: Path, project: Path, x: float, y: float, models: Callable[[], Models] = load_models) -> None:
    """Track with it: everything else, the segmenter and the monitor, stays as it is."""

    def with_my_propagator() -> Models:
        return replace(models(), new_propagator=StillPropagator, refine_policy=None, drift_policy=None)

    with Session.create(clip, project, with_my_propagator) as session:
        session.click(object_id=session.add_object(), frame=0, x=x, y=y)
        session.track().run()


if __name__ == "__main__":
    click = sys.argv[3].split(",")
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(click[0]), float(click[1]))
