"""Tables of videos and prompts are read from CSV, JSON lines and Parquet."""

import json
from pathlib import Path

import fsspec
import pytest

from track_anything.collection.row import ObjectPrompt
from track_anything.collection.table import read_table
from track_anything.errors import InputError


def table(folder: Path, text: str, name: str = "table.csv") -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def test_lines_of_one_video_are_objects_of_one_row(tmp_path: Path) -> None:
    text = """video,object,frame,click,negative,box,mask,frames
a.mp4,red,3,"1,2; 3.5,4","5,6",,,10-20
b.mp4,,,,,"1,2,30,40",,
a.mp4,green,0,,,,masks/green.png,
"""
    first, second = read_table(table(tmp_path, text)).rows
    assert (first.number, first.id, first.video) == (2, "a.mp4", str(tmp_path / "a.mp4"))
    assert first.objects == (
        ObjectPrompt("red", 3, ((1.0, 2.0), (3.5, 4.0)), ((5.0, 6.0),)),
        ObjectPrompt("green", 0, mask=str(tmp_path / "masks/green.png")),
    )
    assert (first.frames, first.fault) == ((10, 21), "")
    assert second.objects == (ObjectPrompt(box=(1.0, 2.0, 30.0, 40.0)),)


def test_json_lines_say_the_same_with_lists(tmp_path: Path) -> None:
    lines = [
        {"video": "s3://bucket/a.mp4", "id": 7, "objects": [{"name": "red", "click": [[1, 2], [3.5, 4]]}]},
        {"video": "/b.mp4", "click": [9, 8], "annotation": "b.json", "direction": "forward"},
    ]
    path = table(tmp_path, "\n".join(map(json.dumps, lines)) + "\n\n", "table.jsonl")
    first, second = read_table(path).rows
    assert (first.id, first.video) == ("7", "s3://bucket/a.mp4")
    assert first.objects == (ObjectPrompt("red", clicks=((1.0, 2.0), (3.5, 4.0))),)
    assert (second.objects[0].clicks, second.direction) == (((9.0, 8.0),), "forward")
    assert second.annotation == str(tmp_path / "b.json")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("table.csv", 'video,click,id\n\n"a\n.mp4","1,2",first\nb.mp4,"1,2",second\n\nc.mp4,"1,2",third\n'),
        (
            "table.jsonl",
            '\n\n{"video": "a", "id": "first"}\n\n{"video": "b", "id": "second"}\n\n{"video": "c"}\n',
        ),
    ],
    ids=["csv", "jsonl"],
)
def test_lines_are_counted_as_who_opens_the_table_sees_them(tmp_path: Path, name: str, text: str) -> None:
    lines = text.splitlines()
    for row, path in zip(read_table(table(tmp_path, text, name)).rows, "abc", strict=True):
        assert path in lines[row.number - 1]


def test_a_parquet_table_is_read(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow as pa

    lines = [{"video": "a.mp4", "click": [[1.0, 2.0]], "box": None}]
    parquet.write_table(pa.Table.from_pylist(lines), tmp_path / "table.parquet")
    (row,) = read_table(str(tmp_path / "table.parquet")).rows
    assert row.objects == (ObjectPrompt(clicks=((1.0, 2.0),)),)


def test_a_table_behind_a_url_names_files_beside_it() -> None:
    fsspec.filesystem("memory").pipe_file("/tables/one.csv", b'video,click\nclips/a.mp4,"1,2"\n')
    (row,) = read_table("memory://tables/one.csv").rows
    assert row.video == "memory://tables/clips/a.mp4"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('a.mp4,,"1;2"', "click '1;2' cannot be used"),
        ('a.mp4,-1,"1,2"', "frame '-1' cannot be used"),
        ('a.mp4,0,"nan,2"', "no finite number"),
        ("a.mp4,0,", "nothing to follow"),
        (',0,"1,2"', "no video"),
    ],
)
def test_a_bad_line_is_a_fault_of_its_row_alone(tmp_path: Path, line: str, fault: str) -> None:
    bad, good = read_table(table(tmp_path, f'video,frame,click\n{line}\nb.mp4,0,"1,2"\n')).rows
    assert fault in bad.fault
    assert good.fault == ""


def test_one_id_for_two_videos_is_a_fault(tmp_path: Path) -> None:
    (row,) = read_table(table(tmp_path, 'id,video,click\nx,a.mp4,"1,2"\nx,b.mp4,"1,2"\n')).rows
    assert "one id and two videos" in row.fault


def test_columns_that_mean_nothing_are_told(tmp_path: Path) -> None:
    told = read_table(table(tmp_path, 'video,clck,click\na.mp4,x,"1,2"\n'))
    assert told.notes == (f"not used of {tmp_path / 'table.csv'}: clck",)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("table.csv", "film,click\na.mp4,1\n", "no column 'video'"),
        ("table.csv", "", "no column 'video'"),
        ("table.txt", "video\na.mp4\n", "is no table"),
        ("table.jsonl", "[1]\n", "is damaged"),
        ("table.jsonl", "{\n", "is damaged"),
    ],
)
def test_what_is_no_table_is_told_in_a_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_table(table(tmp_path, text, name))
    assert "\n" not in str(caught.value)


def test_paths_do_not_depend_on_where_the_command_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(tmp_path, 'video,click\na.mp4,"1,2"\n')
    monkeypatch.chdir(tmp_path)
    (row,) = read_table("table.csv").rows
    assert row.video == str(tmp_path / "a.mp4")


def test_a_table_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_table("nowhere/table.csv")
