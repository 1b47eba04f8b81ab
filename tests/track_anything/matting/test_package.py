"""The face of matting: its names, and that looking at one loads no solver."""

import subprocess
import sys

import pytest

import track_anything.matting as matting


@pytest.mark.parametrize("name", matting.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(matting, name) is not None


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = matting.nothing


_LIGHT = ("trimap",)


def test_drawing_trimaps_loads_no_solver() -> None:
    code = (
        "import sys, track_anything.matting as matting; matting.make_trimap; "
        "print(sorted(name for name in sys.modules if name.startswith('track_anything.matting.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    light = [f"track_anything.matting.{name}" for name in _LIGHT]
    assert done.stdout.strip() == str(light)
