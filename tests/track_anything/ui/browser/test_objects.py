"""The objects panel, the pick list and the views on the real page."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.browser.editor_page import Editor
from track_anything.export import ProjectMasks
from track_anything.matting import SoftAlpha
from track_anything.project.edits import Propagate
from track_anything.ui.open_project import OpenProject

ProjectOf = Callable[[Editor], OpenProject]

GLOBE = (240, 135)
SKY = (40, 40)


def two_objects(editor: Editor) -> None:
    """The globe, and a painted stroke in the sky."""
    editor.click_pixel(*GLOBE)
    with editor.changing():
        editor.page.keyboard.press("a")
    editor.page.keyboard.press("r")
    with editor.changing():
        editor.drag_pixels((30, 40), (60, 40))
    point_elsewhere(editor)
    editor.page.keyboard.press("c")


def point_elsewhere(editor: Editor) -> None:
    """Take the pointer off the picture, where it would show a preview."""
    editor.page.mouse.move(1150, 300)
    editor.wait_until("state.hover === null")


def is_like(colour: list[int], other: list[int]) -> bool:
    """Equal but for the rounding of a picture that is shown at another size since a lane was added."""
    return max(abs(one - another) for one, another in zip(colour, other, strict=True)) <= 6


def look(editor: Editor, view: str) -> None:
    point_elsewhere(editor)
    drawn = editor.drawn
    editor.page.select_option("#ta-view", view)
    editor.wait_until(f"state.view === '{view}'")
    editor.wait_for_draw(drawn)


def test_objects_are_named_coloured_and_deleted(editor: Editor, project_of: ProjectOf) -> None:
    two_objects(editor)
    assert editor.page.locator(".ta-object").count() == 2
    with editor.changing():
        editor.page.locator(".ta-name").first.fill("earth")
        editor.page.keyboard.press("Enter")
    with editor.changing():
        editor.page.locator("#ta-objects .ta-colour").first.fill("#12cdef")
    project = project_of(editor).session.project
    assert project.state.objects[1] == "earth"
    assert editor.state("state.project.objects[0].colour") == [0x12, 0xCD, 0xEF]
    drawn = editor.drawn
    with editor.changing():
        editor.page.get_by_role("button", name="Delete earth").click()
    editor.wait_for_draw(drawn)
    assert list(project.state.objects) == [2]
    assert editor.label_at(*GLOBE) == 0
    with editor.changing():
        editor.page.keyboard.press("z")
    assert list(project.state.objects) == [1, 2]
    assert project.mask(0, 1).any()


def test_hidden_and_solo_objects_change_what_is_drawn_and_nothing_else(
    editor: Editor, project_of: ProjectOf
) -> None:
    bare = editor.colour_at(*SKY)
    two_objects(editor)
    revision = editor.state("state.project.revision")
    painted = editor.colour_at(*SKY)
    assert not is_like(painted, bare)
    drawn = editor.drawn
    editor.page.keyboard.press("h")  # the painted one is selected
    editor.wait_for_draw(drawn)
    assert is_like(editor.colour_at(*SKY), bare)
    drawn = editor.drawn
    editor.page.get_by_role("button", name="Show object 2", exact=True).click()
    editor.wait_for_draw(drawn)
    assert is_like(editor.colour_at(*SKY), painted)
    drawn = editor.drawn
    editor.page.get_by_role("button", name="Show object 1 alone").click()
    editor.wait_for_draw(drawn)
    assert is_like(editor.colour_at(*SKY), bare)
    assert editor.state("state.project.revision") == revision
    assert project_of(editor).session.project.mask(0, 2).any()


def test_number_keys_select_objects(editor: Editor) -> None:
    two_objects(editor)
    editor.page.keyboard.press("1")
    editor.wait_until("state.objectId === 1")
    editor.page.keyboard.press("2")
    editor.wait_until("state.objectId === 2")
    editor.page.keyboard.press("9")  # there is none
    assert editor.state("state.objectId") == 2


def test_merging_adds_the_other_mask_and_undo_takes_it_back(editor: Editor, project_of: ProjectOf) -> None:
    two_objects(editor)
    project = project_of(editor).session.project
    stroke, globe = project.mask(0, 2), project.mask(0, 1)
    with editor.changing():
        editor.page.click("#ta-two-objects > summary")
        editor.page.click("#ta-merge")
    assert np.array_equal(project.mask(0, 2), stroke | globe)
    with editor.changing():
        editor.page.keyboard.press("z")
    assert np.array_equal(project.mask(0, 2), stroke)


def test_everything_on_a_frame_becomes_objects_when_ticked(editor: Editor, project_of: ProjectOf) -> None:
    editor.page.click("#ta-everything")
    editor.page.wait_for_selector(".ta-tile")
    tiles = editor.page.locator(".ta-tile")
    assert tiles.count() >= 2
    areas = editor.state("state.everything.masks.map((one) => one.area)")
    globe = min(range(len(areas)), key=lambda place: abs(areas[place] - 40_500))
    tiles.nth(globe).click()
    assert editor.page.locator("#ta-pick").inner_text() == "Add 1 object"
    with editor.changing():
        editor.page.click("#ta-pick")
    editor.wait_until("state.dialog === null")
    assert int(project_of(editor).session.project.mask(0, 1).sum()) == areas[globe]


def test_what_is_like_an_object_or_has_a_name_is_offered(
    visitor: Callable[..., Editor], clip: Path, project_of: ProjectOf
) -> None:
    editor = visitor(refusals={400})  # of a name that nobody knows
    editor.open_path(clip)
    editor.wait_for_frame(0)
    editor.click_pixel(*GLOBE)
    editor.page.click("#ta-like")
    editor.wait_until("state.dialog === 'everything'")
    scores = editor.state("state.everything.masks.map((one) => one.predicted_iou)")
    assert scores == sorted(scores, reverse=True)
    editor.page.keyboard.press("Escape")
    editor.wait_until("state.dialog === null")
    editor.page.fill("#ta-words", "unicorn")
    editor.page.press("#ta-words", "Enter")
    editor.page.locator(".ta-message", has_text="unknown class 'unicorn'").wait_for()
    editor.page.fill("#ta-words", "people")
    editor.page.click("#ta-find-words")
    editor.wait_until("state.dialog === 'everything'")
    assert list(project_of(editor).session.project.state.objects) == [1]


def test_views_draw_what_they_promise(editor: Editor) -> None:
    raw_globe, raw_sky = editor.colour_at(200, 100), editor.colour_at(*SKY)
    editor.click_pixel(*GLOBE)
    look(editor, "raw")
    assert is_like(editor.colour_at(200, 100), raw_globe)
    look(editor, "matte")
    assert editor.colour_at(200, 100)[:3] == [255, 255, 255]
    assert editor.colour_at(*SKY)[:3] == [0, 0, 0]
    look(editor, "cutout")
    assert is_like(editor.colour_at(200, 100), raw_globe)
    assert editor.colour_at(*SKY)[0] > 120  # the squares behind it
    look(editor, "dimmed")
    assert is_like(editor.colour_at(200, 100), raw_globe)
    look(editor, "outline")
    assert is_like(editor.colour_at(200, 100), raw_globe)
    assert is_like(editor.colour_at(*SKY), raw_sky)
    look(editor, "overlay")
    assert editor.colour_at(200, 100)[2] > raw_globe[2] + 20


def test_a_cut_out_is_seen_with_its_alpha_over_whatever_one_likes(
    editor: Editor, project_of: ProjectOf
) -> None:
    editor.click_pixel(*GLOBE)
    session = project_of(editor).session
    (object_id,), probability = session.project.state.objects, np.zeros((270, 480), np.float32)
    probability[60:200, 114:120], probability[60:200, 120:360] = 0.4, 1  # a soft rim at the left
    with editor.changing():
        with project_of(editor).changing(None, {object_id}):
            number = session.project.begin_pass(Propagate(1, 2, 1, (object_id,)))
            labels = np.asarray(probability > 0.5, np.uint8)
            session.project.write_pass(number, 1, labels, {}, {object_id: probability})
        editor.page.evaluate("trackAnything.actions.refresh()")
    x, y = 116, 130
    alpha = float(
        SoftAlpha(ProjectMasks(session.project), [object_id]).together(1, session.video.frame(1))[y, x]
    )
    assert 0.2 < alpha < 0.3
    editor.page.evaluate("trackAnything.actions.seek(1)")
    editor.wait_for_frame(1)
    look(editor, "cutout")
    over = {}
    for backdrop, behind in (("#000000", [0, 0, 0]), ("#ffffff", [255, 255, 255]), ("own", [0, 177, 64])):
        drawn = editor.drawn
        editor.page.select_option("#ta-backdrop", backdrop)
        editor.wait_for_draw(drawn)
        assert is_like(editor.colour_at(*SKY)[:3], behind)
        over[backdrop] = editor.colour_at(x, y)[:3]
    black = over["#000000"]
    assert is_like(over["#ffffff"], [round(each + (1 - alpha) * 255) for each in black])
    assert is_like(
        over["own"], [black[0], round(black[1] + (1 - alpha) * 177), round(black[2] + (1 - alpha) * 64)]
    )
    assert editor.page.locator("#ta-backdrop-colour").is_visible()
    look(editor, "overlay")
    assert editor.page.locator("#ta-backdrop").is_hidden()


def test_the_wipe_shows_the_masks_of_before_at_the_left_and_now_at_the_right(editor: Editor) -> None:
    editor.click_pixel(*GLOBE)
    look(editor, "raw")
    raw = {x: editor.colour_at(x, 135) for x in (180, 320)}
    look(editor, "wipe")
    assert editor.page.locator(".ta-wipe").is_visible()
    assert is_like(editor.colour_at(180, 135), raw[180])  # there was no mask before the click
    assert editor.colour_at(320, 135)[2] > raw[320][2] + 20
