"""Looking for everything on a frame, as a job that can be left."""

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from sam.canvas import LOGITS_SIZE
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError
from track_anything.models import CachedSegmenter, Models
from track_anything.prompting import Found
from track_anything.session import Session
from track_anything.testing import ColourSegmenter, MovingShapes, ShiftingPropagator, fake_session
from track_anything.types import Image
from track_anything.ui.everything import Everything, Sought
from track_anything.ui.wire import unpacked
from track_anything.ui.work import Count

CLIP = MovingShapes(frame_count=4, height=48, width=64, shapes=2)
FRAME = 2


class Quick(ColourSegmenter):
    """Answers every click with all of its colour: one mask, for hundreds of clicks."""

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        x, y = prompt.points[0].astype(int)
        mask = (embedding == embedding[y, x]).all(axis=2)
        sure = np.ones(1, np.float32)
        return Candidates(mask[None], sure * 0.95, sure, np.zeros((1, LOGITS_SIZE, LOGITS_SIZE), np.float32))


@pytest.fixture
def session(tmp_path: Path) -> Session:
    models = Models(CachedSegmenter(Quick()), ShiftingPropagator, refine_policy=None)
    return Session(fake_session(CLIP, tmp_path / "project").project, CLIP, lambda: models)


@pytest.fixture
def found(session: Session) -> Everything:
    everything = Everything(FRAME)
    for _ in everything.find(session):
        continue
    return everything


def place_of(found: Everything, object_id: int) -> int:
    truth = CLIP.label_map(FRAME) == object_id
    (place,) = (n for n, mask in enumerate(found.found) if np.array_equal(mask.mask, truth))
    return place


def test_what_is_on_the_frame_is_found_the_largest_first(session: Session, found: Everything) -> None:
    assert {place_of(found, 1), place_of(found, 2)} <= set(range(len(found.found)))
    areas = [int(mask.mask.sum()) for mask in found.found]
    assert areas == sorted(areas, reverse=True)
    assert session.project.state.objects == {}


def test_looking_shows_how_far_it_is_and_finds_nothing_before_its_end(session: Session) -> None:
    everything = Everything(FRAME)
    counts: list[Count] = []
    for count in everything.find(session):
        assert everything.found == []
        counts.append(count)
    total = counts[0].total
    assert counts == [Count(done, total) for done in range(1, len(counts) + 1)]
    assert total == len(counts)
    assert everything.found


def test_who_stops_looking_has_found_nothing(session: Session) -> None:
    everything = Everything(FRAME)
    next(everything.find(session))
    assert everything.found == []
    assert everything.describe() == {
        "frame": FRAME,
        "masks": [],
        "is_sought": False,
        "has_example": False,
        "meant": 0,
    }
    with pytest.raises(InputError, match="tick at least one"):
        everything.pick(session, [0])


def test_a_frame_that_is_not_there_is_named(session: Session) -> None:
    with pytest.raises(InputError, match="frame 4 does not exist"):
        next(Everything(4).find(session))
    with pytest.raises(InputError, match="frame 4 does not exist"):
        Everything(4).checked(session)


def test_what_is_like_an_object_is_listed_with_scores(tmp_path: Path) -> None:
    session = fake_session(MovingShapes(frame_count=2, height=160, width=240, shapes=2), tmp_path / "p")
    truth = session.video.label_map(0)
    session.give_mask(frame=0, object_id=session.add_object("cup"), mask=truth == 1)
    sought = Everything(0, Sought(like=1)).checked(session)
    assert list(sought.find(session)) == [Count(0, 1), Count(1, 1)]
    assert sought.describe()["is_sought"]
    scores = [each.score for each in sought.found]
    assert scores == sorted(scores, reverse=True)
    assert all(not (each.mask & (truth == 1)).all() for each in sought.found), "it is an object already"
    later = Everything(1, Sought(like=1)).checked(session)
    assert list(later.find(session)), "an example on another frame will do"
    sought.found = [Found(0, "cup", 0.9, truth == 2)]  # a disc of another colour may be found alike or not
    sought.pick(session, [0])
    assert session.project.state.objects == {1: "cup", 2: "cup 2"}


