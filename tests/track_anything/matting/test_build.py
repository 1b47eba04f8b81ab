"""Every way of matting finds a plain ramp and refuses what does not fit."""

import numpy as np
import pytest

from tests.track_anything.matting.drawn import composed, ramp, trimap_of
from track_anything.errors import InputError
from track_anything.matting.build import MATTERS
from track_anything.matting.trimap import BACKGROUND, FOREGROUND

ALPHA = ramp()
OURS = [name for name, method in MATTERS.items() if not method.needs]


@pytest.mark.parametrize("method", OURS)
def test_every_way_finds_a_plain_ramp_and_leaves_alone_what_is_known(method: str) -> None:
    matter = MATTERS.build(method)
    image, trimap = composed(ALPHA), trimap_of(ALPHA)
    for _ in range(2):
        matte = matter.step(image, trimap)
        assert matte.dtype == np.float32
        assert np.abs(matte - ALPHA).mean() < 0.03
        assert (matte[trimap == BACKGROUND] == 0).all()
        assert (matte[trimap == FOREGROUND] == 1).all()
        matter.reset()


@pytest.mark.parametrize("method", OURS)
def test_every_way_refuses_a_trimap_of_another_size(method: str) -> None:
    with pytest.raises(InputError, match="give both at one size"):
        MATTERS.build(method).step(composed(ALPHA), trimap_of(ALPHA)[:-1])


def test_there_are_no_other_ways() -> None:
    with pytest.raises(InputError, match="unknown matting method 'magic'; choose one of closed-form, guided"):
        MATTERS.build("magic")


def test_extras_that_are_not_installed_are_not_offered_and_say_what_they_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("track_anything.types.find_spec", lambda _name: None)
    assert MATTERS.usable() == OURS
    for name in set(MATTERS) - set(OURS):
        with pytest.raises(InputError, match=rf"pip install 'track-anything\[{name}\]'"):
            MATTERS.build(name)
