"""What a project has to say of itself is said on the real page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.editor_page import Editor
from tests.track_anything.ui.browser.conftest import opened
from track_anything.project import Project


def test_notes_of_a_project_are_said_and_can_be_read_again(
    drawn_visitor: Callable[..., Editor], drawn_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Project,
        "notes",
        property(lambda self: [f"{self.folder}/masks/000001.0002.png is damaged", "the video has moved"]),
    )
    editor = opened(drawn_visitor(), drawn_clip)
    message = editor.page.locator(".ta-message", has_text="2 notes on this project")
    message.get_by_role("button", name="Show").click()
    lines = editor.page.locator(".ta-notes li")
    assert lines.count() == 2
    assert lines.nth(0).inner_text().endswith("/masks/000001.0002.png is damaged")
    assert not lines.nth(0).inner_text().startswith("/")  # names, no paths
    editor.page.keyboard.press("Escape")
    editor.page.get_by_label("2 notes on this project").click()
    assert lines.count() == 2


def test_a_project_that_is_well_says_nothing(drawn: Editor) -> None:
    assert drawn.page.locator("#ta-notes").is_hidden()
    assert drawn.page.locator(".ta-message").count() == 0
