"""A further click on a mask that clicks made: the segmenter's answer stands beside the mask held to."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError
from track_anything.models.embeddings import CachedSegmenter
from track_anything.project import Description, Project
from track_anything.prompting.further_click import FurtherClick, in_turn
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.types import Mask
from track_anything.video.array_video import ArrayVideo

SIZE = (96, 128)
IMAGE = np.full((*SIZE, 3), 128, np.uint8)
NOBODY = np.zeros(SIZE, np.bool_)


def block(top: int, left: int, bottom: int, right: int) -> Mask:
    mask = NOBODY.copy()
    mask[top:bottom, left:right] = True
    return mask


BODY, ARM, POST = block(20, 20, 70, 60), block(30, 60, 40, 90), block(5, 65, 90, 125)


def clicks(*points: tuple[float, float, int]) -> Prompt:
    rows = np.array(points, np.float32)
    return Prompt(points=rows[:, :2], labels=rows[:, 2].astype(np.int64))


def answer(*told: tuple[Mask, float]) -> Candidates:
    masks, scores = np.stack([mask for mask, _ in told]), np.array([score for _, score in told], np.float32)
    return Candidates(masks, scores, np.ones_like(scores), np.stack([logits_from_mask(m) for m in masks]))


@dataclass
class Told:
    """Says what it was told to, and keeps what it was asked."""

    going_on: Candidates
    alone: Candidates
    several: Candidates
    about_the_mask: Candidates
    prompts: list[Prompt] = field(default_factory=list)

    def __call__(self, prompt: Prompt) -> Candidates:
        self.prompts.append(prompt)
        is_about_the_mask = prompt.logits is not None and (prompt.box is not None or prompt.wants_all)
        if is_about_the_mask:
            return self.about_the_mask
        if prompt.wants_all:
            return self.several
        return self.going_on if prompt.logits is not None else self.alone


def further(mask: Mask, prompt: Prompt, others: Mask = NOBODY) -> FurtherClick:
    return FurtherClick(IMAGE, mask, logits_from_mask(mask), prompt, others)


def test_what_was_there_is_not_given_up_for_something_else_that_fits_the_clicks() -> None:
    ask = Told(
        going_on=answer((POST, 0.9)),
        alone=answer((POST, 0.8)),
        several=answer((ARM, 0.5), (ARM | BODY, 0.8), (ARM | BODY, 0.7)),
        about_the_mask=answer((BODY | ARM, 0.85)),
    )
    found = further(BODY, clicks((40, 45, 1), (70, 35, 1))).answers(ask)
    assert found.best == 0
    np.testing.assert_array_equal(found.masks[0], BODY | ARM)


def test_a_first_answer_that_was_wrong_is_let_go_of_where_all_agree() -> None:
    whole = block(10, 10, 90, 120)
    ask = Told(
        going_on=answer((whole, 0.97)),
        alone=answer((whole, 0.97)),
        several=answer((whole, 0.9), (whole, 0.95), (whole, 0.96)),
        about_the_mask=answer((BODY | ARM, 0.6)),
    )
    found = further(BODY, clicks((40, 45, 1), (110, 80, 1))).answers(ask)
    np.testing.assert_array_equal(found.masks[found.best], whole)


def test_an_answer_that_ignores_the_newest_click_comes_last() -> None:
    ask = Told(
        going_on=answer((BODY, 0.99)),
        alone=answer((BODY, 0.99)),
        several=answer((BODY, 0.9), (BODY, 0.9), (BODY, 0.9)),
        about_the_mask=answer((BODY | ARM, 0.4)),
    )
    found = further(BODY, clicks((40, 45, 1), (70, 35, 1))).answers(ask)
    assert found.masks[0][35, 70]
    assert not found.masks[-1][35, 70]


@pytest.mark.parametrize(
    ("click", "is_held_to"),
    [((22, 45, 0), True), ((40, 22, 0), True), ((40, 45, 0), False), ((40, 45, 1), True)],
)
def test_a_mask_of_which_the_middle_is_refused_is_not_held_to(
    click: tuple[float, float, int], is_held_to: bool
) -> None:
    ask = Told(
        going_on=answer((POST, 0.5)),
        alone=answer((BODY, 0.9)),
        several=answer((BODY, 0.9), (BODY, 0.9), (BODY, 0.9)),
        about_the_mask=answer((BODY & ~block(20, 20, 70, 30), 0.95)),
    )
    found = further(BODY, clicks((70, 35, 1), click)).answers(ask)
    assert np.array_equal(found.masks[0], POST) != is_held_to


def test_no_answer_is_empty_and_the_lost_thread_is_dropped() -> None:
    ask = Told(
        going_on=answer((NOBODY, 0.99)),
        alone=answer((BODY | ARM, 0.9)),
        several=answer((ARM, 0.5), (BODY, 0.6), (BODY | ARM, 0.7)),
        about_the_mask=answer((BODY | ARM, 0.8)),
    )
    found = further(BODY, clicks((40, 45, 1), (70, 35, 1))).answers(ask)
    assert all(mask.any() for mask in found.masks)
    np.testing.assert_array_equal(found.masks[0], BODY | ARM)


def test_a_mask_without_a_pixel_leaves_the_word_to_the_segmenter() -> None:
    said = answer((BODY, 0.9))
    ask = Told(going_on=said, alone=said, several=said, about_the_mask=said)
    found = further(NOBODY, clicks((40, 45, 1), (70, 35, 1))).answers(ask)
    np.testing.assert_array_equal(found.masks[0], BODY)
    assert len(ask.prompts) == 2


def test_all_clicks_and_the_logits_go_with_the_question() -> None:
    said = answer((BODY | ARM, 0.9))
    ask = Told(going_on=said, alone=said, several=said, about_the_mask=said)
    prompt = clicks((40, 45, 1), (70, 35, 1))
    further(BODY, prompt).answers(ask)
    first = ask.prompts[0]
    np.testing.assert_array_equal(first.points, prompt.points)
    np.testing.assert_array_equal(first.logits, logits_from_mask(BODY))


def test_clicks_told_at_once_begin_with_one_that_says_what_the_object_is() -> None:
    said = answer((BODY, 0.9))
    ask = Told(going_on=said, alone=said, several=said, about_the_mask=said)
    in_turn(clicks((100, 50, 0), (40, 45, 1), (30, 30, 1)), IMAGE, NOBODY, ask)
    assert ask.prompts[0].labels.tolist() == [1]
    assert ask.prompts[0].points.tolist() == [[40, 45]]
    longest = max(ask.prompts, key=lambda prompt: len(prompt.points))
    assert {tuple(point) for point in longest.points.tolist()} >= {(100, 50), (40, 45), (30, 30)}


def test_a_box_comes_before_the_clicks_in_it() -> None:
    said = answer((BODY, 0.9))
    ask = Told(going_on=said, alone=said, several=said, about_the_mask=said)
    prompt = Prompt(points=np.float32([[40, 45]]), labels=np.array([1]), box=np.float32([20, 20, 60, 70]))
    in_turn(prompt, IMAGE, NOBODY, ask)
    assert ask.prompts[0].box is not None
    assert not len(ask.prompts[0].points)


class Forgetful:
    """A segmenter that, going on, knows only what lies under the newest click."""

    def embed(self, image: NDArray[np.uint8]) -> str:
        return f"{image.shape}"

    def predict(self, embedding: str, prompt: Prompt) -> Candidates:
        del embedding
        is_held = prompt.box is not None
        under = [thing for x, y in prompt.points for thing in (BODY, ARM) if thing[round(y), round(x)]]
        newest, union = under[-1], np.logical_or.reduce(under)
        if prompt.is_ambiguous:
            return answer((union, 0.8), (union, 0.8), (union, 0.8))
        return answer((union if is_held else newest, 0.9))


@pytest.fixture
def session(tmp_path: Path) -> Session:
    video = ArrayVideo(np.stack([IMAGE] * 3))
    project = Project.create(tmp_path / "project", Description(Path("scene"), "", video.info))
    project.add_object()
    models = replace(fake_models(), segmenter=CachedSegmenter(Forgetful()))
    return Session(project, video, lambda: models)


def test_a_second_click_adds_and_takes_nothing_away(session: Session) -> None:
    session.click(frame=0, object_id=1, x=40, y=45)
    session.click(frame=0, object_id=1, x=70, y=35)
    np.testing.assert_array_equal(session.project.mask(0, 1), BODY | ARM)


def test_another_answer_to_a_second_click_is_one_of_those_shown(session: Session) -> None:
    session.click(frame=0, object_id=1, x=40, y=45)
    shown = session.click(frame=0, object_id=1, x=70, y=35)
    assert len(shown.masks) > 1
    taken = session.prompting.choose(0, 1, 1)
    np.testing.assert_array_equal(session.project.mask(0, 1), shown.masks[1])
    np.testing.assert_array_equal(taken.candidates.masks, shown.masks)
    with pytest.raises(InputError, match="there is no answer 9"):
        session.prompting.choose(0, 1, 9)
