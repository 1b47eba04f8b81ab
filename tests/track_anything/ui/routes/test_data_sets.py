"""What a collection is handed out as: data sets, and the table of its edits."""

import csv
import io
import json
import zipfile

import pytest

from tests.track_anything.ui.desk_fixtures import PATIENCE, Visitor
from tests.track_anything.ui.labellers import ask, told
from track_anything.ui.labelling import OpenCollection


@pytest.mark.parametrize(("form", "file"), [("ytvis", "clips-ytvis.json"), ("yolo", "clips-yolo.zip")])
def test_the_collection_is_handed_out_as_a_data_set(
    tracked: Visitor, opened: OpenCollection, form: str, file: str
) -> None:
    ask(tracked, "review", video="a")
    ask(tracked, "export", form=form)
    assert opened.data_sets.wait(PATIENCE)
    made = told(tracked)["data_set"]
    assert (made["status"], made["file"], made["error"]) == ("done", file, None)
    assert [each["name"] for each in told(tracked)["files"]] == [file]
    answer = tracked.http.get(f"/api/collection/exports/{file}")
    assert "attachment" in answer.headers["content-disposition"]
    if form == "ytvis":
        assert [video["file_names"][0].split("/")[0] for video in answer.json()["videos"]] == ["a"]
    else:
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert any(name.endswith(".txt") for name in names)


def test_a_share_of_the_videos_goes_to_validation(tracked: Visitor, opened: OpenCollection) -> None:
    ask(tracked, "export", form="ytvis", validation=0.5, all=True)
    assert opened.data_sets.wait(PATIENCE)
    answer = tracked.http.get("/api/collection/exports/clips-ytvis.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    parts = {name: json.loads(packed.read(name)) for name in packed.namelist()}
    assert sorted(parts) == ["clips-ytvis/train.json", "clips-ytvis/val.json"]
    assert [len(part["videos"]) for part in parts.values()] == [1, 1]


def test_what_cannot_be_handed_out_is_said_in_one_line(tracked: Visitor, opened: OpenCollection) -> None:
    answer = tracked.http.post("/api/collection/export", json={"form": "none"})
    assert "unknown form of data set 'none'; choose one of" in answer.json()["detail"]
    answer = tracked.http.post("/api/collection/export", json={"form": "coco", "validation": 1})
    assert "no share of the videos" in answer.json()["detail"]
    ask(tracked, "export", form="coco")
    assert opened.data_sets.wait(PATIENCE)
    made = told(tracked)["data_set"]
    assert made["status"] == "failed"
    assert made["error"] == "no video is reviewed or done: review one, or ask for all that have objects"
    assert tracked.http.get("/api/collection/exports/..%2Fdesk.json").status_code == 404


def test_the_edit_log_of_all_videos_can_be_had(tracked: Visitor) -> None:
    answer = tracked.http.get("/api/collection/log")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert {line["video"] for line in lines} == {"a", "b"}
    assert "attachment" in answer.headers["content-disposition"]
