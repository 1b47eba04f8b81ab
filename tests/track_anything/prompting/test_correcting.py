"""A click on a tracked frame is about the mask that is shown: it only adds, or only takes away.

The first four are the cases that a new user ran into within minutes: a missing tail, a missing foot, a
foreign patch, two foreign blocks.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError
from track_anything.masks import iou
from track_anything.project import Description, Project
from track_anything.project.edits import Propagate
from track_anything.prompting import prompt_of
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.types import Image, LabelMap, Mask
from track_anything.video.array_video import ArrayVideo

SIZE = (96, 128)
BODY, TAIL, FOOT = (200, 150, 90), (245, 245, 240), (90, 60, 30)
TROUSERS, SHOES, GRASS = (40, 50, 120), (170, 30, 40), (110, 116, 108)


class Scene:
    """A picture of flat things, each drawn in a colour of its own."""

    def __init__(self) -> None:
        self.image: Image = np.full((*SIZE, 3), GRASS, np.uint8)

    def thing(self, colour: tuple[int, int, int], *boxes: tuple[int, int, int, int]) -> Mask:
        """Draw boxes (top, left, bottom, right); returns their mask."""
        mask = np.zeros(SIZE, np.bool_)
        for top, left, bottom, right in boxes:
            mask[top:bottom, left:right] = True
        self.image[mask] = colour
        return mask

    def tracked(
        self, folder: Path, label_map: LabelMap, probabilities: dict[int, NDArray[np.float32]]
    ) -> Session:
        """A session in which a pass has found these objects on frame 1 of 3."""
        video = ArrayVideo(np.stack([self.image] * 3))
        project = Project.create(folder, Description(Path("scene"), "", video.info))
        for _ in probabilities:
            project.add_object()
        number = project.begin_pass(Propagate(1, 2, 1, tuple(sorted(probabilities))))
        project.write_pass(number, 1, label_map, {}, probabilities)
        return Session(project, video, fake_models)


def track_one(scene: Scene, folder: Path, mask: Mask, doubt: Mask | None = None) -> Session:
    """The session on one object; where there is ``doubt`` the tracker was not sure of it."""
    sure = np.where(mask, 0.97, 0.02).astype(np.float32)
    if doubt is not None:
        sure[doubt & mask] = 0.6
    return scene.tracked(folder / "project", mask.astype(np.uint8), {1: sure})


def shown(session: Session, object_id: int = 1) -> Mask:
    return session.project.mask(1, object_id)


def test_a_missing_tail_is_added_and_the_dog_stays(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80))
    tail = scene.thing(TAIL, (25, 80, 35, 100))
    session = track_one(scene, tmp_path, dog)
    session.click(frame=1, object_id=1, x=90, y=30)
    np.testing.assert_array_equal(shown(session), dog | tail)


def test_a_missing_foot_is_added_and_the_dog_stays(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (20, 20, 50, 80), (50, 30, 65, 36))
    leg = scene.thing(TAIL, (50, 60, 70, 66))
    foot = scene.thing(FOOT, (70, 58, 76, 70))
    session = track_one(scene, tmp_path, dog | leg)
    session.click(frame=1, object_id=1, x=63, y=73)
    np.testing.assert_array_equal(shown(session), dog | leg | foot)


def test_a_foreign_patch_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    scene = Scene()
    legs = scene.thing(TROUSERS, (10, 30, 60, 42), (10, 60, 60, 72)) | scene.thing(SHOES, (60, 28, 68, 46))
    patch = scene.thing(FOOT, (52, 72, 60, 84))
    session = track_one(scene, tmp_path, legs | patch, doubt=patch)
    session.click(frame=1, object_id=1, x=78, y=56, positive=False)
    np.testing.assert_array_equal(shown(session), legs)


def test_two_foreign_blocks_go_and_the_right_one_stays(tmp_path: Path) -> None:
    scene = Scene()
    letter = scene.thing(BODY, (20, 10, 60, 50)) | scene.thing(TAIL, (30, 20, 50, 24))
    blocks = scene.thing(SHOES, (20, 60, 40, 80), (20, 80, 40, 100))
    session = track_one(scene, tmp_path, letter | blocks, doubt=blocks)
    session.click(frame=1, object_id=1, x=90, y=30, positive=False)
    np.testing.assert_array_equal(shown(session), letter)


def test_second_and_third_clicks_go_on_and_each_is_one_step_to_undo(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80))
    tail = scene.thing(TAIL, (25, 80, 35, 100))
    foot = scene.thing(FOOT, (60, 25, 70, 40))
    patch = scene.thing(SHOES, (10, 40, 30, 60))
    session = track_one(scene, tmp_path, dog | patch, doubt=patch)
    session.click(frame=1, object_id=1, x=90, y=30)
    session.click(frame=1, object_id=1, x=30, y=66)
    session.click(frame=1, object_id=1, x=50, y=15, positive=False)
    np.testing.assert_array_equal(shown(session), dog | tail | foot)
    given = session.project.given(1, 1)
    assert given is not None
    assert given.points == ((90, 30), (30, 66), (50, 15))  # nothing but what a person clicked
    assert given.labels == (1, 1, 0)
    for expected in (dog | tail | foot | patch, dog | tail | patch, dog | patch):
        session.undo()
        np.testing.assert_array_equal(shown(session), expected)
    for expected in (dog | tail | patch, dog | tail | foot | patch, dog | tail | foot):
        session.redo()
        np.testing.assert_array_equal(shown(session), expected)


def test_a_click_moved_or_taken_back_is_about_the_mask_before_all_clicks(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80))
    tail = scene.thing(TAIL, (25, 80, 35, 100))
    foot = scene.thing(FOOT, (60, 25, 70, 40))
    session = track_one(scene, tmp_path, dog)
    session.click(frame=1, object_id=1, x=90, y=30)
    session.click(frame=1, object_id=1, x=30, y=66)
    say = session.prompting.reprompt
    say(1, 1, prompt_of([(30, 66)], [1]))
    np.testing.assert_array_equal(shown(session), dog | foot)
    say(1, 1, prompt_of([(30, 66), (90, 30)], [1, 1]))
    np.testing.assert_array_equal(shown(session), dog | foot | tail)
    say(1, 1, None)
    np.testing.assert_array_equal(shown(session), dog)
    assert not session.project.claim(1, 1).is_known


def test_answers_are_offered_and_choosing_stays_one_step(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80))
    scene.thing(TAIL, (25, 80, 35, 100), (80, 20, 90, 40))
    session = track_one(scene, tmp_path, dog)
    found = session.click(frame=1, object_id=1, x=90, y=30)
    assert len(found.masks) > 1
    assert found.best == 0
    for choice in (1, 0, 1):
        said = session.prompting.choose(1, 1, choice)
        assert said.chosen == choice
        np.testing.assert_array_equal(shown(session), found.masks[choice])
    session.click(frame=1, object_id=1, x=30, y=85)
    second = session.prompting.choose(1, 1, 0)
    assert (
        second.candidates.masks[0] & found.masks[1] == found.masks[1]
    ).all()  # goes on from what was chosen
    session.undo()
    session.undo()
    np.testing.assert_array_equal(shown(session), dog)


def test_a_reopened_project_goes_on_from_the_same_mask(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80))
    tail = scene.thing(TAIL, (25, 80, 35, 100))
    foot = scene.thing(FOOT, (60, 25, 70, 40))
    session = track_one(scene, tmp_path, dog)
    session.click(frame=1, object_id=1, x=90, y=30)
    session.project.close()
    with Session(Project(session.project.folder), session.video, fake_models) as again:
        again.click(frame=1, object_id=1, x=30, y=66)
        np.testing.assert_array_equal(shown(again), dog | tail | foot)


def test_no_pixel_is_taken_from_another_object_s_known_mask(tmp_path: Path) -> None:
    scene = Scene()
    cat = scene.thing(TAIL, (30, 80, 60, 110))
    dog = scene.thing(BODY, (30, 20, 60, 60))
    gap = scene.thing(TAIL, (30, 60, 60, 80))  # the same colour as the cat
    both = np.where(dog, 1, np.where(cat, 2, 0)).astype(np.uint8)
    sure = {o: np.where(both == o, 0.97, 0.02).astype(np.float32) for o in (1, 2)}
    session = scene.tracked(tmp_path / "project", both, sure)
    session.give_mask(frame=1, object_id=2, mask=cat)
    session.click(frame=1, object_id=1, x=70, y=45)
    np.testing.assert_array_equal(shown(session), dog | gap)
    np.testing.assert_array_equal(session.label_map(1) == 2, cat)
    with pytest.raises(InputError, match="known to be another object's: take it away there first"):
        session.click(frame=1, object_id=1, x=95, y=45)
    np.testing.assert_array_equal(shown(session), dog | gap)


def test_a_click_that_says_what_is_so_makes_the_mask_known_as_it_is(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80)) | scene.thing(FOOT, (60, 25, 70, 40))
    session = track_one(scene, tmp_path, dog)
    session.click(frame=1, object_id=1, x=50, y=45)
    session.click(frame=1, object_id=1, x=5, y=5, positive=False)
    np.testing.assert_array_equal(shown(session), dog)
    assert session.project.claim(1, 1).is_known


def test_a_wholly_wrong_mask_is_clicked_away(tmp_path: Path) -> None:
    scene = Scene()
    speck = scene.thing(BODY, (30, 20, 34, 24))
    session = track_one(scene, tmp_path, speck)
    session.click(frame=1, object_id=1, x=22, y=32, positive=False)
    assert not shown(session).any()
    assert session.project.claim(1, 1).is_known
    session.click(frame=1, object_id=1, x=22, y=32)
    np.testing.assert_array_equal(shown(session), speck)


def test_where_the_segmenter_has_nothing_to_offer_the_region_at_the_click_goes_or_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80))
    tail = scene.thing(TAIL, (40, 80, 46, 90))
    patch = scene.thing(SHOES, (22, 40, 30, 50))
    session = track_one(scene, tmp_path, dog | patch, doubt=patch)
    segmenter = session.models.segmenter
    predict = segmenter.predict

    def silent(embedding: object, prompt: Prompt) -> Candidates:
        found = predict(embedding, prompt)
        return replace(found, masks=np.stack([dog | patch] * len(found.masks)))

    monkeypatch.setattr(segmenter, "predict", silent)
    session.click(frame=1, object_id=1, x=85, y=43)
    assert iou(shown(session), dog | patch | tail) > 0.995
    assert iou(shown(session) & ~dog & ~patch, tail) > 0.9
    session.click(frame=1, object_id=1, x=45, y=26, positive=False)
    assert iou(shown(session), dog | tail) > 0.975
    assert not shown(session)[26, 45]


def test_a_painted_mask_is_corrected_in_the_same_way(tmp_path: Path) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (30, 20, 60, 80))
    tail = scene.thing(TAIL, (25, 80, 35, 100))
    session = track_one(scene, tmp_path, np.zeros(SIZE, np.bool_))
    session.give_mask(frame=1, object_id=1, mask=dog)
    session.click(frame=1, object_id=1, x=90, y=30)
    np.testing.assert_array_equal(shown(session), dog | tail)


def test_a_negative_click_alone_makes_no_object(tmp_path: Path) -> None:
    scene = Scene()
    scene.thing(BODY, (30, 20, 60, 80))
    session = track_one(scene, tmp_path, np.zeros(SIZE, np.bool_))
    for object_id in (None, 1):
        with pytest.raises(InputError, match=r"^Click what belongs to it first\.$"):
            session.prompting.click(0, object_id, 50, 45, positive=False)
    assert len(session.project.state.objects) == 1
    assert not session.label_map(0).any()


def test_specks_of_an_answer_go_before_a_mask_becomes_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene()
    dog = scene.thing(BODY, (10, 10, 90, 110))
    session = track_one(scene, tmp_path, np.zeros(SIZE, np.bool_))
    specks = np.zeros(SIZE, np.bool_)
    specks[2:6:2, 2:120:4] = True
    holes = np.roll(specks, 40, axis=0)
    holes[:, :12] = holes[:, 108:] = False
    torn = dog & ~holes | specks
    segmenter = session.models.segmenter
    predict = segmenter.predict

    def speckled(embedding: object, prompt: Prompt) -> Candidates:
        found = predict(embedding, prompt)
        return replace(found, masks=np.stack([torn] * len(found.masks)))

    monkeypatch.setattr(segmenter, "predict", speckled)
    session.click(frame=1, object_id=1, x=50, y=20)
    np.testing.assert_array_equal(shown(session), dog)
