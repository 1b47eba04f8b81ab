"""Objects that nobody clicked."""

import json
from pathlib import Path

import numpy as np
import pytest

from track_anything.errors import InputError
from track_anything.models.detector import Detection
from track_anything.prompting.finding.detections import DetectionsFile
from track_anything.prompting.finding.found import Found, numbered, without_doubles
from track_anything.session import Session
from track_anything.testing import MovingShapes, fake_session
from track_anything.types import Image, Mask

CLIP = MovingShapes(shapes=3)


def boxed(frame: int, *object_ids: int, name: str = "disc") -> list[Detection]:
    radius = CLIP.radius
    found = []
    for place, object_id in enumerate(object_ids):
        x, y = CLIP.centre(frame, object_id)
        box = (float(x - radius), float(y - radius), float(x + radius), float(y + radius))
        found.append(Detection(name, 0.9 - place / 10, box))
    return found


class Words:
    """A locator that finds the discs on the first frame."""

    def check(self, phrase: str) -> None:
        pass

    def locate(self, image: Image, phrase: str, *, least: float = 0.3) -> list[Detection]:
        return [each for each in boxed(0, 1, 2) if each.score >= least]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return fake_session(CLIP, tmp_path / "project")


def test_what_is_named_becomes_objects_in_one_step(session: Session) -> None:
    found = session.finding.named(0, "disc", Words())
    assert [each.score for each in found] == [0.9, 0.8]
    assert session.project.state.objects == {}, "nothing is changed by looking"
    assert session.finding.take(found) == [1, 2]
    assert session.project.state.objects == {1: "disc", 2: "disc 2"}
    np.testing.assert_array_equal(
        session.label_map(0), np.where(CLIP.label_map(0) <= 2, CLIP.label_map(0), 0)
    )
    session.undo()
    assert session.project.state.objects == {}


def test_what_is_like_an_object_has_its_name_if_somebody_gave_it_one(session: Session) -> None:
    truth = CLIP.label_map(0)
    for name in (None, "disc"):
        object_id = session.add_object(name)
        session.give_mask(frame=0, object_id=object_id, mask=truth == object_id)
    assert [session.finding.marked(0, object_id).name for object_id in (1, 2)] == ["", "disc"]


def test_what_is_an_object_already_is_not_found_again(session: Session) -> None:
    session.finding.take(session.finding.named(0, "disc", Words(), least=0.85))
    again = session.finding.in_boxes(0, lambda image: boxed(0, 1, 2, 3))
    assert len(again) == 2
    session.finding.take(again)
    np.testing.assert_array_equal(session.label_map(0), CLIP.label_map(0))


def test_nothing_found_is_an_empty_list_and_no_such_frame_an_error(session: Session) -> None:
    assert session.finding.in_boxes(0, lambda image: []) == []
    with pytest.raises(InputError, match="frame"):
        session.finding.named(99, "disc", Words())


def test_too_many_objects_are_refused_before_the_first(session: Session) -> None:
    found = session.finding.named(0, "disc", Words())
    with pytest.raises(InputError, match="at most 255 objects"):
        session.finding.take(found * 128)
    assert session.project.state.objects == {}


def square(x: int, side: int = 10) -> Mask:
    mask = np.zeros((20, 60), np.bool_)
    mask[:side, x : x + side] = True
    return mask


def test_of_two_that_show_one_thing_the_better_stays() -> None:
    found = [Found(0, "a", 0.5, square(0)), Found(0, "b", 0.9, square(1)), Found(0, "c", 0.4, square(30))]
    assert [each.name for each in without_doubles(found)] == ["b", "c"]
    assert [each.name for each in without_doubles(found, square(28))] == ["b"]


def test_names_are_numbered_beside_those_that_are_there() -> None:
    assert numbered(["dog", "dog", "cat"], ["dog", "cat 2"]) == ["dog 2", "dog 3", "cat"]


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_a_list_of_detections_is_read_by_the_number_in_the_name(tmp_path: Path) -> None:
    row = {"image_id": 139, "category_id": 1, "bbox": [1, 2, 10, 20]}
    rows = [row | {"score": 0.2}, row | {"score": 0.9, "category_id": 3}, row | {"bbox": [1, 2, 0, 5]}]
    given = DetectionsFile.read(write(tmp_path / "boxes.json", rows))
    assert [(each.name, each.box) for each in given.of("000000000139.jpg", (40, 50))] == [
        ("car", (1, 2, 11, 22)),
        ("person", (1, 2, 11, 22)),
    ]
    assert given.of("000000000139.jpg", (2, 50)) == []
    assert given.of("140.jpg", (40, 50)) == []
    assert len(DetectionsFile.read(tmp_path / "boxes.json", least=0.5).rows[139]) == 1


