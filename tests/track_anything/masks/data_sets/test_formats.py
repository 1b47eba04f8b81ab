"""What each form of data set keeps comes back, and what it cannot hold is said."""

import json
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tests.track_anything.masks.data_sets.drawn import data_sets, full
from track_anything.errors import InputError, OutputError
from track_anything.masks import iou
from track_anything.masks.data_sets import (
    FORMATS,
    AnnotatedVideo,
    DataSet,
    Segment,
    Track,
    read_data_set,
    write_data_set,
)  # fmt: skip
from track_anything.masks.data_sets.formats import form_of
from track_anything.masks.data_sets.losses import Aspect, as_kept
from track_anything.masks.rle import encode_rle

EXACT = [form for form, each in FORMATS.items() if Aspect.SHAPES in each.keeps]


def place_for(form: str, folder: Path) -> Path:
    return folder / f"data{FORMATS[form].suffix}"


def seen(data: DataSet, form: str) -> dict[str, Any]:
    """All that a form says it keeps of a data set, to be compared."""
    chosen = FORMATS[form]
    kept, _ = as_kept(data, chosen.keeps, chosen.most_id)
    found: dict[str, Any] = {}
    for name, video in kept:
        frames = video.frames if Aspect.FRAMES in chosen.keeps else len(video.frames)
        tracks = {
            mots_number(number, track) if form == "mots" else number: (
                track.name,
                track.category,
                {frame: (segment.counts, segment.score) for frame, segment in track.segments.items()},
            )
            for number, track in video.tracks.items()
            if track.segments
        }
        found[name] = (video.size, frames, tracks)
    return found


def mots_number(number: int, track: Track) -> int:
    """The only class of its own name in the drawn data sets is car; others are numbered from 3."""
    return number if number >= 1000 else 1000 + number


def of_cars(data: DataSet) -> DataSet:
    """MOTS knows numbers of classes; car is one that has a name."""
    return DataSet(
        {
            name: replace(video, tracks={n: replace(t, category="car") for n, t in video.tracks.items()})
            for name, video in data
        }
    )


@pytest.mark.parametrize("form", EXACT)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(data=data_sets())
def test_what_a_form_keeps_comes_back(form: str, data: DataSet) -> None:
    data = of_cars(data) if form == "mots" else data
    with TemporaryDirectory() as folder:
        path = place_for(form, Path(folder))
        write_data_set(data, path, form)
        assert form_of(path) == form
        assert seen(read_data_set(path), form) == seen(data, form)


@pytest.mark.parametrize("form", EXACT)
def test_255_objects_with_holes_gaps_and_empty_frames(form: str, tmp_path: Path) -> None:
    data = of_cars(full()) if form == "mots" else full()
    path = place_for(form, tmp_path)
    notes = write_data_set(data, path, form)
    back = read_data_set(path, form)
    if form == "pascal-voc":
        assert any("2 masks beyond 254 on a frame" in note for note in notes)
        tracks = {n: track for n, track in data.videos["odd näme"].tracks.items() if n < 255}
        data = DataSet({"odd näme": replace(data.videos["odd näme"], tracks=tracks)})
    assert seen(back, form) == seen(data, form)


@pytest.mark.parametrize(
    ("form", "lost"),
    [
        ("coco", []),
        ("ytvis", ["scores of masks are lost"]),
        ("davis", ["names of objects", "categories", "scores of masks"]),
        ("youtube-vos", ["names of objects", "scores of masks"]),
        ("mots", ["names of objects", "scores of masks", "names of frames", "cat is class 3"]),
        ("yolo", ["which object a mask is of", "names of objects", "polygons overlap with their masks by"]),
    ],
)
def test_what_a_form_cannot_hold_is_said(form: str, lost: list[str], tmp_path: Path) -> None:
    notes = write_data_set(full(), place_for(form, tmp_path), form)
    for line in lost:
        assert any(re.search(line, note) for note in notes), line
    assert bool(notes) == bool(lost)


def test_masks_that_overlap_lose_what_the_later_object_covers_where_there_is_one_id_per_pixel(
    tmp_path: Path,
) -> None:
    left, right = np.zeros((4, 6), np.bool_), np.zeros((4, 6), np.bool_)
    left[:, :4], right[:, 2:] = True, True
    tracks = {n: Track("", "cat", {0: Segment(encode_rle(m))}) for n, m in ((1, left), (2, right))}
    data = DataSet({"a": AnnotatedVideo((4, 6), ("00000",), tracks)})
    notes = write_data_set(data, tmp_path / "davis", "davis")
    assert "a: parts that an object of a higher id covers are lost, of 1 mask" in notes
    video = read_data_set(tmp_path / "davis").videos["a"]
    np.testing.assert_array_equal(video.mask(0, 1), left & ~right)
    np.testing.assert_array_equal(video.mask(0, 2), right)


