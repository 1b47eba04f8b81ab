"""Batches are whole or not there, whatever breaks or kills them."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.collection.drawn import SETTINGS, clip_of, tree, write_clip, write_table
from track_anything.collection.batch import Batch, BatchSettings, Networks, Outcome, OutcomeKind, hand
from track_anything.collection.batch.finished import Finished
from track_anything.collection.batch.hand import HandError, OwnHand
from track_anything.collection.batch.row_worker import LOG
from track_anything.collection.batch.settings import NetworksError
from track_anything.collection.place import Place
from track_anything.collection.row import ObjectPrompt, Row
from track_anything.collection.table import read_table
from track_anything.errors import InputError
from track_anything.masks import iou, read_label_map
from track_anything.masks.rle import decode_rle
from track_anything.models.detector import Detection
from track_anything.types import Image

COUNT, BROKEN = 40, 3
KILLS = 3 + int(os.environ.get("TRACK_ANYTHING_KILLS", "0"))

RUN = """
import sys
from tests.track_anything.collection.drawn import SETTINGS
from track_anything.collection.batch import Batch
from track_anything.collection.table import read_table

for _ in Batch(read_table(sys.argv[1]).rows, sys.argv[2], SETTINGS, workers=2):
    pass
"""


def run(rows: tuple[Row, ...], place: str | Path, settings: BatchSettings = SETTINGS, **how: object) -> Batch:
    batch = Batch(rows, place, settings, workers=0, **how)  # type: ignore[arg-type]
    batch.run()
    return batch


def kinds(batch: Batch) -> Counter[str]:
    return Counter(outcome.kind.value for outcome in batch.outcomes.values())


def row_of(folder: Path, place: int = 0, **changes: object) -> Row:
    clip, name = clip_of(place), f"film{place}.mkv"
    path = folder / name
    if not path.exists():
        write_clip(clip, path)
    prompts = (ObjectPrompt("disc", clicks=(clip.centre(0),)),)
    return replace(Row(place + 1, name, str(path), prompts), **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_table(tmp_path_factory.mktemp("clips"), COUNT, BROKEN)


@pytest.fixture(scope="module")
def undisturbed(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    batch = run(read_table(str(table)).rows, out)
    assert kinds(batch) == {"done": COUNT - BROKEN, "failed": BROKEN}
    return out


def test_forty_clips_of_which_three_are_broken(table: Path, undisturbed: Path) -> None:
    with (undisturbed / "failed.csv").open(newline="") as file:
        failed = list(csv.DictReader(file))
    assert [line["id"] for line in failed] == ["broken37.mp4", "broken38.mp4", "broken39.mp4"]
    assert all(line["reason"] for line in failed)
    with (undisturbed / "results.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len({line["video"] for line in lines}) == COUNT - BROKEN
    for line in lines:  # the masks in the table are those in the pictures
        mask = read_label_map(
            undisturbed / "rows" / line["result"] / "masks" / f"{int(line['frame']):05d}.png"
        ) == int(line["object_id"])
        size = int(line["frame_height"]), int(line["frame_width"])
        np.testing.assert_array_equal(decode_rle(line["rle"], size) if line["rle"] else mask & False, mask)
        assert int(line["area"]) == mask.sum()
    clip = clip_of(1)
    (first,) = (undisturbed / "rows").glob("clip01-*")
    for frame in range(clip.frame_count):
        label_map = read_label_map(first / "masks" / f"{frame:05d}.png")
        assert iou(label_map == 1, clip.label_map(frame + 1) == 1) > 0.98


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_with_the_same_bytes(
    table: Path, undisturbed: Path, tmp_path: Path
) -> None:
    out, chosen = tmp_path / "out", random.Random(0)
    begun = out / ".work" / LOG
    finished: set[str] = set()
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", RUN, str(table), str(out)])
        goal = len(names_in(begun)) + chosen.randint(1, max(6, COUNT // KILLS))
        while process.poll() is None and len(names_in(begun)) < goal:
            time.sleep(0.01)
        time.sleep(chosen.random() * 0.05)  # the moment within a row is what differs; nothing is awaited
        process.send_signal(signal.SIGKILL)
        process.wait()
        whole = Finished(Place(out))
        done = {path.name for path in (out / "rows").glob("*") if whole.is_whole(path.name)}
        assert finished <= done
        finished = done
    before = Counter(names_in(begun))
    assert subprocess.run([sys.executable, "-c", RUN, str(table), str(out)], check=False).returncode == 0
    after = Counter(names_in(begun))
    assert all(after[name] == before[name] for name in finished), "a finished row was done again"
    assert tree(out) == tree(undisturbed)


def names_in(log: Path) -> list[str]:
    return log.read_text("utf-8").split("\n")[:-1] if log.exists() else []


def test_what_is_done_is_not_done_again_and_what_failed_is_tried_when_asked(tmp_path: Path) -> None:
    rows = (row_of(tmp_path), replace(row_of(tmp_path, 1), video=str(tmp_path / "later.mkv")))
    assert kinds(run(rows, tmp_path / "out")) == {"done": 1, "failed": 1}
    assert kinds(run(rows, tmp_path / "out")) == {"kept": 1, "failed": 1}
    (tmp_path / "film1.mkv").rename(tmp_path / "later.mkv")  # its date is another, so it is another row now
    assert kinds(run(rows, tmp_path / "out", retry_failed=True)) == {"kept": 1, "done": 1}
    assert kinds(run(rows, tmp_path / "out")) == {"kept": 2}
    assert not (tmp_path / "out" / "failed.csv").exists()


@pytest.mark.parametrize("damage", ["changed", "missing", "cut manifest"])
def test_a_result_that_was_damaged_is_made_again(tmp_path: Path, damage: str) -> None:
    rows = (row_of(tmp_path),)
    run(rows, tmp_path / "out")
    before = tree(tmp_path / "out")
    (result,) = (tmp_path / "out" / "rows").iterdir()
    mask, manifest = result / "masks" / "00001.png", result / "manifest.json"
    match damage:
        case "changed":
            mask.write_bytes(mask.read_bytes()[:-1] + b"x")
        case "missing":
            mask.unlink()
        case _:
            manifest.write_bytes(manifest.read_bytes()[:-9])
    assert kinds(run(rows, tmp_path / "out")) == {"done": 1}
    assert tree(tmp_path / "out") == before


def test_trusted_results_are_looked_at_by_size_alone(tmp_path: Path) -> None:
    rows = (row_of(tmp_path),)
    run(rows, tmp_path / "out")
    (result,) = (tmp_path / "out" / "rows").iterdir()
    mask = result / "masks" / "00001.png"
    mask.write_bytes(mask.read_bytes()[:-1] + b"x")
    assert kinds(run(rows, tmp_path / "out", trusts_sizes=True)) == {"kept": 1}
    mask.write_bytes(b"x")
    assert kinds(run(rows, tmp_path / "out", trusts_sizes=True)) == {"done": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"direction": "forward"},
        {"frames": (0, 2)},
        {"objects": (ObjectPrompt("disc", box=(1.0, 13.0, 15.0, 28.0)),)},
    ],
)
def test_another_prompt_or_setting_has_a_result_of_its_own(tmp_path: Path, change: dict[str, object]) -> None:
    row = row_of(tmp_path)
    run((row,), tmp_path / "out")
    assert kinds(run((replace(row, **change),), tmp_path / "out")) == {"done": 1}  # type: ignore[arg-type]
    assert len(list((tmp_path / "out" / "rows").iterdir())) == 2
    other = replace(SETTINGS, forms=("masks", "coco"))
    assert kinds(run((row,), tmp_path / "out", other)) == {"done": 1}
    assert len(list((tmp_path / "out" / "rows").iterdir())) == 3


def test_a_copy_of_the_video_elsewhere_has_the_same_result(tmp_path: Path) -> None:
    row = row_of(tmp_path)
    run((row,), tmp_path / "out")
    (tmp_path / "copy").mkdir()
    copy = Path(row.video).rename(tmp_path / "copy" / Path(row.video).name)
    assert kinds(run((replace(row, video=str(copy)),), tmp_path / "out")) == {"kept": 1}


def test_shards_do_every_row_once_and_together_what_one_run_does(tmp_path: Path) -> None:
    rows = tuple(row_of(tmp_path, place) for place in range(3))
    first = run(rows, tmp_path / "parts", shard=(1, 2))
    second = run(rows, tmp_path / "parts", shard=(2, 2))
    assert {*first.outcomes} | {*second.outcomes} == {1, 2, 3}
    assert len(first) + len(second) == 3
    assert kinds(run(rows, tmp_path / "parts")) == {"kept": 3}
    run(rows, tmp_path / "whole")
    parts = {name: data for name, data in tree(tmp_path / "parts").items() if "-of-" not in name}
    assert parts == tree(tmp_path / "whole")
    with pytest.raises(InputError, match="3/2 is no shard"):
        Batch(rows, tmp_path, SETTINGS, shard=(3, 2))


def test_masks_of_other_programs_are_a_prompt_too(tmp_path: Path) -> None:
    row = row_of(tmp_path)
    run((row,), tmp_path / "out", replace(SETTINGS, forms=("coco",)))
    (coco,) = (tmp_path / "out" / "rows").glob("*/coco.json")
    again = replace(row, objects=(), annotation=str(coco))
    batch = run((again,), tmp_path / "again")
    assert kinds(batch) == {"done": 1}
    assert batch.outcomes[1].frames == 0, "all frames were known"


def test_sources_and_results_behind_urls(tmp_path: Path) -> None:
    row = row_of(tmp_path)
    Place("memory://films").put(Path(row.video), "film0.mkv")
    far = replace(row, video="memory://films/film0.mkv")
    batch = run((far,), "memory://results", work=tmp_path / "work")
    assert kinds(batch) == {"done": 1}
    run((row,), tmp_path / "here")
    here = {name: data for name, data in tree(tmp_path / "here").items() if name.startswith("rows/")}
    there = Place("memory://results")
    assert {name: there.read(name) for name in there.sizes() if name.startswith("rows/")} == here
    assert kinds(run((far,), "memory://results", work=tmp_path / "work")) == {"kept": 1}
    with pytest.raises(InputError, match="--work"):
        Batch((far,), "memory://results", SETTINGS)


@pytest.mark.parametrize("sent", [0, 1, 3])
def test_an_interrupted_upload_leaves_nothing_that_looks_finished(
    tmp_path: Path, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, place = row_of(tmp_path), f"memory://interrupted{sent}"
    put, count = Place.put, 0

    def breaking(self: Place, source: Path, name: str) -> None:
        nonlocal count
        count += 1
        if count > sent:
            self.write(name, source.read_bytes()[:3])  # a part of it
            raise OSError(5, "the line is dead")
        put(self, source, name)

    monkeypatch.setattr(Place, "put", breaking)
    assert kinds(run((row,), place, work=tmp_path / "work")) == {"failed": 1}
    monkeypatch.undo()
    whole = Finished(Place(place))
    names = {name.split("/")[1] for name in Place(place).sizes() if name.startswith("rows/")}
    assert len(names) == 1
    assert not any(whole.is_whole(name) for name in names)
    again = run((row,), place, work=tmp_path / "work", retry_failed=True)
    assert kinds(again) == {"done": 1}
    assert again.outcomes[1].frames == 0, "what was tracked before was kept"
    assert whole.is_whole(again.outcomes[1].name)


class Dying(OwnHand):
    """A worker that ends in the middle of some rows."""

    deaths = 0
    most = 1

    def do(self, row: Row, key: str, tell: hand.Tell) -> Outcome:
        if row.number == 1 and Dying.deaths < Dying.most:
            Dying.deaths += 1
            raise HandError("its worker ended before its time (Killed)")
        return super().do(row, key, tell)


@pytest.mark.parametrize(("most", "ends"), [(1, {"done": 2}), (9, {"done": 1, "failed": 1})])
def test_a_row_whose_worker_died_is_tried_once_more(tmp_path: Path, most: int, ends: dict[str, int]) -> None:
    Dying.deaths, Dying.most = 0, most
    rows = (row_of(tmp_path, 0), row_of(tmp_path, 1))
    batch = Batch(rows, tmp_path / "out", SETTINGS, workers=2, new_hand=Dying)
    batch.run()
    assert kinds(batch) == ends


def test_leaving_early_ends_the_workers_and_keeps_what_is_done(tmp_path: Path) -> None:
    rows = tuple(row_of(tmp_path, place) for place in range(3))
    batch = Batch(rows, tmp_path / "out", SETTINGS, workers=0)
    for outcome in batch:
        assert outcome.kind is OutcomeKind.DONE
        break
    assert kinds(run(rows, tmp_path / "out"))["kept"] >= 1


def test_a_row_that_another_process_holds_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    from track_anything.collection.batch import row_worker

    monkeypatch.setattr(row_worker, "_PATIENCE", 0.0)
    row = row_of(tmp_path)
    done = run((row,), tmp_path / "out").outcomes[1].name
    (tmp_path / "other" / ".work").mkdir(parents=True)
    with FileLock(tmp_path / "other" / ".work" / f"{done}.lock"):
        batch = run((row,), tmp_path / "other")
    assert kinds(batch) == {"elsewhere": 1}
    assert not (tmp_path / "other" / "failed.csv").exists()


class DiscLocator:
    """Finds the red disc of a clip, and nothing else."""

    def check(self, phrase: str) -> None:
        pass

    def locate(self, image: Image, phrase: str, *, least: float = 0.3) -> list[Detection]:
        x, y = clip_of(0).centre(0)
        return [Detection("disc", 0.9, (x - 7, y - 7, x + 8, y + 8))] if phrase == "disc" else []


def test_all_that_is_detected_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Networks, "load_locator", lambda networks: DiscLocator())
    rows = tuple(
        row_of(tmp_path, 0, number=number, id=name, objects=(ObjectPrompt(detect=name),))
        for number, name in enumerate(("disc", "cat"), start=1)
    )
    batch = run(rows, tmp_path / "out")
    assert [batch.outcomes[number].kind.value for number in (1, 2)] == ["done", "failed"]
    assert batch.outcomes[2].reason == "no cat was found on frame 0: try another, or click"
    with (tmp_path / "out" / "results.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["object"] for line in lines} == {"disc"}
    assert all(int(line["area"]) > 50 for line in lines)


@pytest.mark.parametrize("workers", [0, 1])
def test_networks_that_cannot_be_had_end_the_batch_and_fail_no_row(tmp_path: Path, workers: int) -> None:
    settings = BatchSettings(networks=Networks("tests.track_anything.collection.drawn:no_models"))
    batch = Batch((row_of(tmp_path),), tmp_path / "out", settings, workers=workers)
    with pytest.raises(NetworksError, match="no weights here: fetch them"):
        batch.run()
    assert not (tmp_path / "out" / "failed").exists()


def test_results_as_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    row = row_of(tmp_path)
    run((row,), tmp_path / "out", results="parquet")
    lines = parquet.read_table(tmp_path / "out" / "results.parquet").to_pylist()
    run((row,), tmp_path / "out", results="csv")
    with (tmp_path / "out" / "results.csv").open(newline="") as file:
        texts = list(csv.DictReader(file))
    assert [line["rle"] for line in lines] == [line["rle"] for line in texts]
    assert [line["area"] for line in lines] == [int(line["area"]) for line in texts]
