"""A collection of videos is labelled, reviewed and counted."""

import csv
import json
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.cli.test_cli import fakes
from tests.track_anything.collection.drawn import write_clip
from tests.track_anything.conftest import Run
from tests.track_anything.pointing import at
from track_anything.cli import steps
from track_anything.collection.desk import Collection, VideoState
from track_anything.collection.desk.edit_log import COLUMNS, lines_of
from track_anything.collection.desk.handing_out import agreement, data_set_of, split
from track_anything.errors import InputError
from track_anything.masks import iou
from track_anything.masks.data_sets import AnnotatedVideo, DataSet
from track_anything.models.detector import Detection, YoloxDetector
from track_anything.models.locators import LOCATORS
from track_anything.testing import MovingShapes, fake_models
from track_anything.types import Image

__all__ = ["fakes"]  # the fixture
CLIP = MovingShapes(frame_count=6, height=40, width=60)
states = VideoState


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three videos of different kinds, and what is none."""
    (tmp_path / "videos").mkdir()
    for name in ("a.mkv", "b.zip", "c"):
        write_clip(CLIP, tmp_path / "videos" / name)
    (tmp_path / "videos" / "notes.txt").write_text("no video")
    for stray in ("b",):  # the pictures that went into the zip file
        for picture in (tmp_path / "videos" / stray).iterdir():
            picture.unlink()
    return tmp_path / "videos"


def label(collection: Collection, name: str, *, tracks: bool = True) -> None:
    with collection.session(name, fake_models) as session:
        session.click(frame=0, object_id=session.add_object("ball 1"), **at(CLIP.centre(0)))
    if tracks:
        assert collection.track(name, fake_models) == 6


def state_of(collection: Collection) -> dict[str, VideoState]:
    return {video.name: standing.state for video, standing in collection.standings()}


def test_a_video_goes_from_untouched_to_done_and_back(folder: Path) -> None:
    collection = Collection(folder)
    assert state_of(collection) == dict.fromkeys(("a.mkv", "b.zip", "c"), states.UNTOUCHED)
    label(collection, "a.mkv", tracks=False)
    assert state_of(collection)["a.mkv"] is states.PROPOSED
    with pytest.raises(InputError, match=r"frame 1 of a\.mkv has no mask yet: track it first"):
        collection.review("a.mkv")
    collection.track("a.mkv", fake_models)
    assert state_of(collection)["a.mkv"] in (states.TRACKED, states.IN_DOUBT)
    collection.review("a.mkv")
    assert state_of(collection)["a.mkv"] is states.REVIEWED
    collection.mark_done("a.mkv")
    assert state_of(Collection(folder))["a.mkv"] is states.DONE
    collection.mark_done("a.mkv", is_done=False)
    with collection.session("a.mkv") as session:
        assert session.undo()  # the review
    assert state_of(collection)["a.mkv"] in (states.TRACKED, states.IN_DOUBT)


def test_a_span_that_was_reviewed_is_locked_and_the_rest_is_not(folder: Path) -> None:
    collection = Collection(folder)
    label(collection, "c")
    collection.review("c", (0, 3))
    (standing,) = (standing for video, standing in collection.standings() if video.name == "c")
    assert (standing.known, standing.masks) == (3, 6)
    assert standing.state is not states.REVIEWED


def test_the_next_frame_is_the_one_of_all_videos_that_helps_most(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = Collection(folder)
    for name in ("a.mkv", "c"):
        label(collection, name)
    from track_anything.collection.desk import standing as module

    report = module.report
    doubts = {("a.mkv", 3): 0.5, ("c", 5): 0.1}

    def doubted(project, frames):
        name = project.description.source.name
        for line in report(project, frames):
            is_tracked = line.status is module.MaskStatus.TRACKED
            yield line._replace(confidence=doubts.get((name, line.frame), 0.99)) if is_tracked else line

    monkeypatch.setattr(module, "report", doubted)
    assert state_of(collection) == {"a.mkv": states.IN_DOUBT, "b.zip": states.UNTOUCHED, "c": states.IN_DOUBT}
    found = collection.next_frames()
    assert [(each.video, each.frame) for each in found] == [("c", 5), ("a.mkv", 3)]
    assert found[0].gain > found[1].gain
    collection.mark_done("c")
    assert [each.video for each in collection.next_frames()] == ["a.mkv"]


def test_a_table_is_a_collection_too(folder: Path) -> None:
    (folder / "table.csv").write_text('video,id,click\na.mkv,first,"1,2"\nc,second,"1,2"\n')
    collection = Collection(folder / "table.csv")
    assert {name: video.source for name, video in collection.videos.items()} == {
        "first": folder / "a.mkv",
        "second": folder / "c",
    }
    with pytest.raises(InputError, match="unknown video 'third'; choose one of first, second"):
        collection.video("third")
    (folder / "table.csv").write_text('video,click\ns3://far/a.mkv,"1,2"\n')
    with pytest.raises(InputError, match="is not on this machine"):
        Collection(folder / "table.csv")


def test_two_labellers_agree_as_far_as_their_masks_do(folder: Path, tmp_path: Path) -> None:
    mine, theirs = Collection(folder), Collection(folder, tmp_path / "theirs")
    label(mine, "c")
    with pytest.raises(InputError, match="no video that both have labelled"):
        agreement(mine, theirs)
    label(theirs, "c")
    assert agreement(mine, theirs).j_and_f == 1
    with theirs.session("c") as session:
        session.give_mask(frame=3, object_id=1, mask=np.zeros((40, 60), np.bool_))
    found = agreement(mine, theirs)
    assert found.j == pytest.approx(5 / 6)
    assert agreement(theirs, mine).j == pytest.approx(found.j)


def test_a_split_follows_from_names_alone_and_parts_whole_videos() -> None:
    video = AnnotatedVideo((2, 2), ("00000",), {})
    data = DataSet({f"video {place}": video for place in range(40)})
    training, validation = split(data, 0.25)
    assert training.videos.keys() | validation.videos.keys() == data.videos.keys()
    assert not training.videos.keys() & validation.videos.keys()
    assert 3 <= len(validation.videos) <= 20
    _, larger = split(DataSet({**data.videos, "another": video}), 0.25)
    assert larger.videos.keys() - {"another"} == validation.videos.keys()
    one, two = split(DataSet({"x": video, "y": video}), 0.01)
    assert len(one.videos) == len(two.videos) == 1
    with pytest.raises(InputError, match="no share"):
        split(data, 1.5)


def test_only_what_was_reviewed_is_handed_out_with_classes(folder: Path) -> None:
    collection = Collection(folder)
    label(collection, "a.mkv")
    with pytest.raises(InputError, match="no video is reviewed or done"):
        data_set_of(collection)
    assert list(data_set_of(collection, only_finished=False).videos) == ["a"]
    collection.review("a.mkv")
    (track,) = data_set_of(collection).videos["a"].tracks.values()
    assert (track.name, track.category) == ("ball 1", "ball")


def test_the_log_tells_what_an_edit_changed_and_when(folder: Path, tmp_path: Path) -> None:
    collection = Collection(folder)
    label(collection, "c")
    with collection.session("c") as session:
        before = session.project.mask(2, 1)
        shifted = np.roll(before, 3, axis=1)
        session.give_mask(frame=2, object_id=1, mask=shifted)
        session.undo()
    lines = [dict(zip(COLUMNS, line, strict=True)) for line in lines_of(collection.video("c"))]
    assert [line["kind"] for line in lines] == ["add_object", "give_mask", "propagate", "give_mask", "move"]
    given = lines[3]
    assert (given["first_frame"], given["object_id"]) == (2, 1)
    assert given["gained"] == given["lost"] == int((shifted & ~before).sum())
    assert lines[1]["gained"] == int(before.sum())
    assert {line["labeller"] for line in lines} == {"videos-desk"}
    assert datetime.fromisoformat(str(given["time"])) >= datetime.fromisoformat(str(lines[1]["time"]))


class DiscLocator:
    """Finds the disc of the clip."""

    def check(self, phrase: str) -> None:
        pass

    def locate(self, image: Image, phrase: str, *, least: float = 0.3) -> list[Detection]:
        x, y = CLIP.centre(0)
        return [Detection(phrase, 0.9, (x - 7, y - 7, x + 8, y + 8))]


def test_a_collection_from_proposals_to_a_data_set_on_the_command_line(
    folder: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOCATORS, "build", lambda *args: DiscLocator())
    desk = partial(run, "desk", folder)
    _, out, _ = desk()
    assert "3 videos: 3 untouched" in out
    assert desk("propose", "--detect", "ball")[1].count("1 objects proposed on frame 0") == 3
    assert desk("track", "a.mkv", "c")[1].count("6 frames tracked") == 2
    assert "a.mkv" in desk("next")[1] + desk()[1]
    for action in ("review", "done"):
        assert desk(action, "a.mkv", "c")[0] == 0
    _, out, _ = desk()
    assert "3 videos: 2 done, 1 proposed" in out or "3 videos: 1 done, 1 proposed, 1 done" in out
    code, out, _ = desk("export", "--to", "coco", "--output", tmp_path / "made", "--val", "0.5")
    assert (code, out.count("1 videos")) == (0, 2)
    names = [json.loads(path.read_text())["videos"][0]["name"] for path in (tmp_path / "made").iterdir()]
    assert sorted(names) == ["a", "c"]
    assert desk("log", "--output", tmp_path / "log.csv")[0] == 0
    with (tmp_path / "log.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    kinds = [line["kind"] for line in lines if line["video"] == "a.mkv"]
    assert kinds == ["add_object", "give_mask", "propagate", "lock"]
    (lock,) = (line for line in lines if line["video"] == "a.mkv" and line["kind"] == "lock")
    assert (lock["first_frame"], lock["last_frame"], lock["object_id"]) == ("0", "5", "1")


def test_what_looks_like_an_object_of_one_video_is_proposed_in_the_others(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two discs the one of the example's colour is found; networks are loaded once for all videos."""
    two = MovingShapes(frame_count=6, height=40, width=60, shapes=2)
    folder = tmp_path / "two"
    folder.mkdir()
    for name in ("a.mkv", "b.mkv", "c"):
        write_clip(two, folder / name)
    monkeypatch.setattr(YoloxDetector, "detect", lambda *_, **__: [])
    loaded = []
    monkeypatch.setattr(steps, "load_models", lambda **_: loaded.append(fake_models()) or loaded[-1])
    collection = Collection(folder)
    with collection.session("a.mkv", fake_models) as session:
        session.click(frame=2, object_id=session.add_object("red disc"), **at(two.centre(2, 1)))
    code, out, errors = run("desk", folder, "propose", "--like", "a.mkv")
    assert code == 0, errors
    assert out.count("1 objects proposed on frame 0, like red disc") == 2
    assert len(loaded) == 1
    for name in ("b.mkv", "c"):
        with collection.session(name, fake_models) as session:
            assert list(session.project.state.objects.values()) == ["red disc"]
            assert iou(session.project.mask(0, 1), two.label_map(0) == 1) > 0.9
    assert state_of(collection)["a.mkv"] is states.PROPOSED