@pytest.mark.parametrize("radius", [4, 15])
def test_polygons_of_yolo_lose_as_much_as_they_say(radius: int, tmp_path: Path) -> None:
    rows, columns = np.mgrid[:48, :64]
    disc = (rows - 24) ** 2 + (columns - 30) ** 2 <= radius**2
    track = Track("", "cat", {0: Segment(encode_rle(disc))})
    data = DataSet({"a": AnnotatedVideo((48, 64), ("00000",), {7: track})})
    (note,) = write_data_set(data, tmp_path / "yolo", "yolo")
    (back,) = read_data_set(tmp_path / "yolo").videos.values()
    overlap = iou(back.mask(0, 1), disc)
    assert overlap > 0.9
    assert f"{overlap:.4f} at least" in note
    assert back.tracks[1].category == "cat"


def test_yolo_of_others_takes_the_size_of_its_pictures(tmp_path: Path) -> None:
    import PIL.Image

    (tmp_path / "labels").mkdir()
    (tmp_path / "images").mkdir()
    (tmp_path / "data.yaml").write_text("names:\n  0: cat\n  1: dog\n")
    (tmp_path / "labels" / "a.txt").write_text("1 0.25 0.25 0.75 0.25 0.75 0.75 0.25 0.75\n")
    PIL.Image.new("RGB", (40, 20)).save(tmp_path / "images" / "a.png")
    (video,) = read_data_set(tmp_path).videos.values()
    assert (video.size, video.tracks[1].category) == ((20, 40), "dog")
    assert abs(int(video.mask(0, 1).sum()) - 200) < 40


def test_255_is_void_unless_objects_go_up_to_it(tmp_path: Path) -> None:
    import PIL.Image

    pixels = np.array([[0, 1, 255], [2, 2, 255]], np.uint8)
    PIL.Image.fromarray(pixels).save(tmp_path / "00000.png")
    (video,) = read_data_set(tmp_path, "davis").videos.values()
    assert sorted(video.tracks) == [1, 2]


def test_black_and_white_is_object_1(tmp_path: Path) -> None:
    import PIL.Image

    PIL.Image.fromarray(np.array([[0, 255, 255]], np.uint8)).save(tmp_path / "00000.png")
    (video,) = read_data_set(tmp_path, "davis").videos.values()
    assert video.mask(0, 1).tolist() == [[False, True, True]]


@pytest.mark.parametrize("form", [form for form, each in FORMATS.items() if each.has_files_by_name])
def test_names_that_are_no_names_of_files_are_refused(form: str, tmp_path: Path) -> None:
    video = AnnotatedVideo((2, 2), ("../../away",), {})
    with pytest.raises(InputError, match="cannot be the name of a file"):
        write_data_set(DataSet({"a": video}), place_for(form, tmp_path), form)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_there_stays_and_damage_is_one_line(form: str, tmp_path: Path) -> None:
    path = place_for(form, tmp_path)
    write_data_set(full(), path, form)
    with pytest.raises(OutputError, match="exists already"):
        write_data_set(full(), path, form)
    write_data_set(full(), path, form, overwrite=True)
    for file in [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(InputError) as caught:
        read_data_set(path, form)
    assert "\n" not in str(caught.value)
    assert {each.name for each in tmp_path.iterdir()} == {path.name}


def test_unknown_forms_and_places_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown form of data set 'x'; choose one of coco, ytvis"):
        write_data_set(full(), tmp_path / "x", "x")
    with pytest.raises(InputError, match="does not exist"):
        read_data_set(tmp_path / "nowhere")
    (tmp_path / "a.json").write_text(json.dumps({"b": 1}))
    with pytest.raises(InputError, match="looks like no form of data set"):
        read_data_set(tmp_path / "a.json")


@pytest.mark.parametrize("names", [("0", "_"), ("a__b", "c"), ("a", "b__c"), ("_", "__")])
def test_videos_and_frames_of_pascal_voc_are_told_apart(tmp_path: Path, names: tuple[str, str]) -> None:
    track = Track("", "car", {0: Segment(encode_rle(np.ones((2, 2), np.bool_)))})
    data = DataSet({names[0]: AnnotatedVideo((2, 2), (names[1],), {1: track})})
    write_data_set(data, tmp_path / "made", "pascal-voc")
    assert seen(read_data_set(tmp_path / "made"), "pascal-voc") == seen(data, "pascal-voc")


def test_frames_that_would_be_one_file_are_refused(tmp_path: Path) -> None:
    track = Track("", "car", {0: Segment(encode_rle(np.ones((2, 2), np.bool_)))})
    videos = {
        "a": AnnotatedVideo((2, 2), ("b__c",), {1: track}),
        "a__b": AnnotatedVideo((2, 2), ("c",), {1: track}),
    }
    with pytest.raises(InputError, match="two frames would be called a__b__c"):
        write_data_set(DataSet(videos), tmp_path / "made", "pascal-voc")
    assert not (tmp_path / "made").exists()
