"""Batches from the command line: results, shards, and one line for what cannot be done."""

import re
from pathlib import Path

import pytest

from tests.track_anything.collection.drawn import write_table
from tests.track_anything.conftest import Run
from track_anything.cli import batch as command
from track_anything.cli.batch import parse_shard


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_LOADER", "tests.track_anything.collection.drawn:models")


def test_a_table_becomes_results_and_a_list_of_failures(tmp_path: Path, run: Run) -> None:
    table, out = write_table(tmp_path, 3, broken=1), tmp_path / "out"
    arguments = ("batch", table, "--out", out, "--format", "masks", "--format", "coco", "--workers", 2)
    code, printed, errors = run(*arguments)
    assert code == 2
    assert f"2 of 3 rows done (0 of them before), in {out}" in printed
    assert "note: line 5 (broken2.mp4): " in errors
    assert re.search(r"error: 1 of 3 rows failed: failed.csv in .* repeat with --retry-failed", errors)
    assert len(list((out / "rows").glob("*/coco.json"))) == 2
    (tmp_path / "broken2.mp4").write_bytes((tmp_path / "clip00.mp4").read_bytes())
    code, printed, errors = run(*arguments, "--retry-failed")
    assert (code, errors.count("error")) == (0, 0)
    assert "3 of 3 rows done (2 of them before)" in printed


def test_a_shard_is_a_part_of_a_whole(run: Run, tmp_path: Path) -> None:
    assert parse_shard("2/4") == (2, 4)
    code, _, errors = run("batch", tmp_path / "table.csv", "--out", tmp_path, "--shard", "5/4")
    assert code == 2
    assert "'5/4' is no shard: give I/N, for example 2/4" in errors


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere.csv", "--out", "out"), "nowhere.csv does not exist: check the path of the table"),
        (("table.csv", "--out", "memory://out"), "say where to work by --work FOLDER"),
        (("table.csv", "--out", "nonsense://out"), "nonsense://out cannot be used"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: tuple[str, ...], says: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text('video,click\na.mp4,"1,2"\n')
    code, _, errors = run("batch", *arguments)
    assert code == 2
    assert says in errors
    assert errors.count("\n") == 1
