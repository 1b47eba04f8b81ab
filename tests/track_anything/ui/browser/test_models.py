"""Networks chosen on the page, with presses as long as a person's."""

from collections.abc import Callable

import pytest

from tests.browser.editor_page import Editor, Served
from tests.track_anything.ui.browser.conftest import DRAWN
from track_anything.testing import fake_models
from track_anything.ui.model_choice import ModelChoice
from track_anything.ui.model_shelf import ModelShelf
from track_anything.ui.open_project import OpenProject


def test_networks_are_chosen_and_the_next_click_uses_them(
    drawn: Editor, drawn_server: Served, drawn_project: OpenProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("track_anything.types.find_spec", lambda _: None)
    loaded: list[ModelChoice] = []

    def load(choice: ModelChoice, _: Callable[[int, int | None], None]) -> object:
        loaded.append(choice)
        return fake_models()

    desk, usual = drawn_server.desk, drawn_server.desk.shelf
    desk.shelf = ModelShelf(lambda _: fake_models(), ModelChoice("mobile-sam", "fast"), load)  # type: ignore[arg-type]
    drawn_project.use(desk.shelf.usual)
    try:
        drawn.page.evaluate("trackAnything.actions.refresh()")
        drawn.page.click("#ta-models", delay=120)
        drawn.page.select_option("#ta-preset", "accurate")
        drawn.page.select_option("#ta-tracker", "feature-memory")
        assert drawn.page.locator(".ta-models").inner_text().count("on this machine")
        refused = drawn.page.locator("#ta-tracker option[value='sam2.1-tiny']")
        assert refused.is_disabled()
        assert "needs pip install" in refused.inner_text()
        drawn.page.click("#ta-use-models", delay=120)
        drawn.wait_until("state.models.chosen.preset === 'accurate' && state.models.status === 'ready'")
        drawn.page.keyboard.press("Escape")
        drawn.click_pixel(*DRAWN.centre(0))
        assert drawn_project.session.project.mask(0, 1).any()
        assert loaded == [ModelChoice("mobile-sam", "accurate", "feature-memory")]
    finally:
        desk.shelf = usual
