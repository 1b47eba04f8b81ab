"""The optional way, on a stand-in for a package that is not installed everywhere."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.track_anything.matting.drawn import composed, ramp, trimap_of
from track_anything.errors import InputError
from track_anything.matting.build import MATTERS
from track_anything.matting.rvm import WEIGHTS_VARIABLE, RvmMatter
from track_anything.matting.trimap import BACKGROUND, FOREGROUND, UNKNOWN

ALPHA = ramp()
IMAGE, TRIMAP = composed(ALPHA), trimap_of(ALPHA)


class StandIn:
    """Answers like RVM's ONNX file: alpha is the red channel, and the states count the frames."""

    def __init__(self) -> None:
        self.inputs: list[dict[str, Any]] = []

    def run(self, names: list[str], inputs: dict[str, Any]) -> list[np.ndarray]:
        assert names == ["pha", "r1o", "r2o", "r3o", "r4o"]
        self.inputs.append(inputs)
        return [inputs["src"][:, :1] * 1.5, *(inputs[f"r{state}i"] + 1 for state in range(1, 5))]


def test_rvm_remembers_until_it_is_told_to_forget_or_the_size_changes() -> None:
    network = StandIn()
    matter = RvmMatter(network)
    for _ in range(3):
        matte = matter.step(IMAGE, TRIMAP)
    matter.reset()
    matter.step(IMAGE, TRIMAP)
    matter.step(IMAGE[:-2], TRIMAP[:-2])
    assert [float(each["r1i"].max()) for each in network.inputs] == [0, 1, 2, 0, 0]
    assert network.inputs[0]["src"].shape == (1, 3, *ALPHA.shape)
    assert (matte[TRIMAP == BACKGROUND] == 0).all()
    assert (matte[TRIMAP == FOREGROUND] == 1).all()
    expected = np.clip(IMAGE[..., 0] / 255 * 1.5, 0, 1)
    np.testing.assert_allclose(matte[TRIMAP == UNKNOWN], expected[TRIMAP == UNKNOWN], atol=1e-6)


def test_rvm_without_weights_says_where_they_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("track_anything.types.find_spec", lambda _name: object())
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(tmp_path / "missing.onnx"))
    with pytest.raises(InputError, match=r"GPL-3\.0.*TRACK_ANYTHING_RVM"):
        MATTERS.build("rvm")
