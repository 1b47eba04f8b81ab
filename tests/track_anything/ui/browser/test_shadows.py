"""The shadow of an object on the real page: suggested, shown with its owner, removed and deleted with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.editor_page import Editor, Served, project_of
from tests.track_anything.shadow_frames import FRAMES, disc, draw_shadow_clip
from tests.track_anything.ui.browser.conftest import opened


@pytest.fixture
def editor(
    drawn_visitor: Callable[..., Editor], drawn_server: Served, drawn_clip: Path, tmp_path: Path
) -> Editor:
    """A disc with a shadow, known on every frame."""
    clip = draw_shadow_clip(drawn_clip.parent / tmp_path.name)
    editor = opened(drawn_visitor(), clip)
    project = project_of(editor, drawn_server)
    with editor.changing():
        project.session.add_object("disc")
        for frame in range(FRAMES):
            project.session.give_mask(frame=frame, object_id=1, mask=disc(frame))
        project.changes.add()
        editor.page.evaluate("trackAnything.actions.refresh()")
    return editor


def test_a_shadow_is_suggested_and_goes_with_its_owner(editor: Editor) -> None:
    page = editor.page
    page.click("#ta-shadow")
    editor.wait_until("state.project.objects.length === 2")
    editor.wait_for_job()
    editor.wait_until("state.objectId === 2")  # it is selected, to be looked at
    attached = page.locator(".ta-object.ta-attached")
    assert attached.locator(".ta-name").input_value() == "shadow of disc"
    assert attached.get_attribute("aria-label") == "Select shadow of disc, goes with disc"
    page.get_by_text("shadow of disc holds what was found").wait_for()
    assert page.locator("#ta-shadow").is_hidden()

    page.click("#ta-remove-open")
    ticks = page.locator(".ta-extract input[type=checkbox]")
    ticks.nth(0).click()  # both together, and nothing at all cannot be removed
    assert ticks.nth(0).is_checked()
    assert ticks.nth(1).is_checked()
    ticks.nth(1).uncheck()
    assert editor.state("[...state.exportObjects]") == [1]
    ticks.nth(0).check()
    page.keyboard.press("Escape")

    owner = page.locator(".ta-object").first
    with editor.changing():
        owner.get_by_label("Delete disc and shadow of disc").click()
    assert editor.state("state.project.objects") == []
    with editor.changing():
        page.keyboard.press("Control+z")
    assert attached.count() == 1


def test_an_object_is_attached_and_detached_by_hand(editor: Editor) -> None:
    page = editor.page
    with editor.changing():
        page.keyboard.press("a")
    page.click("#ta-two-objects > summary")
    with editor.changing():
        page.click("#ta-attach")
    assert editor.state("state.project.objects.map(({ owner }) => owner)") == [None, 1]
    with editor.changing():
        page.click("#ta-detach")
    assert editor.state("state.project.objects.map(({ owner }) => owner)") == [None, None]
    assert page.locator(".ta-attached").count() == 0
