"""Curves are drawn as panels, one above the other."""

from pathlib import Path

import PIL.Image

from benchmarks.plot import Panel, save_plot


def test_each_panel_adds_its_height_and_each_curve_its_colour(tmp_path: Path) -> None:
    one = Panel("size", {"a": [1, 2, 3]}, places=[0, 5, 10])
    save_plot(tmp_path / "one.png", [one])
    save_plot(tmp_path / "two.png", [one, Panel("share", {"a": [0.7, 0.8], "b": [0.9, 0.8]}, lowest=0.6)])
    with PIL.Image.open(tmp_path / "one.png") as single, PIL.Image.open(tmp_path / "two.png") as double:
        assert double.size == (single.width, 2 * single.height)
        colours = {colour for _, colour in double.convert("RGB").getcolors(1 << 20)}
        assert {(0x1F, 0x5F, 0xA8), (0xC8, 0x50, 0x2D)} <= colours
        assert (0xC8, 0x50, 0x2D) not in {c for _, c in single.convert("RGB").getcolors(1 << 20)}
