"""Importing the package loads neither torch nor Gradio."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["track_anything", "track_anything.session", "track_anything.cli", "sam", "tracker"]
)
def test_importing_loads_neither_torch_nor_gradio(module: str) -> None:
    code = f"import sys, {module}; print([name for name in ('torch', 'gradio') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
