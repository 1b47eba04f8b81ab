"""Finding on the real page: by one click, by saying what is not meant, by words, and in given boxes."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.browser.editor_page import Editor, Served, project_of
from tests.track_anything.ui.browser.colour_words import ThreeAlike
from tests.track_anything.ui.browser.conftest import opened
from tests.track_anything.ui.desk_fixtures import draw
from track_anything.session import Session

CLIP = ThreeAlike(frame_count=8, height=180, width=320, shapes=4)


@pytest.fixture
def alike(drawn_visitor: Callable[..., Editor], drawn_clip: Path) -> Editor:
    """A visitor who has opened a clip of three red discs and a yellow one."""
    folder = drawn_clip.parent / "alike"
    return opened(drawn_visitor(refusals={400}), folder if folder.is_dir() else draw(folder, CLIP))


@pytest.fixture
def session(alike: Editor, drawn_server: Served) -> Session:
    """What the server holds of it."""
    return project_of(alike, drawn_server).session


def listed(editor: Editor) -> list[int]:
    """The discs of the pick list, in its order, 0 for anything else."""
    editor.wait_until("state.dialog === 'everything' && state.busy === 0")
    boxes = editor.state("state.everything.masks.map((one) => one.box)")
    found = []
    for x0, y0, x1, y1 in boxes:
        near = [n for n in range(1, 5) if abs((x0 + x1) / 2 - CLIP.centre(0, n)[0]) < 3]
        near = [n for n in near if abs((y0 + y1) / 2 - CLIP.centre(0, n)[1]) < 3]
        found.append(near[0] if near else 0)
    return found


def tile(editor: Editor, disc: int) -> int:
    return listed(editor).index(disc)


def look_again(editor: Editor) -> None:
    job = editor.state("state.job.id")
    editor.page.click("#ta-look-again")
    editor.wait_until(f"state.job.id > {job} && state.dialog === 'everything'")


def test_one_click_and_the_two_others_like_it_are_tracked(alike: Editor, session: Session) -> None:
    page = alike.page
    alike.click_pixel(*CLIP.centre(0, 1))
    page.focus("#ta-like")
    page.keyboard.press("Enter")
    assert {2, 3} <= set(listed(alike))
    assert 4 not in listed(alike)[:2], "the yellow one is less like it"
    for disc in (2, 3):
        page.locator(".ta-tile input").nth(tile(alike, disc)).focus()
        page.keyboard.press("Space")
    assert page.locator("#ta-pick").inner_text() == "Add 2 objects"
    page.focus("#ta-pick")
    with alike.changing():
        page.keyboard.press("Enter")
    with alike.changing():
        page.click("#ta-track")
    alike.wait_for_job()
    ids = list(session.project.state.objects)
    assert len(ids) == 3
    for frame in range(len(CLIP)):
        truth, label_map = CLIP.label_map(frame), session.label_map(frame)
        for object_id in ids:
            mask = label_map == object_id
            (disc,) = {*np.unique(truth[mask]).tolist()} - {0}
            assert disc in (1, 2, 3)
            assert (mask & (truth == disc)).sum() > 0.9 * (mask | (truth == disc)).sum()


def test_what_is_not_meant_does_not_come_back(alike: Editor, session: Session) -> None:
    page = alike.page
    alike.click_pixel(*CLIP.centre(0, 1))
    page.click("#ta-like")
    assert page.locator("#ta-look-again").is_disabled() or listed(alike)
    page.locator(".ta-tile > button").nth(tile(alike, 3)).click(delay=80)
    assert alike.state("[...state.everything.refused]") == [tile(alike, 3)]
    page.locator(".ta-tile input").nth(tile(alike, 2)).click()
    look_again(alike)
    assert 3 not in listed(alike)
    assert listed(alike)[0] == 2, "what was ticked stays, at the head"
    assert alike.state("[...state.everything.ticked]") == [0]
    with alike.changing():
        page.click("#ta-pick")
    assert len(session.project.state.objects) == 2
    page.click("#ta-like")
    assert 3 in listed(alike), "another list begins anew"


def test_free_words_find_what_they_say_and_all_of_it_is_ticked_at_once(
    alike: Editor, session: Session
) -> None:
    page = alike.page
    page.focus("#ta-words")
    page.keyboard.type("a red thing")
    page.keyboard.press("Enter")
    assert sorted(listed(alike)) == [1, 2, 3]
    page.locator("#ta-tick-all").click(delay=80)
    assert page.locator("#ta-tick-all").inner_text() == "Tick none"
    with alike.changing():
        page.click("#ta-pick")
    assert [*session.project.state.objects.values()] == ["red thing", "red thing 2", "red thing 3"]


def test_what_cannot_be_found_is_one_line(alike: Editor) -> None:
    page = alike.page
    page.fill("#ta-words", "a blue moon")
    page.press("#ta-words", "Enter")
    page.locator(".ta-message", has_text="unknown phrase 'a blue moon'; choose one of").wait_for()
    page.locator(".ta-message button").click()
    page.fill("#ta-words", "something violet")
    page.press("#ta-words", "Enter")
    assert listed(alike) == []
    page.locator(".ta-lead", has_text="Nothing else was found on frame 0").wait_for()
    page.keyboard.press("Escape")
    alike.wait_until("state.dialog === null")
    with alike.changing():
        page.click("#ta-add-object")
    page.click("#ta-like")
    page.locator(
        ".ta-message", has_text="has no mask on frame 0: name a frame on which it has one"
    ).wait_for()


def boxes_of(*discs: int) -> bytes:
    """COCO detections of discs on frame 0, those named first the surest."""
    rows = []
    for place, disc in enumerate(discs):
        found = np.argwhere(CLIP.label_map(0) == disc)
        (top, left), (bottom, right) = found.min(axis=0).tolist(), found.max(axis=0).tolist()
        box = [left, top, right + 1 - left, bottom + 1 - top]
        rows.append({"image_id": 0, "category_id": 37, "bbox": box, "score": 0.9 - 0.1 * place})
    return json.dumps(rows).encode()


def test_boxes_of_a_file_are_looked_into_and_ticked_by_keys(alike: Editor, session: Session) -> None:
    page = alike.page
    good = {"name": "found.json", "mimeType": "application/json", "buffer": boxes_of(4, 2, 1)}
    page.on("filechooser", lambda asked: asked.set_files(good))  # listened for long before one comes
    wrong = {"name": "notes.json", "mimeType": "application/json", "buffer": b'{"made": "by hand"}'}
    page.set_input_files("#ta-boxes", wrong)
    page.locator(".ta-message", has_text="notes.json holds no COCO detections: give a list").wait_for()
    page.locator(".ta-message button").click()
    page.focus("#ta-boxes")
    page.keyboard.press("Enter")
    assert listed(alike) == [4, 2, 1]
    for disc in (2, 4):
        page.locator(".ta-tile input").nth(tile(alike, disc)).focus()
        page.keyboard.press("Space")
    page.focus("#ta-pick")
    with alike.changing():
        page.keyboard.press("Enter")
    assert [*session.project.state.objects.values()] == ["sports ball", "sports ball 2"]
    label_map, truth = session.label_map(0), CLIP.label_map(0)
    assert {*np.unique(truth[label_map > 0]).tolist()} == {2, 4}


def test_boxes_are_dropped_on_the_page_and_the_detector_is_asked_by_its_button(
    alike: Editor, session: Session
) -> None:
    page = alike.page
    page.evaluate(
        """(content) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([content], "found.json"));
          for (const type of ["dragover", "drop"])
            document.querySelector("#ta-timeline").dispatchEvent(
              new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        boxes_of(3).decode(),
    )
    assert listed(alike) == [3]
    page.keyboard.press("Escape")
    page.fill("#ta-words", "unicorn")
    page.locator("#ta-detect").click(delay=80)
    page.locator(".ta-message", has_text="unknown class 'unicorn'; choose one of person").wait_for()
    assert session.project.state.objects == {}
