"""Mask AP from boxes, on a drawn part of COCO."""

import json
from pathlib import Path

import pytest

from benchmarks.boxes import main
from benchmarks.coco import CocoPart, result
from track_anything.models import Models


def test_true_boxes_around_discs_have_an_ap_of_one(coco: Path, models: Models, tmp_path: Path) -> None:
    box = json.loads((coco / "instances.json").read_text("utf-8"))["annotations"][0]["bbox"]
    detections = [{"image_id": 1, "category_id": 47, "bbox": box, "score": 0.5}]
    (coco / "detections_yolox_nano.json").write_text(json.dumps(detections), "utf-8")
    code = main(["--data", str(coco), "--json", str(tmp_path / "boxes.json")], models.segmenter)
    told = json.loads((tmp_path / "boxes.json").read_text("utf-8"))
    rows = {(row["boxes"], row["passes"]): row for row in told["rows"]}
    assert (code, told["pictures"]) == (0, 2)
    assert rows["true boxes", "1"]["all"] == pytest.approx(1)
    assert rows["true boxes", "2"]["masks"] == 8
    # One of eight is found: precision 1 up to a recall of 1/8, of which 101 points are looked at.
    assert rows["detector", "2"]["all"] == pytest.approx(13 / 101, abs=1e-3)


def test_recall_is_told_by_limit_and_by_size(coco: Path) -> None:
    part = CocoPart(coco)
    rows = [
        result(each["image_id"], 1, part.mask(each), 1 - place / 100)
        for place, each in enumerate(part.objects(1) + part.objects(2)[:2])
    ]
    recall = part.average_recall(rows, (1, 2, 4))
    assert [recall[limit]["all"] for limit in (1, 2, 4)] == pytest.approx([2 / 8, 4 / 8, 6 / 8])
    assert recall[4]["small"] == pytest.approx(6 / 8)


def test_nothing_found_has_an_ap_of_zero(coco: Path) -> None:
    assert CocoPart(coco).average_precision([])["all"] == 0


def test_data_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
