"""The picture of a removal is drawn from a clip whose background is known."""

from pathlib import Path

import PIL.Image
import pytest

from benchmarks import removal_picture


@pytest.mark.slow
def test_the_picture_is_drawn_and_the_background_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(removal_picture, "FRAMES", 16)
    monkeypatch.setattr(removal_picture, "_SHOWN", (2, 8))
    assert removal_picture.main([str(tmp_path / "out.png")]) == 0
    with PIL.Image.open(tmp_path / "out.png") as picture:
        assert picture.size == (3 * removal_picture.WIDTH, 2 * removal_picture.HEIGHT)
    decibels = float(capsys.readouterr().out.split(":")[1].split("dB")[0])
    assert decibels > 20
