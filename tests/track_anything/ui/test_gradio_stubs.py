"""Importing Gradio through the editor parses and writes no stubs for type checkers."""

import importlib
import sys
from pathlib import Path

import pytest

from track_anything.ui import gradio_stubs


def test_a_component_gets_no_stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "drawn_part.py").write_text("import gradio\n\n\nclass DrawnPart(gradio.HTML):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        part = importlib.import_module("drawn_part").DrawnPart
        assert "change" in [str(event) for event in part.EVENTS]  # a whole component
    finally:
        sys.modules.pop("drawn_part", None)
    assert not (tmp_path / "drawn_part.pyi").exists()


def test_it_is_left_out_once_for_all() -> None:
    gradio_stubs.leave_out_stubs()
    assert len([each for each in sys.meta_path if isinstance(each, gradio_stubs._Finder)]) == 1
