"""The sample clip is there, or the remedy is named."""

import importlib.util
import runpy

import pytest

from track_anything.errors import VideoError
from track_anything.video.sample import sample_clip


def test_the_sample_is_a_file_that_the_module_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample_clip().is_file()
    with pytest.warns(RuntimeWarning, match="found in sys.modules"):
        runpy.run_module("track_anything.video.sample", run_name="__main__")
    assert capsys.readouterr().out.strip() == str(sample_clip())


def test_without_gradio_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(VideoError, match="install gradio, or name a video of your own"):
        sample_clip()
