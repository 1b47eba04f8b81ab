import subprocess
import sys

import pytest

import sam


def test_importing_the_package_loads_no_torch() -> None:
    script = "import sys, sam; assert not {'torch', 'gradio', 'cv2'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_every_public_name_is_there() -> None:
    for name in sam.__all__:
        assert getattr(sam, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'segment_nothing'"):
        sam.segment_nothing  # noqa: B018 - the access is what is tested
