"""mIoU over points on drawn pictures, and by groups of objects."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchmarks import groups, points
from benchmarks.groups import groups_of, read_groups, summarised
from track_anything.errors import InputError
from track_anything.models import Models
from track_anything.testing import MovingShapes


def test_one_point_is_enough_for_discs_of_one_colour(coco: Path, models: Models, tmp_path: Path) -> None:
    told, plot = tmp_path / "points.json", tmp_path / "points.png"
    words = ["--data", str(coco), "--json", str(told), "--plot", str(plot)]
    assert points.main(words, models.segmenter) == 0
    figures = json.loads(told.read_text("utf-8"))
    assert figures["objects"] == 8
    assert figures["mIoU"] == dict.fromkeys(("1", "2", "3", "5", "9", "oracle"), pytest.approx(1))
    assert plot.is_file()
    alone = plot.read_bytes()
    other = json.loads(told.read_text("utf-8"))
    other["options"]["data"], other["mIoU"]["1"] = "elsewhere", 0.5
    (tmp_path / "other.json").write_text(json.dumps(other), "utf-8")
    assert points.main([*words, "--beside", str(tmp_path / "other.json")], models.segmenter) == 0
    assert plot.read_bytes() != alone


def test_clicks_in_the_editor_do_no_harm_on_discs(coco: Path, models: Models, tmp_path: Path) -> None:
    told = tmp_path / "points.json"
    assert points.main(["--data", str(coco), "--json", str(told), "--editor"], models.segmenter) == 0
    figures = json.loads(told.read_text("utf-8"))["mIoU"]
    assert figures.pop("harmful") == 0
    assert figures == dict.fromkeys(("1", "2", "3", "5", "9"), pytest.approx(1))


@pytest.mark.parametrize(("folder", "scale", "objects"), [("instances", 1, 3), ("masks", 255, 1)])
def test_label_maps_and_single_masks_are_read(tmp_path: Path, folder: str, scale: int, objects: int) -> None:
    clip = MovingShapes(shapes=objects, height=60, width=80)
    for name in ("images", folder):
        (tmp_path / name).mkdir()
    PIL.Image.fromarray(clip.frame(0)).save(tmp_path / "images" / "one.png")
    PIL.Image.fromarray(clip.label_map(0) * np.uint8(scale)).save(tmp_path / folder / "one.png")
    (still,) = points.stills(tmp_path, 1)
    assert len(still.masks) == objects
    np.testing.assert_array_equal(still.masks[-1], clip.label_map(0) == objects)


def test_groups_are_told_by_what_is_seen() -> None:
    image = np.full((200, 200, 3), 90, np.uint8)
    mask = np.zeros((200, 200), np.bool_)
    mask[50:150, 50:150] = True
    image[mask] = 200
    told = {"size": "large", "place": "inside", "contrast": "strong", "thinness": "thick"}
    assert groups_of(image, mask) == told
    line = np.zeros((200, 200), np.bool_)
    line[100:103] = True
    told = {"size": "small", "place": "at the border", "contrast": "weak", "thinness": "thin"}
    assert groups_of(np.full_like(image, 90), line) == told


def test_intervals_hold_the_mean_and_tell_groups_apart() -> None:
    random = np.random.default_rng(0)
    rows = {
        "low": [(float(value),) for value in random.normal(0.4, 0.05, 40)],
        "high": [(float(value),) for value in random.normal(0.8, 0.05, 40)],
        "few": [(0.5,)] * 3,
    }
    high, low = summarised(rows)
    assert (high.name, low.name, low.count) == ("high", "low", 40)
    assert low.low[0] < low.mean[0] < low.high[0] < high.low[0]
    assert high.high[0] - high.low[0] == pytest.approx(4 * 0.05 / 40**0.5, rel=0.4)
    assert high.is_apart_from(low)
    assert low.is_apart_from(high)
    assert not low.is_apart_from(low)


def test_a_person_brings_groups(coco: Path, models: Models, tmp_path: Path) -> None:
    brought, told = tmp_path / "groups.csv", tmp_path / "groups.json"
    brought.write_text("image,object,group\n001.png,1,odd\n001.png,,even\n002.png,,even\n")
    words = ["--data", str(coco), "--groups", str(brought), "--json", str(told)]
    assert groups.main(words, models.segmenter) == 0
    (even,) = json.loads(told.read_text("utf-8"))["groupings"]["groups"]  # of the odd one there are too few
    assert (even["name"], even["count"], even["mean"]) == ("even", 7, [pytest.approx(1)] * 2)


def test_sequences_of_the_tracker_are_grouped_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": f"clip{n}", "J&F": 0.9 if n % 2 else 0.3 + n / 100} for n in range(12)]
    (tmp_path / "davis.json").write_text(json.dumps({"sequences": rows}))
    lines = [f"clip{n},{'odd' if n % 2 else 'even'}" for n in range(12)]
    (tmp_path / "groups.csv").write_text("\n".join(["image,group", *lines]))
    words = ["--data", str(tmp_path / "davis.json"), "--groups", str(tmp_path / "groups.csv")]
    assert groups.main(words) == 0
    assert "intervals that do not overlap: even / odd" in capsys.readouterr().out
    assert groups.main(words[:2]) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,kind\na,b\n", "has no column group: name image and group in its first line"),
        ("", "has no column group"),
        ("image,object,group\na,first,b\n", "line 2: 'first' is no number of an object"),
    ],
)
def test_a_file_without_its_columns_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "groups.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_groups(tmp_path / "groups.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_groups(tmp_path / "none.csv")
