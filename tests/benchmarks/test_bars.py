"""Figures are drawn as bars, with their intervals."""

from pathlib import Path

import PIL.Image
import pytest

from benchmarks import alike, alike_clips, boxes, groups
from benchmarks.bars import Bars, save_bars
from track_anything.models import Models

_FIRST, _SECOND, _INTERVAL = (0x1F, 0x5F, 0xA8), (0xC8, 0x50, 0x2D), (0x20, 0x20, 0x20)


def pixels_of(path: Path) -> dict[tuple[int, int, int], int]:
    """How many pixels a picture has of each colour."""
    with PIL.Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(1 << 20)
    return {colour: count for count, colour in colours}


def test_a_bar_is_as_long_as_its_value_and_carries_its_interval(tmp_path: Path) -> None:
    def drawn(*panels: Bars) -> dict[tuple[int, int, int], int]:
        save_bars(tmp_path / "bars.png", panels)
        return pixels_of(tmp_path / "bars.png")

    labels = ["cups", "chairs", "people"]
    short, long = (drawn(Bars("AP", labels, {"ours": [value] * 3})) for value in (0.4, 0.8))
    assert long[_FIRST] / short[_FIRST] == pytest.approx(2, rel=0.05)
    assert _SECOND not in long
    intervals = {"ours": [[0.7] * 3, [0.9] * 3]}
    assert drawn(Bars("AP", labels, {"ours": [0.8] * 3}, intervals))[_INTERVAL] > long.get(_INTERVAL, 0)
    assert _SECOND in drawn(Bars("AP", labels, {"ours": [0.8] * 3, "theirs": [0.5] * 3}))


def test_panels_lie_one_above_the_other(tmp_path: Path) -> None:
    panel = Bars("AP", ["cups"], {"ours": [0.5]})
    save_bars(tmp_path / "one.png", [panel])
    save_bars(tmp_path / "two.png", [panel, panel])
    with PIL.Image.open(tmp_path / "one.png") as one, PIL.Image.open(tmp_path / "two.png") as two:
        assert two.size == (one.width, 2 * one.height)


def test_benchmarks_draw_their_tables(coco: Path, models: Models, tmp_path: Path) -> None:
    words = ["--data", str(coco), "--plot", str(tmp_path / "told.png")]
    (coco / "detections_yolox_nano.json").write_text("[]", "utf-8")
    for benchmark in (alike, boxes, groups):
        assert benchmark.main(words, models.segmenter) == 0
        assert _SECOND in pixels_of(tmp_path / "told.png"), benchmark.__name__
        (tmp_path / "told.png").unlink()


def test_what_is_found_in_clips_is_drawn(clips: Path, models: Models) -> None:
    assert alike_clips.main(["--data", str(clips), "--plot", str(clips / "clips.png")], models.segmenter) == 0
    assert _SECOND in pixels_of(clips / "clips.png")
