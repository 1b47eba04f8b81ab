"""Clicks, boxes and the brush on the real page: what is drawn, and what the project holds."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.conftest import DRAWN, CountingSegmenter
from tests.track_anything.ui.browser.test_opening import hold_answer
from track_anything.ui.open_project import OpenProject

ProjectOf = Callable[[Editor], OpenProject]

GLOBE = (240, 135)
SKY = (40, 40)


def mask(project: OpenProject, object_id: int = 1, frame: int = 0) -> np.ndarray:
    return project.session.project.mask(frame, object_id)


def test_a_click_makes_an_object_and_draws_its_mask_over_the_picture(
    editor: Editor, project_of: ProjectOf
) -> None:
    before = editor.colour_at(200, 100)
    editor.click_pixel(*GLOBE)
    after = editor.colour_at(200, 100)
    assert editor.label_at(*GLOBE) == 1
    assert editor.label_at(*SKY) == 0
    assert after[2] > before[2] + 20  # the first object is blue
    given = project_of(editor).session.project.given(0, 1)
    assert given is not None
    assert given.points == (GLOBE,)
    assert 30_000 < mask(project_of(editor)).sum() < 50_000


def test_the_mask_on_the_page_is_the_mask_of_the_project(editor: Editor, project_of: ProjectOf) -> None:
    editor.click_pixel(*GLOBE)
    shown = editor.page.evaluate(
        "Array.from(document.querySelector('[data-part=canvas]').canvas.labelsShown)"
    )
    expected = project_of(editor).session.label_map(0)
    assert np.array_equal(np.reshape(shown, expected.shape), expected)


@pytest.mark.networks
def test_a_lone_click_offers_three_candidates_and_the_full_stop_goes_through_them(
    editor: Editor, project_of: ProjectOf
) -> None:
    editor.click_pixel(*GLOBE)
    chips = editor.page.locator(".ta-candidate")
    chips.nth(2).wait_for()
    assert chips.count() == 3
    scores = [float(score) for score in editor.page.locator(".ta-candidate-score").all_inner_texts()]
    chosen = editor.state("state.candidates.chosen")
    assert chosen == int(np.argmax(scores))
    areas = {int(mask(project_of(editor)).sum())}
    for _ in range(2):
        with editor.changing():
            editor.page.keyboard.press(".")
        areas.add(int(mask(project_of(editor)).sum()))
    assert len(areas) == 3
    assert editor.state("state.candidates.chosen") == (chosen + 2) % 3


def test_the_candidates_of_a_click_are_there_again_on_its_frame_until_something_else_is_said(
    drawn: Editor,
) -> None:
    chips = drawn.page.locator(".ta-candidate")
    drawn.click_pixel(*DRAWN.centre(0, 1))
    drawn.wait_until("state.candidates !== null")
    with drawn.changing():
        drawn.page.keyboard.press(".")
    chosen = drawn.state("state.candidates.chosen")
    drawn.page.keyboard.press("ArrowRight")
    drawn.wait_for_frame(1)
    assert chips.first.is_hidden()
    drawn.page.keyboard.press("ArrowLeft")
    chips.first.wait_for()
    assert (chips.count(), drawn.state("state.candidates.chosen")) == (3, chosen)
    drawn.page.keyboard.press("p")  # they would lie where corners are set
    chips.first.wait_for(state="hidden")
    drawn.page.keyboard.press("c")
    chips.first.wait_for()
    with drawn.changing():
        drawn.page.keyboard.press("a")
    assert chips.first.is_hidden()
    drawn.page.keyboard.press("1")
    chips.first.wait_for()
    with drawn.changing():
        drawn.page.locator(".ta-candidate").nth((chosen + 1) % 3).click()  # they are answers still

    drawn.click_pixel(*DRAWN.centre(0, 2))  # a second click says something else, and has answers of its own
    drawn.wait_until("state.candidates?.chosen === 0")
    away_and_back(drawn)
    chips.first.wait_for()
    with drawn.changing():
        drawn.page.keyboard.press("Control+z")
    drawn.wait_until("state.candidates?.said.points.length === 1")  # they are answers to what was said again
    drawn.page.keyboard.press("Escape")
    away_and_back(drawn)
    assert chips.first.is_hidden()


def away_and_back(editor: Editor) -> None:
    for key, frame in (("ArrowRight", 1), ("ArrowLeft", 0)):
        editor.page.keyboard.press(key)
        editor.wait_for_frame(frame)
        editor.wait_until(f"state.about.frame === {frame}")


def test_a_candidate_is_taken_by_clicking_its_picture(editor: Editor, project_of: ProjectOf) -> None:
    editor.click_pixel(*GLOBE)
    editor.wait_until("state.candidates !== null")
    areas = [int(np.sum(one)) for one in editor.state("state.candidates.masks.map((m) => Array.from(m))")]
    largest = int(np.argmax(areas))
    with editor.changing():
        editor.page.locator(".ta-candidate").nth((largest + 1) % 3).click()
    with editor.changing():
        editor.page.locator(".ta-candidate").nth(largest).click()
    assert int(mask(project_of(editor)).sum()) == areas[largest]


@pytest.mark.networks
def test_a_second_negative_click_takes_away_without_an_encoder_pass(
    editor: Editor, project_of: ProjectOf, segmenters: list[CountingSegmenter]
) -> None:
    editor.click_pixel(*GLOBE)
    was = mask(project_of(editor))
    of_this_frame = hash(project_of(editor).session.video.frame(0).tobytes())

    def passes() -> int:
        """Of all visits so far: the server that tests share keeps its segmenters."""
        return sum(one.embedded[of_this_frame] for one in segmenters)

    after_the_first = passes()
    editor.click_pixel(300, 135, button="right")
    now = mask(project_of(editor))
    assert passes() == after_the_first > 0
    assert not np.array_equal(now, was)
    given = project_of(editor).session.project.given(0, 1)
    assert given is not None
    assert given.labels == (1, 0)


def test_alt_click_is_a_negative_click(editor: Editor, project_of: ProjectOf) -> None:
    editor.click_pixel(*GLOBE)
    editor.page.keyboard.down("Alt")
    editor.click_pixel(300, 135)
    editor.page.keyboard.up("Alt")
    given = project_of(editor).session.project.given(0, 1)
    assert given is not None
    assert given.labels == (1, 0)


def test_a_drag_is_a_box_around_the_object(editor: Editor, project_of: ProjectOf) -> None:
    with editor.changing():
        editor.drag_pixels((120, 15), (359, 255))
    given = project_of(editor).session.project.given(0, 1)
    assert given is not None
    assert given.box == (120, 15, 360, 256)
    rows, columns = np.nonzero(mask(project_of(editor)))
    assert 115 < columns.min() < 140
    assert 340 < columns.max() < 365
    assert rows.size > 30_000


def test_a_click_is_selected_moved_and_deleted(editor: Editor, project_of: ProjectOf) -> None:
    project = project_of(editor).session.project
    editor.click_pixel(*GLOBE)
    editor.click_pixel(300, 135, button="right")
    editor.wait_until("state.about.objects[1].points.length === 2")
    with editor.changing():
        editor.drag_pixels((300, 135), (320, 150))
    moved = project.given(0, 1)
    assert moved is not None
    assert moved.points == (GLOBE, (320, 150))
    editor.wait_until("state.about.objects[1].points[1][0] === 320")
    editor.page.mouse.click(*editor.place_of(320, 150))
    editor.wait_until("state.pointIndex === 1")
    with editor.changing():
        editor.page.keyboard.press("Delete")
    left = project.given(0, 1)
    assert left is not None
    assert left.points == (GLOBE,)


@pytest.mark.own_tab
def test_a_point_that_was_just_dropped_is_selected_and_not_moved_again(editor: Editor) -> None:
    editor.click_pixel(*GLOBE)
    editor.click_pixel(300, 135, button="right")
    editor.wait_until("state.about.objects[1].points.length === 2")
    editor.page.evaluate("window.setTimeout = () => 0")  # what was dropped is drawn for ever
    with editor.changing():
        editor.drag_pixels((300, 135), (320, 150))
    editor.wait_until("state.about.objects[1].points[1][0] === 320")
    asked: list[str] = []
    editor.page.on("request", lambda request: asked.append(request.url))
    editor.page.mouse.click(*editor.place_of(320, 150))
    editor.wait_until("state.pointIndex === 1")
    with editor.changing():
        editor.page.keyboard.press("Delete")
    assert len([url for url in asked if url.endswith("/prompt")]) == 1


def test_clicks_do_not_overtake_each_other_and_are_about_one_object(
    editor: Editor, project_of: ProjectOf
) -> None:
    editor.page.evaluate(
        """() => {
          const ask = window.fetch;
          let clicks = 0;
          window.fetch = async (...request) => {
            const isFirst = request[0].endsWith("/click") && clicks++ === 0;
            if (isFirst) await new Promise((go) => setTimeout(go, 500));
            return ask(...request);
          };
        }"""
    )
    with editor.changing():
        editor.page.mouse.click(*editor.place_of(*GLOBE))
        editor.page.mouse.click(*editor.place_of(300, 135), button="right")
    project = project_of(editor).session.project
    assert list(project.state.objects) == [1]
    given = project.given(0, 1)
    assert given is not None
    assert given.points == (GLOBE, (300, 135))
    assert given.labels == (1, 0)


def test_what_was_asked_for_in_a_project_is_not_done_in_the_next_one(
    editor: Editor, project_of: ProjectOf
) -> None:
    first, opened = project_of(editor), editor.project_id
    hold_answer(editor, "/click")
    editor.page.mouse.click(*editor.place_of(*GLOBE))
    editor.page.mouse.click(*editor.place_of(300, 135), button="right")
    editor.wait_until("window.letThrough !== undefined")
    editor.page.click("#ta-open")
    editor.page.click("#ta-sample")
    editor.wait_until(f"state.project !== null && state.project.id !== '{opened}'")
    editor.page.evaluate("window.letThrough()")
    editor.wait_for_job()
    assert editor.state("[state.busy, state.project.objects.length, state.candidates]") == [0, 0, None]
    assert list(project_of(editor).session.project.state.objects) == []
    given = first.session.project.given(0, 1)
    assert given is not None
    assert given.points == (GLOBE,)


def test_the_brush_adds_and_the_eraser_takes_away_exactly_where_they_went(
    editor: Editor, project_of: ProjectOf
) -> None:
    with editor.changing():
        editor.page.keyboard.press("a")
    editor.page.keyboard.press("r")
    editor.page.evaluate("trackAnything.store.set({ brushSize: 11 })")
    with editor.changing():
        editor.drag_pixels((50, 60), (90, 60))
    painted = mask(project_of(editor))
    rows, columns = np.nonzero(painted)
    assert (rows.min(), rows.max()) == (55, 65)
    assert (columns.min(), columns.max()) == (45, 95)
    editor.page.keyboard.press("e")
    with editor.changing():
        editor.drag_pixels((70, 40), (70, 80))
    left = mask(project_of(editor))
    assert not left[:, 66:75].any()
    assert left[60, 50]
    assert left[60, 90]
    assert not (left & ~painted).any()


def test_the_brush_keys_change_its_size(editor: Editor) -> None:
    editor.page.keyboard.press("r")
    editor.page.keyboard.press("]")
    larger = editor.state("state.brushSize")
    editor.page.keyboard.press("[")
    assert editor.state("state.brushSize") < larger
    assert editor.page.locator(".ta-brush-size").is_visible()


def test_hovering_previews_the_mask_under_the_pointer(editor: Editor, project_of: ProjectOf) -> None:
    editor.click_pixel(*GLOBE)  # from now on the frame is encoded
    editor.page.mouse.move(*editor.place_of(285, 205))
    editor.wait_until("state.hover !== null")
    assert editor.state("state.hover.mask.reduce((sum, one) => sum + one, 0)") > 500
    assert project_of(editor).session.project.given(0, 1).points == (GLOBE,)  # type: ignore[union-attr]


def test_undo_and_redo_go_through_clicks_by_key_and_button(editor: Editor, project_of: ProjectOf) -> None:
    editor.click_pixel(*GLOBE)
    first = mask(project_of(editor))
    editor.click_pixel(300, 135, button="right")
    second = mask(project_of(editor))
    with editor.changing():
        editor.page.keyboard.press("z")
    assert np.array_equal(mask(project_of(editor)), first)
    with editor.changing():
        editor.page.click("#ta-redo")
    assert np.array_equal(mask(project_of(editor)), second)
    with editor.changing():
        editor.page.keyboard.press("Control+z")
    with editor.changing():
        editor.page.keyboard.press("Shift+Z")
    assert np.array_equal(mask(project_of(editor)), second)


def test_a_click_beside_the_picture_says_nothing(editor: Editor) -> None:
    revision = editor.state("state.project.revision")
    canvas = editor.page.locator("[data-part=canvas]").bounding_box()
    assert canvas is not None
    editor.page.mouse.click(canvas["x"] + 500, canvas["y"] + 3)  # in the strip above the picture
    editor.page.wait_for_timeout(300)
    assert editor.state("state.project.revision") == revision
    assert editor.state("state.project.objects.length") == 0