def test_the_log_of_two_labellers_says_who_did_what(folder: Path, tmp_path: Path, run: Run) -> None:
    for who in ("anna", "ben"):
        label(Collection(folder, tmp_path / who), "c", tracks=who == "ben")
    both = ("--projects", tmp_path / "anna", "--other", tmp_path / "ben")
    assert run("desk", folder, "log", *both, "--output", tmp_path / "log.csv")[0] == 0
    with (tmp_path / "log.csv").open(newline="") as file:
        told = [(line["labeller"], line["kind"]) for line in csv.DictReader(file)]
    expected = [(who, kind) for who in ("anna", "ben") for kind in ("add_object", "give_mask")]
    assert told == [*expected, ("ben", "propagate")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("propose",), "say it by --detect, as person, or by --like VIDEO"),
        (("propose", "--like", "c", "--detect", "cat"), "give one of them"),
        (("propose", "--like", "d.mkv"), "unknown video 'd.mkv'; choose one of a.mkv, b.zip, c"),
        (("propose", "--like", "c", "--object-id", "3"), "there is no object 3"),
        (("review",), "of which video? name it behind review"),
        (("export",), "where to? say it by --output"),
        (("agree",), "name the projects of the other labeller by --other"),
        (("status", "d.mkv"), "unknown video 'd.mkv'; choose one of a.mkv, b.zip, c"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    arguments: tuple[str, ...], says: str, folder: Path, run: Run
) -> None:
    code, _, errors = run("desk", folder, *arguments)
    assert code == 2
    assert says in errors
    assert errors.count("\n") == 1