def test_annotations_tell_their_own_names_and_crowds_are_left_out(tmp_path: Path) -> None:
    row = {"image_id": 7, "category_id": 5, "bbox": [1, 2, 10, 20]}
    content = {
        "images": [{"id": 7, "file_name": "yard.png"}],
        "annotations": [row, row | {"iscrowd": 1}],
        "categories": [{"id": 5, "name": "hen"}],
    }
    given = DetectionsFile.read(write(tmp_path / "yard.json", content))
    assert [each.name for each in given.of("yard.png", (40, 50))] == ["hen"]
    assert given.categories["hen"] == 5


@pytest.mark.parametrize(
    "content", [{"images": 3}, [{"image_id": 1}], [{"image_id": 1, "bbox": [1, 2, "x", 4]}], 5]
)
def test_another_file_is_refused_in_one_line(content: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no COCO detections: give a list"):
        DetectionsFile.read(write(tmp_path / "other.json", content))
    with pytest.raises(InputError, match="cannot be read"):
        DetectionsFile.read(tmp_path / "none.json")


NAMES = ("shot_010.png", "shot_011.png", "shot_012.png")


@pytest.mark.parametrize(
    ("ids", "names", "count", "frames"),
    [
        ([0, 2], (), 3, {0: 0, 2: 2}),
        ([1, 2, 3], (), 3, {0: 1, 1: 2, 2: 3}),  # counted from 1
        ([1, 2], (), 3, {1: 1, 2: 2}),
        ([3, 4], (), 3, {}),
        (["clip_00001", "notes"], (), 3, {1: "clip_00001"}),
        (["shot_011", "shot_012.png"], NAMES, 3, {1: "shot_011", 2: "shot_012.png"}),
        ([2], NAMES, 3, {2: 2}),  # none of the names is there: frames
        ([11, "shot_012"], NAMES, 3, {2: "shot_012"}),
    ],
)
def test_pictures_with_boxes_are_frames_by_name_or_by_number(
    ids: list[int | str], names: tuple[str, ...], count: int, frames: dict[int, int | str], tmp_path: Path
) -> None:
    rows = [{"image_id": each, "bbox": [place, 0, 1, 1]} for place, each in enumerate(ids)]
    given = DetectionsFile.read(write(tmp_path / "boxes.json", rows))
    for frame in range(count):
        if frame in frames:
            (found,) = given.on_frame(frame, names, count, (40, 50))
            assert ids[int(found.box[0])] == frames[frame]
        else:
            with pytest.raises(InputError, match=f"boxes.json has no boxes for frame {frame}: "):
                given.on_frame(frame, names, count, (40, 50))


class Alike(MovingShapes):
    """Three discs, of which the first two are red and the third is blue."""

    def frame(self, index: int) -> Image:
        image = super().frame(index)
        for object_id, colour in ((2, (220, 60, 50)), (3, (70, 90, 230))):
            image[self.label_map(index) == object_id] = colour
        return image


@pytest.fixture
def alike_session(tmp_path: Path) -> Session:
    clip = Alike(frame_count=4, height=160, width=240, shapes=3)
    session = fake_session(clip, tmp_path / "alike")
    session.give_mask(frame=0, object_id=session.add_object("cup"), mask=clip.label_map(0) == 1)
    return session


def test_what_looks_like_an_object_is_found_here_and_on_another_frame(alike_session: Session) -> None:
    finding = alike_session.finding
    example = finding.marked(0, 1)
    for frame in (0, 2):
        found = finding.like(frame, [example], least=0)
        truth = {o: alike_session.video.label_map(frame) == o for o in (1, 2, 3)}
        best = next(each for each in found if not np.array_equal(each.mask, truth[1]))
        np.testing.assert_array_equal(best.mask, truth[2])
        blue = max((each.score for each in found if np.array_equal(each.mask, truth[3])), default=0)
        assert best.score > blue
    assert all(not np.array_equal(each.mask, truth[1]) for each in finding.like(0, [example], least=0))


def test_what_is_refused_is_not_found_again(alike_session: Session) -> None:
    finding = alike_session.finding
    example = finding.marked(0, 1)
    first = finding.like(0, [example], least=0)
    refused = [each for each in first if (each.mask & (alike_session.video.label_map(0) == 3)).any()]
    assert refused
    again = finding.like(0, [example], refused)
    assert {each.mask.tobytes() for each in again}.isdisjoint(each.mask.tobytes() for each in refused)


def test_where_the_detector_was_left_out_the_looks_alone_decide(
    alike_session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("track_anything.prompting.finding.finding.DETECTOR_WEIGHTS", tmp_path / "none.onnx")
    finding = alike_session.finding
    best = finding.like(0, [finding.marked(0, 1)], least=0)[0]
    np.testing.assert_array_equal(best.mask, alike_session.video.label_map(0) == 2)


def test_an_example_without_a_mask_is_one_line(alike_session: Session) -> None:
    with pytest.raises(InputError, match="cup has no mask on frame 2: name a frame on which it has one"):
        alike_session.finding.marked(2, 1)
    with pytest.raises(InputError, match="nothing is marked"):
        alike_session.finding.like(0, [])