def test_a_list_that_is_taught_keeps_what_is_meant_and_lets_go_of_what_is_not(tmp_path: Path) -> None:
    session = fake_session(MovingShapes(frame_count=2, height=160, width=240, shapes=3), tmp_path / "p")
    truth = session.video.label_map(0)
    session.give_mask(frame=0, object_id=session.add_object("cup"), mask=truth == 1)
    first = Everything(0, Sought(like=1))
    first.found = [Found(0, "cup", 0.9, truth == 2), Found(0, "cup", 0.8, truth == 3)]
    again = first.again(meant=[0], refused=[1]).checked(session)
    assert list(again.find(session))
    assert again.describe()["meant"] == 1
    np.testing.assert_array_equal(again.found[0].mask, truth == 2)
    assert not any((each.mask & (truth == 3)).sum() > 0.5 * (truth == 3).sum() for each in again.found)
    third = again.again(meant=[], refused=[])
    assert list(third.checked(session).find(session))
    assert not any(np.array_equal(each.mask, truth == 3) for each in third.found), "it is remembered"


def test_a_list_is_taught_by_its_own_places_and_by_something_that_is_meant(
    session: Session, found: Everything
) -> None:
    with pytest.raises(InputError, match="not in the list any more"):
        found.again(meant=[0], refused=[len(found.found)])
    with pytest.raises(InputError, match="tick one thing that is meant"):
        found.again(meant=[], refused=[0])
    assert found.again(meant=[0], refused=[]).describe()["has_example"] is False


def test_what_cannot_be_sought_is_told_at_once(session: Session) -> None:
    session.add_object("cup")
    with pytest.raises(InputError, match="cup has no mask on frame 0"):
        Everything(0, Sought(like=1)).checked(session)
    with pytest.raises(InputError, match="object 7"):
        Everything(0, Sought(like=7)).checked(session)
    with pytest.raises(InputError, match="unknown class 'unicorn'; choose one of"):
        Everything(0, Sought(words="unicorn")).checked(session)
    nobody = Everything(0, Sought(words="people")).checked(session)
    assert list(nobody.find(session))
    assert nobody.found == []


def test_what_is_picked_becomes_objects_with_known_masks(session: Session, found: Everything) -> None:
    places = sorted([place_of(found, 1), place_of(found, 2)])
    found.pick(session, places[::-1])
    assert list(session.project.state.objects) == [1, 2]
    for object_id, place in zip((1, 2), places, strict=True):
        np.testing.assert_array_equal(session.project.mask(FRAME, object_id), found.found[place].mask)
        assert session.project.state.frames_known(object_id) == {FRAME}
    found.pick(session, places[:1])
    assert list(session.project.state.objects) == [1, 2, 3]


def test_a_pick_is_one_step_to_undo(session: Session, found: Everything) -> None:
    found.pick(session, [place_of(found, 1), place_of(found, 2)])
    assert session.undo()
    assert not session.project.state.objects


@pytest.mark.parametrize("places", [[], [-1], [0, 999], [0, -1]])
def test_a_place_that_is_not_in_the_list_changes_nothing(
    session: Session, found: Everything, places: list[int]
) -> None:
    with pytest.raises(InputError, match="tick at least one of the masks that were found on this frame"):
        found.pick(session, places)
    assert session.project.state.objects == {}


def test_more_masks_than_there_is_room_for_change_nothing(session: Session, found: Everything) -> None:
    for _ in range(254):
        session.add_object()
    with pytest.raises(InputError, match="at most 255 objects: tick fewer masks"):
        found.pick(session, [0, 1])
    assert len(session.project.state.objects) == 254
    found.pick(session, [1])
    assert len(session.project.state.objects) == 255


def test_the_list_is_described_in_json(found: Everything) -> None:
    described = json.loads(json.dumps(found.describe()))
    assert described["frame"] == FRAME
    assert len(described["masks"]) == len(found.found)
    for told, mask in zip(described["masks"], found.found, strict=True):
        np.testing.assert_array_equal(unpacked(told["mask"], (48, 64)), mask.mask)
        assert told["area"] == mask.mask.sum()
        x0, y0, x1, y1 = told["box"]
        assert mask.mask[y0:y1, x0:x1].sum() == told["area"]
        assert told["predicted_iou"] == pytest.approx(mask.score, abs=5e-4)
        assert len(zlib.decompress(base64.b64decode(told["mask"]))) == 48 * 64 // 8
